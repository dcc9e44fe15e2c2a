package testrun_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/app"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/kernels"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/hooks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
	"github.com/cloudlint/cloudlint/internal/verify/witness"
)

// rounds is the head of a loop that repeats a program, or a part of it, to make its bug likely.
var rounds = regexp.MustCompile(`for i := 0; i <=? \d{2,}; i\+\+ \{`)

// What the static analysis finds in the programs with leaks of the Go distribution is forced on them, and on the same
// programs with their bugs mended: there the same steps may be taken, but nothing is left for ever.
func TestForced(t *testing.T) {
	t.Parallel() // it mostly waits
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	everything := os.Getenv("CLOUDLINT_GOKER") != "" // of .ci/full: it takes a quarter of an hour
	enough := 4
	if !everything {
		enough = 1
	}
	buggy, fixed := make(map[string]string), make(map[string]string)
	for file, text := range readPrograms(t, kernels.Goker) {
		name := strings.TrimSuffix(file, ".go")
		// A reader behind a writer, locks in two orders, a send under a lock and a condition that nobody reports.
		if !everything && !slices.Contains([]string{"cockroach3710", "kubernetes30872", "kubernetes1321", "moby30408"}, name) && name != "main" {
			continue
		}
		text = rounds.ReplaceAllString(text, "for i := 0; i < 1; i++ {")
		if name == "main" {
			buggy[file], fixed[file] = text, text
		} else if mended, ok := kernels.Fix(t, name, text); ok {
			buggy[file], fixed[file] = text, mended
		}
	}
	found, still := static(t, buggy), static(t, fixed)
	var rows []row
	confirmed := 0
	for _, file := range slices.Sorted(maps.Keys(buggy)) {
		if file == "main.go" {
			continue
		}
		t.Run(strings.TrimSuffix(file, ".go"), func(t *testing.T) {
			b := newProgram(t, file, buggy)
			f := newProgram(t, file, fixed)
			if result, leaks := f.run(testrun.Variation{}); result.Status != 0 || len(leaks) > 0 {
				t.Fatalf("the fixed form: exit status %d, %s\n%s", result.Status, places(leaks), f.output.String())
			}
			shown := false
			for _, found := range found[file] {
				r := row{Finding: found, buggy: b.force(&found, 4, enough), fixed: f.force(&found, 2, 2)}
				r.check(t)
				shown = shown || r.buggy.confirmed > 0
				rows = append(rows, r)
			}
			if shown {
				confirmed++
			} else if !everything {
				t.Errorf("none of %d findings is confirmed", len(found[file]))
			}
			for _, found := range still[file] {
				r := row{Finding: found, still: true, fixed: f.force(&found, 2, 2)}
				r.check(t)
				rows = append(rows, r)
			}
		})
	}
	t.Logf("%d of %d programs have a finding that is confirmed in the order of its steps", confirmed, len(buggy)-1)
	if everything && confirmed < 50 {
		t.Error("want 50 at least")
	}
	if name := os.Getenv("CLOUDLINT_FORCED"); name != "" {
		if err := os.WriteFile(name, []byte(table(rows)), 0o666); err != nil {
			t.Error(err)
		}
	}
}

// static returns what the static analysis finds in programs, by file.
func static(t *testing.T, programs map[string]string) map[string][]finding.Finding {
	t.Helper()
	dir := t.TempDir()
	writePrograms(t, dir, programs)
	var stdout, stderr bytes.Buffer
	a := app.New(&stdout, &stderr, func(string) string { return "" })
	a.Options.Dir = dir
	if err := a.Prepare(); err != nil {
		t.Fatal(err)
	}
	o := app.LintOptions{Formats: []string{"json"}, Driver: "source", Preview: true, Only: []string{"goroutineleak"}, ExitZero: true}
	if err := a.Lint(context.Background(), o, []string{"."}); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var report finding.Report
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	byFile := make(map[string][]finding.Finding)
	for _, f := range report.Findings {
		byFile[f.File] = append(byFile[f.File], f)
	}
	return byFile
}

// A program is one of the Go distribution with its test, in a module of its own.
type program struct {
	t      *testing.T
	dir    string
	output strings.Builder
}

func newProgram(t *testing.T, file string, programs map[string]string) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir()}
	writePrograms(t, p.dir, map[string]string{file: programs[file], "main.go": programs["main.go"]})
	return p
}

func (p *program) options() testrun.Options {
	p.output.Reset()
	return testrun.Options{
		Dir: p.dir, Patterns: []string{"."}, Self: self(p.t), Cache: cache(p.t), Stdout: &p.output, Stderr: &p.output,
		Flags: []string{"-timeout=60s"},
	}
}

