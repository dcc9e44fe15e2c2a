package driver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A vetResult is how one run of go vet ended.
type vetResult struct {
	failed     bool // status other than 0: something was not analysed
	received   int  // records, also of packages that nobody asked for
	complaints []complaint
}

// vetJob analyses the job's packages by go vet.
//
// go vet has no way to go on past an import that cannot be resolved: it then analyses nothing. It also has no way to
// leave out tests, and gives up a package whose tests are broken. So what is broken is found out after a failure, when
// it costs nothing to those whose code is whole; broken packages are then left out, and broken tests are taken away by
// an overlay, or, in the module cache, where go allows no overlay, by the source driver.
//
// Tests that nobody wants are taken away likewise: what only they import need not be compiled. In the module cache they
// are analysed, and filtered.
func (f *front) vetJob(ctx context.Context, j *job) error {
	todo := f.todo(j)
	var stripped []*state
	if f.req.NoTests {
		stripped = f.strippable(slices.DeleteFunc(slices.Clone(todo), func(s *state) bool { return !s.hasTests() }))
	}
	if f.req.Analyzers != nil && f.overlay.addsFolders() && f.needsNewFolders(ctx, j, todo) {
		j.inProcess = true
		return f.sourceJob(ctx, j)
	}
	res, err := f.vet(ctx, j, todo, stripped, j.all && len(todo) == len(j.batch.packages))
	if err != nil {
		return err
	}
	results := []vetResult{res}
	if res.failed && res.received == 0 {
		badTests, err := f.diagnose(ctx, j)
		if err != nil {
			return err
		}
		whole := f.todo(j)
		if len(whole) == len(todo) && len(badTests) == 0 && !hasBlocks(res.complaints) {
			if f.lacksEmbedded(ctx, j) {
				return f.refused(ctx, j)
			}
			return f.vetFailed(j, res)
		}
		if len(whole) < len(todo) {
			for _, s := range f.strippable(badTests) {
				if !slices.Contains(stripped, s) {
					stripped = append(stripped, s)
				}
			}
			if res, err = f.vet(ctx, j, whole, stripped, false); err != nil {
				return err
			}
			if res.failed && res.received == 0 && !hasBlocks(res.complaints) && f.lacksEmbedded(ctx, j) {
				return f.refused(ctx, j)
			}
			results[0] = res // what went before said less than diagnose
		}
	}
	var late []*state // their tests are broken
	for _, s := range f.col.missing(j.wants) {
		if s.hasTests() && s.hasCode() && s.Error == nil && !s.broken && !slices.Contains(stripped, s) {
			late = append(late, s)
		}
	}
	again := f.strippable(late)
	if res, err = f.vet(ctx, j, again, again, false); err != nil {
		return err
	}
	rest := slices.DeleteFunc(late, func(s *state) bool { return !f.inCache(s) })
	if err = f.source(ctx, j, rest, false); err != nil {
		return err
	}
	for _, res := range append(results, res) {
		f.complain(j, res)
	}
	return nil
}

// needsNewFolders reports whether the packages, or what they import, lie in folders that exist in the overlay only. go vet
// fails there, because it starts tools in the package's folder.
func (f *front) needsNewFolders(ctx context.Context, j *job, packages []*state) bool {
	extra, err := f.listFlags()
	if err != nil {
		return true
	}
	for _, part := range chunks(packages) {
		args := append([]string{"list", "-e", "-deps", "-test", "-json=Dir"}, extra...)
		stdout, _, err := j.batch.tool.output(ctx, append(append(args, "--"), part...)...)
		missing := false
		if err == nil {
			err = decodeList(stdout, func(p listed) { missing = missing || p.Dir != "" && !isDir(p.Dir) })
		}
		if err != nil || missing {
			return true
		}
	}
	return false
}

// refused analyses in this process what go vet does not even begin with.
func (f *front) refused(ctx context.Context, j *job) error {
	f.req.Log.Info("go vet refuses code whose files to embed are missing: the source driver analyses it")
	j.inProcess = true
	return f.sourceJob(ctx, j)
}

// states returns the packages of the job, sorted.
func (f *front) states(j *job) []*state {
	var all []*state
	for _, p := range j.batch.packages {
		if s := f.col.named[p.ImportPath]; s != nil && j.wants(s) {
			all = append(all, s)
		}
	}
	return all
}

