package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/render"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/perturb"
	"github.com/cloudlint/cloudlint/internal/verify/regress"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// writeTests writes tests that fail as long as the leaks are there that the plain run has shown, which took so long. Each is
// run from elsewhere before anything is written: one that does not fail by its leak is of no use.
func (v *verification) writeTests(ctx context.Context, report *finding.Report, leaks []*verify.Leak, result *testrun.Result) error {
	o, err := v.testOptions()
	if err != nil {
		return err
	}
	packages, err := v.leakingPackages(ctx, o, leaks)
	if err != nil {
		return err
	}
	plan := regress.New(v.regressions(report, leaks, v.places(result.GOROOT)), packages)
	if existing := plan.Existing(); len(existing) > 0 {
		return Usagef("--write-test: %s is there already: remove it, or give it another name", v.app.short(existing[0]))
	}
	trying := ""
	judge := regress.Judge{
		Run: func(ctx context.Context, pkg string, files []regress.File, names []string, limit time.Duration) (string, error) {
			if pkg != trying {
				trying = pkg
				fmt.Fprintf(v.app.progress, "trying the tests to be written for %s\n", pkg)
			}
			return v.try(ctx, o, pkg, files, names, limit)
		},
		Forms: []regress.Form{regress.Bubble, regress.Check},
		Limit: max(least, slow*result.Took).Round(time.Second),
		Tell: func(t *regress.Test, why string) {
			v.app.log.Infof("--write-test: %s does without testing/synctest: %s", t.Name, why)
		},
	}
	if v.opts.WriteTest != WriteAny {
		judge.Forms = []regress.Form{regress.Form(v.opts.WriteTest)}
	}
	tests, refused, err := judge.Keep(ctx, plan.Tests)
	if err != nil {
		return err
	}
	for _, r := range append(plan.Refused, refused...) {
		v.app.log.Warnf("--write-test: no test about %s (%s): %s", r.Leak.Function, r.Leak.Place, r.Why)
	}
	files, err := regress.Files(tests)
	if err != nil {
		return err
	}
	if len(plan.Tests)+len(plan.Refused) == 0 {
		v.app.log.Warn("--write-test: there is no proven leak to write a test about")
	}
	for _, f := range files {
		if err := place(ctx, f); err != nil {
			return err
		}
		v.wrote(o, f)
	}
	return nil
}

// regressions are the leaks that tests are to be written about: those that the plain run has proven, and no comment allows.
func (v *verification) regressions(report *finding.Report, leaks []*verify.Leak, places verify.Places) []regress.Leak {
	var list []regress.Leak
	for _, l := range leaks {
		if l.Class != verify.Proven || l.Deliberate() || slices.Contains(v.silent, l) {
			continue
		}
		function, what := l.Words()
		place := fmt.Sprintf("%s:%d", filepath.Base(l.At.File), l.At.Line)
		switch {
		case len(l.Runs) > 0 && l.Runs[0] != string(perturb.Plain):
			v.app.log.Warnf("--write-test: no test about %s (%s): it shows only under another schedule (%s)", function, place, l.Runs[0])
			continue
		case l.Hang:
			v.app.log.Warnf("--write-test: no test about %s (%s): a test itself waits there, and never ends as long as it does", function, place)
			continue
		}
		r := regress.Leak{
			Func: l.At.Func, Function: function, Place: place, Op: l.Op, What: what,
			Code: cmp.Or(l.Explaining(report, places), verify.CodeProven),
		}
		for _, t := range l.Tests {
			r.Starters = append(r.Starters, regress.Starter{Package: t.Package, Test: t.Name})
		}
		list = append(list, r)
	}
	return list
}

// leakingPackages says of the packages whose tests have shown leaks where their files are: those of the main module or the
// workspace.
func (v *verification) leakingPackages(ctx context.Context, o testrun.Options, leaks []*verify.Leak) (map[string]regress.Package, error) {
	var names []string
	for _, l := range leaks {
		for _, name := range testPackages(l) {
			if v.packages[name].Module.Main {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	slices.Sort(names)
	sources, err := testrun.TestSources(ctx, o, slices.Compact(names))
	if err != nil {
		return nil, err
	}
	packages := make(map[string]regress.Package)
	for path, s := range sources {
		packages[path] = regress.Package{Dir: s.Dir, Name: s.Name, Tests: s.Tests, Replace: s.Replace, GoVersion: v.packages[path].Module.GoVersion}
	}
	return packages, nil
}

// try runs tests of a package with files laid over it, and returns what they print.
func (v *verification) try(ctx context.Context, o testrun.Options, pkg string, files []regress.File, names []string, limit time.Duration) (string, error) {
	tmp, err := gocmd.MkdirTemp(ctx, "", "cloudlint-verify-")
	if err != nil {
		return "", fmt.Errorf("no folder for temporary files: %w", err)
	}
	defer func() { _ = gocmd.RemoveAll(tmp) }()
	replace := make(map[string]string)
	for i, f := range files {
		name := filepath.Join(tmp, fmt.Sprintf("%d.go", i))
		if err := os.WriteFile(name, f.Text, 0o600); err != nil {
			return "", err
		}
		replace[f.Path] = name
	}
	if names == nil && testrun.HasFlag(o.Flags, "run") {
		names = called(files) // the user's choice of tests would leave these out
	}
	var output strings.Builder
	o = o.Some(pkg, names, limit, replace)
	o.Stdout, o.Stderr = &output, &output
	_, err = testrun.Run(ctx, o)
	return output.String(), err
}

// called are the names of tests and of those that they call.
func called(files []regress.File) []string {
	var names []string
	for _, f := range files {
		for _, t := range f.Tests {
			names = append(names, t.Name, t.Top)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// place writes a file where there is none, whole or not at all.
func place(ctx context.Context, f regress.File) error {
	// The go command passes over such a folder, and it is removed even if this process is killed.
	tmp, err := gocmd.MkdirTemp(ctx, filepath.Dir(f.Path), ".cloudlint-")
	if err != nil {
		return err
	}
	defer func() { _ = gocmd.RemoveAll(tmp) }()
	name := filepath.Join(tmp, "test.go")
	if err := os.WriteFile(name, f.Text, 0o666); err != nil {
		return err
	}
	if err := os.Link(name, f.Path); err == nil || os.IsExist(err) {
		return err
	}
	// Not every file system has links.
	file, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if _, err := file.Write(f.Text); err != nil {
		_ = file.Close()
		_ = os.Remove(f.Path)
		return err
	}
	return file.Close()
}

// wrote tells of a file, and how to run its tests.
func (v *verification) wrote(o testrun.Options, f regress.File) {
	bubbles := 0
	var names []string
	for _, t := range f.Tests {
		names = append(names, t.Name)
		if t.Form == regress.Bubble {
			bubbles++
		}
	}
	tags := ""
	if t := cmp.Or(o.Tags, testrun.TagsOf(o.Flags)); t != "" {
		tags = " -tags=" + t
	}
	pkg := filepath.ToSlash(v.app.short(filepath.Dir(f.Path)))
	if pkg != "." {
		pkg = "./" + pkg
	}
	fmt.Fprintf(v.app.stderr, "wrote %s (%s, %d with testing/synctest), which fails as long as the leaks are there: go test%s -run '^(%s)$' %s\n",
		v.app.short(f.Path), render.Plural(len(names), "test"), bubbles, tags, strings.Join(names, "|"), pkg)
}