func (p *program) places(goroot string) verify.Places {
	return verify.Places{GOROOT: goroot, Dir: func(path string) string {
		if path == "corp.example/kernels" {
			return p.dir
		}
		return ""
	}}
}

// run runs the test, and returns what it has left for ever.
func (p *program) run(vary testrun.Variation) (*testrun.Result, []*verify.Leak) {
	p.t.Helper()
	o := p.options()
	o.Vary = vary
	result, err := testrun.Run(context.Background(), o)
	if err != nil || len(result.Reports) == 0 || result.Lost > 0 {
		p.t.Fatalf("%+v, %v\n%s", result, err, p.output.String())
	}
	for _, r := range result.Reports {
		if r.Reason == testrun.Timeout {
			p.t.Errorf("the test hangs:\n%s", p.output.String())
		}
	}
	leaks := verify.Leaks(result.Reports, p.places(result.GOROOT))
	return result, slices.DeleteFunc(leaks, func(l *verify.Leak) bool { return l.Class != verify.Proven })
}

// An outcome is what came of forcing a finding's witness.
type outcome struct {
	scheduled       bool // it is a schedule, and not a path
	steps, taken    int  // how many there are, and were taken at best; none: there is nothing to force
	runs, confirmed int
	left            []*verify.Leak // for ever, by any of the runs
}

// force forces the witness of a finding in a number of runs, or until enough of them have confirmed it.
func (p *program) force(f *finding.Finding, runs, enough int) (o outcome) {
	p.t.Helper()
	plan, err := testrun.Witness(context.Background(), p.options(), f, p.dir, p.t.TempDir())
	if errors.Is(err, witness.ErrNoSteps) {
		return o
	} else if err != nil {
		p.t.Fatal(err)
	}
	o.scheduled, o.steps = plan.Scheduled, len(plan.Steps)
	vary := testrun.Variation{Replace: plan.Replace, Flags: []string{"-vet=off"}}
	for o.runs < runs && o.confirmed < enough {
		vary.Env = []string{hooks.Witness + "=" + plan.Try(o.runs)}
		result, leaks := p.run(vary)
		o.runs++
		for _, r := range result.Reports {
			o.taken = max(o.taken, r.Steps)
		}
		if verify.Confirm(f, p.dir, leaks, p.places(result.GOROOT)) != nil {
			o.confirmed++
		}
		o.left = append(o.left, leaks...)
	}
	return o
}

// places says where goroutines wait for ever.
func places(leaks []*verify.Leak) string {
	var list []string
	for _, l := range leaks {
		list = append(list, fmt.Sprintf("%s:%d (%s)", filepath.Base(l.At.File), l.At.Line, l.Op))
	}
	return strings.Join(list, ", ")
}

// A row is what came of a finding.
type row struct {
	finding.Finding
	still        bool // it is one of the fixed form
	buggy, fixed outcome
}

// check fails the test where something was confirmed on the fixed form.
func (r row) check(t *testing.T) {
	t.Helper()
	t.Log(r)
	if len(r.fixed.left) > 0 {
		t.Errorf("%s %s:%d: left for ever on the fixed form: %s", r.Code, r.File, r.Line, places(r.fixed.left))
	}
}

// String returns a row of the table.
func (r row) String() string {
	name, _, _ := strings.Cut(r.File, ".")
	list := []string{name, r.Code, fmt.Sprint(r.Line)}
	outcomes := []outcome{r.buggy, r.fixed}
	if r.still {
		outcomes = outcomes[1:]
	}
	switch {
	case outcomes[0].steps == 0:
		list = append(list, "nothing")
	case outcomes[0].scheduled:
		list = append(list, "schedule")
	default:
		list = append(list, "path")
	}
	for _, o := range outcomes {
		if o.steps == 0 {
			list = append(list, "", "")
		} else {
			list = append(list, fmt.Sprintf("%d of %d", o.taken, o.steps), fmt.Sprintf("%d of %d", o.confirmed, o.runs))
		}
	}
	return "| " + strings.Join(list, " | ") + " |"
}

// table is what bench/results has of the rows.
func table(rows []row) string {
	var b strings.Builder
	for _, still := range []bool{false, true} {
		if still {
			b.WriteString("\n| program | code | line | forced | steps taken | runs that confirm it |\n|---|---|---|---|---|---|\n")
		} else {
			b.WriteString("| program | code | line | forced | steps taken | runs that confirm it | fixed form: steps taken | runs that confirm it |\n|---|---|---|---|---|---|---|---|\n")
		}
		for _, r := range rows {
			if r.still == still {
				fmt.Fprintln(&b, r)
			}
		}
	}
	return b.String()
}
