package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/perturb"
	"github.com/cloudlint/cloudlint/internal/verify/regress"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// writeTests writes tests that fail as long as the leaks are there that the plain run has shown, and runs each file once: one
// whose tests pass is of no use, and is removed.
func (v *verification) writeTests(ctx context.Context, report *finding.Report, leaks []*verify.Leak, places verify.Places) error {
	var list []regress.Leak
	for _, l := range leaks {
		plain := len(l.Runs) == 0 || l.Runs[0] == string(perturb.Plain)
		if l.Class != verify.Proven || l.Hang || l.Deliberate() || !plain || len(l.Tests) == 0 || l.Tests[0].Name == "" {
			continue
		}
		pkg, ok := v.packages[l.Tests[0].Package]
		if !ok || !pkg.Module.Main {
			continue
		}
		code := l.Explaining(report, places)
		if code == "" {
			code = verify.CodeProven
		}
		function, what := l.Words()
		list = append(list, regress.Leak{
			Dir: pkg.Dir, Test: l.Tests[0].Name, Func: l.At.Func, Function: function, What: what, Code: code,
			Place: fmt.Sprintf("%s:%d", filepath.Base(l.At.File), l.At.Line),
		})
	}
	files, err := regress.Files(list)
	if err != nil {
		return Usagef("--write-test: %v", err)
	}
	if len(files) == 0 {
		v.app.log.Info("--write-test: there is no proven leak of a test to write one about")
	}
	for _, f := range files {
		if err := v.writeTest(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// writeTest writes one file, without the tests that pass.
func (v *verification) writeTest(ctx context.Context, f regress.File) error {
	passing, err := v.try(ctx, f)
	if err != nil {
		return err
	}
	var failing []regress.Leak
	for i, l := range f.Leaks {
		if slices.Contains(passing, f.Tests[i]) {
			v.app.log.Warnf("--write-test: no test about %s (%s) is kept: it passes, so that the leak does not show when %s runs by itself", l.Function, l.Place, l.Test)
		} else {
			failing = append(failing, l)
		}
	}
	if len(passing) > 0 {
		if err := os.Remove(f.Path); err != nil {
			return err
		}
		files, err := regress.Files(failing)
		if err != nil || len(files) == 0 {
			return err
		}
		f = files[0]
		if err := os.WriteFile(f.Path, f.Text, 0o666); err != nil {
			return err
		}
	}
	fmt.Fprintf(v.app.stderr, "wrote %s, which fails as long as the leaks are there: go test -run '%s' ./%s\n",
		v.app.short(f.Path), pattern(f.Tests), filepath.ToSlash(v.app.short(filepath.Dir(f.Path))))
	return nil
}

// try writes a file, and returns which of its tests pass. Nothing is left of one that does not compile.
func (v *verification) try(ctx context.Context, f regress.File) (passing []string, err error) {
	if err := os.WriteFile(f.Path, f.Text, 0o666); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Path)
		}
	}()
	o, err := v.testOptions()
	if err != nil {
		return nil, err
	}
	args := []string{"test", "-count=1", "-v", "-vet=off", "-run=" + pattern(f.Tests)}
	if tags := cmp.Or(o.Tags, testrun.TagsOf(o.Flags)); tags != "" {
		args = append(args, "-tags="+tags)
	}
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Dir = filepath.Dir(f.Path)
	cmd.Env = append(os.Environ(), "PWD="+cmd.Dir)
	cmd.WaitDelay = gocmd.Grace
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	if _, err := gocmd.Guarded(ctx, cmd, o.Self, ""); err != nil {
		return nil, err
	}
	ran := false
	for _, name := range f.Tests {
		ran = ran || strings.Contains(output.String(), "=== RUN   "+name+"\n")
		if strings.Contains("\n"+output.String(), "\n--- PASS: "+name+" ") {
			passing = append(passing, name)
		}
	}
	if !ran {
		return nil, fmt.Errorf("the tests that were written for %s do not run:\n%s", v.app.short(f.Path), &output)
	}
	return passing, nil
}

// pattern is what -run takes for tests.
func pattern(names []string) string { return "^(" + strings.Join(names, "|") + ")$" }