// todo returns the packages of the job that are not known to be broken.
func (f *front) todo(j *job) []*state {
	return slices.DeleteFunc(f.states(j), func(s *state) bool { return s.Error != nil || s.broken || !s.hasCode() && !s.hasTests() })
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// inCache reports whether the package lies in the module cache.
func (f *front) inCache(s *state) bool {
	return f.env.GOMODCACHE != "" && below(s.Dir, f.env.GOMODCACHE)
}

// strippable returns those packages whose tests an overlay can take away.
func (f *front) strippable(all []*state) []*state {
	return slices.DeleteFunc(slices.Clone(all), func(s *state) bool { return f.inCache(s) })
}

// vet runs go vet on the packages, stripped ones without their tests. With whole, they are all that the patterns match.
func (f *front) vet(ctx context.Context, j *job, packages, stripped []*state, whole bool) (vetResult, error) {
	var res vetResult
	if len(packages) == 0 {
		return res, nil
	}
	var deleted []string
	for _, s := range stripped {
		for _, name := range slices.Concat(s.TestGoFiles, s.XTestGoFiles) {
			deleted = append(deleted, filepath.Join(s.Dir, name))
		}
	}
	extra, err := f.listFlags(deleted...)
	if err != nil {
		return res, err
	}
	self := f.req.Self
	if self == "" {
		self, err = os.Executable()
	} else {
		self, err = filepath.Abs(self)
	}
	if err != nil {
		return res, fmt.Errorf("cloudlint does not find its own program: %w", err)
	}
	args := []string{"vet", "-vettool=" + self, "-record"}
	if len(j.inside) > 0 {
		args = append(args, "-inside="+strings.Join(j.inside, ","))
	}
	args = append(args, j.flags...)
	args = append(args, "-json")
	if f.req.Jobs > 0 {
		args = append(args, "-p="+strconv.Itoa(f.req.Jobs))
	}
	args = append(args, extra...)

	patterns := [][]string{j.batch.patterns()}
	if !whole {
		patterns = chunks(packages)
	}
	for _, part := range patterns {
		one, err := f.vetOnce(ctx, j, append(slices.Clone(args), part...))
		res.failed = res.failed || one.failed
		res.received += one.received
		res.complaints = append(res.complaints, one.complaints...)
		if err != nil {
			return res, err
		}
	}
	return res, nil
}

func (f *front) vetOnce(ctx context.Context, j *job, args []string) (vetResult, error) {
	var res vetResult
	work, err := os.MkdirTemp(f.tmp, "go-")
	if err != nil {
		return res, err
	}
	cmd := j.batch.tool.command([]string{"GOTMPDIR=" + work}, args...)
	f.req.Log.Debugf("in %s: %s", cmd.Dir, strings.Join(cmd.Args, " "))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	var garbled error
	err = gocmd.Run(ctx, cmd, func(r io.Reader) error {
		garbled = decodeRecords(r, func(rec wire.Record) {
			res.received++
			f.col.record(rec, j.wants)
		})
		return nil
	})
	if ctx.Err() != nil {
		return res, ctx.Err()
	}
	exit := new(exec.ExitError)
	if err != nil && !errors.As(err, &exit) {
		return res, fmt.Errorf("go vet: %w", err)
	}
	res.failed = err != nil
	res.complaints = parseStderr(stderr.String())
	if garbled != nil {
		res.failed = true
		res.complaints = append(res.complaints, complaint{messages: []string{garbled.Error()}})
	}
	return res, nil
}

// chunks returns the import paths in portions that fit on a command line.
func chunks(packages []*state) [][]string {
	limit := 1 << 20
	if runtime.GOOS == "windows" {
		limit = 1 << 14
	}
	var all [][]string
	size := limit
	for _, s := range packages {
		if size += len(s.ImportPath) + 1; size > limit {
			all = append(all, nil)
			size = len(s.ImportPath) + 1
		}
		all[len(all)-1] = append(all[len(all)-1], s.ImportPath)
	}
	return all
}

func hasBlocks(all []complaint) bool {
	return slices.ContainsFunc(all, func(c complaint) bool { return c.pkg != "" })
}

// vetFailed is the error of a go vet that did not begin.
func (f *front) vetFailed(j *job, res vetResult) error {
	var texts []string
	for _, c := range res.complaints {
		for _, m := range c.messages {
			m, _ = f.message(j.batch, m)
			texts = append(texts, m)
		}
	}
	if len(texts) == 0 {
		texts = []string{"it gave no reason"}
	}
	return fmt.Errorf("go vet failed: %s", strings.Join(texts, "; "))
}
