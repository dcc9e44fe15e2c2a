package driver

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// Run analyses the packages that the request names.
func Run(ctx context.Context, req Request) (*Outcome, error) {
	if req.Log == nil {
		silent := logrus.New()
		silent.SetOutput(io.Discard)
		req.Log = silent
	}
	if info, err := os.Stat(req.Dir); err != nil || !info.IsDir() {
		return nil, &UsageError{fmt.Sprintf("there is no folder %s", req.Dir)}
	}
	f := &front{req: req, col: collector{progress: req.Progress, noTests: req.NoTests, named: make(map[string]*state)}}
	defer f.close()
	return f.run(ctx)
}

// A front is one run.
type front struct {
	req     Request
	env     goEnv // in req.Dir
	flags   goFlags
	tmp     string // for everything that must be gone at the end
	overlay *overlay
	batches []*batch
	jobs    []*job
	col     collector
}

// A job is what one go vet, or one in-process run, analyses: packages of one batch that have the same settings.
type job struct {
	batch  *batch
	flags  []string // of the vettool
	inside []string
	want   map[string]bool // import paths
	all    bool            // these are all packages that the batch's patterns match
}

func (j *job) wants(s *state) bool { return s.batch == j.batch && j.want[s.ImportPath] }

func (f *front) run(ctx context.Context) (*Outcome, error) {
	var err error
	if f.env, err = environment(ctx, f.req.Dir); err != nil {
		return nil, err
	}
	f.flags = parseGoFlags(f.env.GOFLAGS).building()
	if f.tmp, err = os.MkdirTemp(f.env.GOTMPDIR, "cloudlint-"); err != nil {
		return nil, fmt.Errorf("no folder for temporary files: %w", err)
	}
	file := f.req.Overlay
	if file == "" {
		file = f.flags.lookup("overlay")
	}
	f.flags = f.flags.without("overlay")
	if f.overlay, err = readOverlay(file, f.req.Dir, f.tmp); err != nil {
		return nil, err
	}

	args := &arguments{req: f.req, env: f.env, flags: f.flags}
	if f.batches, err = args.split(ctx); err != nil {
		return nil, err
	}
	extra, err := f.listFlags()
	if err != nil {
		return nil, err
	}
	for _, b := range f.batches {
		if len(b.args) == 0 {
			continue
		}
		if err := b.list(ctx, extra); err != nil {
			return nil, err
		}
	}
	if err := f.take(args.gone > 0); err != nil {
		return nil, err
	}
	if err := f.configure(); err != nil {
		return nil, err
	}
	out := &Outcome{GoVersion: f.env.GOVERSION, Driver: f.choose(ctx)}
	for _, j := range f.jobs {
		err := error(nil)
		if out.Driver == Source {
			err = f.sourceJob(ctx, j)
		} else {
			err = f.vetJob(ctx, j)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, err
		}
	}
	f.explain(ctx)
	f.col.finish(out)
	return out, f.places(ctx, out)
}

func (f *front) close() {
	if f.tmp == "" {
		return
	}
	err := os.RemoveAll(f.tmp)
	for range 10 { // a process that was killed may be about to write a last file
		if err == nil {
			return
		}
		time.Sleep(settle / 10)
		err = os.RemoveAll(f.tmp)
	}
	f.req.Log.Warnf("temporary files are left behind: %v", err)
}

// listFlags returns the flags that both go list and go vet need.
func (f *front) listFlags(deleted ...string) ([]string, error) {
	var flags []string
	if f.req.Tags != "" {
		flags = append(flags, "-tags="+f.req.Tags)
	}
	file, err := f.overlayFile(deleted)
	if file != "" {
		flags = append(flags, "-overlay="+file)
	}
	return flags, err
}

func (f *front) overlayFile(deleted []string) (string, error) {
	if len(f.overlay.replace)+len(deleted) == 0 {
		return "", nil
	}
	tmp, err := os.CreateTemp(f.tmp, "overlay-*.json")
	if err != nil {
		return "", err
	}
	if err := tmp.Close(); err != nil {
		return "", err
	}
	return f.overlay.write(tmp.Name(), deleted)
}

