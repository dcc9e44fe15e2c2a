package driver

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
)

// maxMessages is how many errors of one package are shown, as many as the compiler shows.
const maxMessages = 10

// complain turns what go vet wrote to its standard error into errors. What it wrote about packages that were analysed
// all the same is noise: a C compiler's warning, say.
func (f *front) complain(j *job, res vetResult) {
	for _, c := range res.complaints {
		for i, m := range c.messages {
			pkg := c.pkg
			m, dir := f.message(j.batch, m)
			if pkg == "" {
				pkg = f.packageIn(dir)
			}
			if s, _ := f.col.lookup(pkg); !res.failed || s != nil && s.complete(f.req.NoTests) || i >= maxMessages {
				f.req.Log.Debugf("go vet: %s: %s", pkg, m)
				continue
			}
			f.col.error(pkg, m)
		}
	}
}

// packageIn returns the named package in a folder, or "".
func (f *front) packageIn(dir string) string {
	for path, s := range f.col.named {
		if dir != "" && s.Dir == filepath.Clean(dir) {
			return path
		}
	}
	return ""
}

// diagnose finds out which packages of the job cannot be loaded, and reports why. It returns those whose tests only are
// broken.
func (f *front) diagnose(ctx context.Context, j *job) (tests []*state, err error) {
	extra, err := f.listFlags()
	if err != nil {
		return nil, err
	}
	args := append([]string{"list", "-e", "-test", "-json=ImportPath,ForTest,Incomplete,Error,DepsErrors"}, extra...)
	args = append(append(args, "--"), j.batch.patterns()...)
	stdout, _, err := j.batch.tool.output(ctx, args...)
	if err != nil {
		return nil, err
	}
	broken := make(map[*state]bool)
	err = decodeList(stdout, func(p *listed) {
		path, variant := p.ImportPath, p.ForTest != ""
		if variant {
			path = p.ForTest
		} else if f.col.named[path] == nil {
			path, variant = strings.CutSuffix(path, ".test")
		}
		s := f.col.named[path]
		if s == nil || !j.wants(s) || !p.Incomplete && p.Error == nil && len(p.DepsErrors) == 0 {
			return
		}
		if !variant {
			s.broken = true
		} else if broken[s] = true; f.req.NoTests {
			return
		}
		for _, e := range append(p.DepsErrors, p.Error) {
			if e != nil {
				f.loadError(j, e)
			}
		}
	})
	for s := range broken {
		if !s.broken {
			tests = append(tests, s)
		}
	}
	slices.SortFunc(tests, func(a, b *state) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return tests, err
}

// lacksEmbedded reports whether a package of the job, or one that it imports, embeds files that are not there: the front
// end of a service that nobody has built yet, for example. go vet then analyses nothing at all, although the code is
// whole. go list looks for these files only when it is asked for them.
func (f *front) lacksEmbedded(ctx context.Context, j *job) bool {
	extra, err := f.listFlags()
	if err != nil {
		return false
	}
	args := append([]string{"list", "-e", "-deps", "-test", "-json=ImportPath,Error,EmbedFiles,TestEmbedFiles,XTestEmbedFiles"}, extra...)
	stdout, _, err := j.batch.tool.output(ctx, append(append(args, "--"), j.batch.patterns()...)...)
	if err != nil {
		return false
	}
	lacks := false
	err = decodeList(stdout, func(p *listed) {
		s := f.col.named[p.ImportPath]
		known := s != nil && (s.broken || s.Error != nil)
		lacks = lacks || p.Error != nil && !known
	})
	return err == nil && lacks
}

// loadError reports an error at the package that has it; others have it only because they import that one.
func (f *front) loadError(j *job, e *listError) {
	text := e.Err
	if e.Pos != "" {
		text = e.Pos + ": " + text
	}
	text, dir := f.message(j.batch, text)
	pkg := f.packageIn(dir)
	if pkg == "" && len(e.ImportStack) > 0 {
		pkg, _, _ = strings.Cut(e.ImportStack[len(e.ImportStack)-1], " ")
	}
	f.col.error(pkg, text)
}

// explain makes sure that each package without a record has an error that says why.
func (f *front) explain(ctx context.Context) {
	silent := f.col.missing(func(s *state) bool { return !s.failed })
	if len(silent) == 0 {
		return
	}
	guilty := make(map[string]bool)
	for _, e := range f.col.errors {
		guilty[e.Package] = true
	}
	for _, s := range silent {
		guilty[s.ImportPath] = true
	}
	deps := f.deps(ctx, silent)
	for _, s := range silent {
		text := "not analysed, and go vet gives no reason"
		if dep := firstOf(guilty, deps[s.ImportPath].Imports); dep != "" {
			text = "not analysed, because it imports " + dep + ", which has errors"
		} else if dep := firstOf(guilty, deps[s.ImportPath].Deps); dep != "" {
			text = "not analysed, because it needs " + dep + ", which has errors"
		}
		f.col.error(s.ImportPath, text)
	}
}

func firstOf(set map[string]bool, all []string) string {
	for _, s := range all {
		if s != "" && set[s] {
			return s
		}
	}
	return ""
}

// deps lists what the packages import, directly and indirectly. It is for explanations only: without it they are poorer.
func (f *front) deps(ctx context.Context, all []*state) map[string]listed {
	deps := make(map[string]listed)
	extra, err := f.listFlags()
	if err != nil {
		return nil
	}
	for _, b := range f.batches {
		args := append([]string{"list", "-e", "-json=ImportPath,Imports,Deps"}, extra...)
		args = append(args, "--")
		n := len(args)
		for _, s := range all {
			if s.batch == b {
				args = append(args, s.ImportPath)
			}
		}
		if len(args) == n {
			continue
		}
		stdout, _, err := b.tool.output(ctx, args...)
		if err != nil {
			f.req.Log.Debug(err)
			continue
		}
		_ = decodeList(stdout, func(p listed) { deps[p.ImportPath] = p })
	}
	return deps
}