// configure asks for the settings of each module and makes the jobs.
func (f *front) configure() error {
	settings := make(map[Module]Settings)
	for _, b := range f.batches {
		var inside []string
		var jobs []*job
		std := 0
		for _, p := range b.packages {
			s := f.col.named[p.ImportPath]
			if s == nil || s.batch != b {
				continue
			}
			m := b.module(p, f.env)
			set, known := settings[m]
			if !known {
				if err := checkVersion(m, runtime.Version(), f.env.GOVERSION); err != nil {
					return err
				}
				if f.req.Configure != nil {
					var err error
					if set, err = f.req.Configure(m); err != nil {
						return err
					}
				}
				settings[m] = set
			}
			inside = append(inside, set.Inside...)
			switch {
			case m.Path != "":
				inside = append(inside, m.Path+"/...")
			default:
				inside = append(inside, p.ImportPath)
				std++
			}
			if m.Main {
				for _, other := range b.modules {
					inside = append(inside, other.Path+"/...")
				}
			}
			j := find(jobs, set.Flags)
			if j == nil {
				j = &job{batch: b, flags: set.Flags, want: make(map[string]bool)}
				jobs = append(jobs, j)
			}
			j.want[p.ImportPath] = true
		}
		if std > maxStd {
			inside = shorten(inside)
		}
		slices.Sort(inside)
		inside = slices.Compact(inside)
		for _, j := range jobs {
			j.inside, j.all = inside, len(jobs) == 1
		}
		f.jobs = append(f.jobs, jobs...)
	}
	return nil
}

func find(jobs []*job, flags []string) *job {
	for _, j := range jobs {
		if slices.Equal(j.flags, flags) {
			return j
		}
	}
	return nil
}

// maxStd is how many packages of the standard library are listed one by one as inside: the list is on the command line
// of every unit.
const maxStd = 20

// shorten replaces packages of the standard library by whole trees of it.
func shorten(inside []string) []string {
	for i, path := range inside {
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") && !strings.HasSuffix(path, "/...") {
			inside[i] = first + "/..."
		}
	}
	return inside
}

// places notes where each package lies that a position names.
func (f *front) places(ctx context.Context, out *Outcome) error {
	out.Packages = make(map[string]Package)
	for _, s := range f.col.named {
		out.Packages[s.ImportPath] = Package{ImportPath: s.ImportPath, Dir: s.Dir, Module: s.batch.module(s.listed, f.env), Named: true}
	}
	unknown := make(map[string]bool)
	for _, rec := range out.Records {
		for pos := range positions(rec) {
			if _, ok := out.Packages[pos.Package]; ok || pos.Package == "" {
				continue
			}
			if path, ok := strings.CutSuffix(pos.Package, "_test"); ok {
				if p, ok := out.Packages[path]; ok {
					out.Packages[pos.Package] = p
					continue
				}
			}
			unknown[pos.Package] = true
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	extra, err := f.listFlags()
	if err != nil {
		return err
	}
	for _, b := range f.batches {
		args := append([]string{"list", "-e", "-find", "-json=ImportPath,Dir,Module,Standard,Error"}, extra...)
		args = append(args, "--")
		for path := range unknown {
			args = append(args, path)
		}
		stdout, _, err := b.tool.output(ctx, args...)
		if err != nil {
			return err
		}
		err = decodeList(stdout, func(p *listed) {
			if p.Dir != "" && unknown[p.ImportPath] {
				out.Packages[p.ImportPath] = Package{ImportPath: p.ImportPath, Dir: p.Dir, Module: b.module(p, f.env)}
				delete(unknown, p.ImportPath)
			}
		})
		if err != nil || len(unknown) == 0 {
			return err
		}
	}
	return nil
}

// positions yields all positions in the record.
func positions(rec wire.Record) func(yield func(wire.Pos) bool) {
	return func(yield func(wire.Pos) bool) {
		for _, d := range rec.Directives {
			if !yield(d.Pos) {
				return
			}
		}
		for _, fd := range rec.Findings {
			all := []wire.Pos{fd.Pos}
			for _, r := range fd.Related {
				all = append(all, r.Pos)
			}
			for _, s := range fd.Steps {
				all = append(all, s.Pos)
			}
			if fd.SuppressedBy != nil {
				all = append(all, *fd.SuppressedBy)
			}
			for _, p := range all {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// display returns the name of a file for an error message: relative to the request's folder where that is shorter.
func (f *front) display(b *batch, name string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(b.tool.dir, name)
	}
	if original, ok := f.overlay.originals[name]; ok {
		name = original
	}
	rel, err := filepath.Rel(f.req.Dir, name)
	if err != nil || len(rel) >= len(name) {
		return filepath.ToSlash(name)
	}
	return filepath.ToSlash(rel)
}

// message makes the file name at the beginning of a message relative to the request's folder, and tells the folder of
// that file.
func (f *front) message(b *batch, text string) (message, dir string) {
	text = strings.Join(strings.Fields(text), " ")
	file, rest, ok := cutPosition(text)
	if !ok {
		return f.withoutFolder(text), ""
	}
	dir = filepath.Dir(file)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(b.tool.dir, dir)
	}
	return f.display(b, file) + rest, dir
}
