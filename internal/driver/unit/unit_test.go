package unit

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"

	"github.com/cloudlint/cloudlint/internal/wire"
)

const mainSource = `package app

//cloudlint:ignore CL1234 tested
func main() {
	println()
}
`

func TestRequires(t *testing.T) {
	var order []string
	step := func(name string, requires ...*analysis.Analyzer) *analysis.Analyzer {
		a := analyzer(name, func(p *analysis.Pass) (any, error) {
			order = append(order, name)
			for _, req := range requires {
				if got := p.ResultOf[req]; got != req.Name {
					t.Errorf("%s gets %v from %s", name, got, req.Name)
				}
			}
			if len(p.ResultOf) != len(requires) {
				t.Errorf("%s gets %d results", name, len(p.ResultOf))
			}
			return name, nil
		}, requires...)
		a.ResultType = reflect.TypeFor[string]()
		return a
	}
	base := step("base")
	left, right := step("left", base), step("right", base)
	top := step("top", left, right)
	out := newWorld(t).analyze("app", mainSource, nil, top, right)
	if diff := cmp.Diff([]string{"base", "left", "right", "top"}, order); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"right", "top"}, out.Record.Ran); diff != "" {
		t.Errorf("those that were asked for: %s", diff)
	}
}

// What an analyzer finds is nothing to one that requires it where nobody is shown it.
func TestRequiredFindings(t *testing.T) {
	for _, test := range []struct {
		name  string
		asked bool
		err   error
		want  int
	}{
		{name: "asked for", asked: true, want: 1},
		{name: "not asked for"},
		{name: "failed", asked: true, err: errors.New("failed")},
	} {
		t.Run(test.name, func(t *testing.T) {
			first := analyzer("first", func(*analysis.Pass) (any, error) {
				return &wire.Result{Findings: make([]wire.Finding, 1)}, test.err
			})
			first.ResultType = reflect.TypeFor[*wire.Result]()
			got := -1
			second := analyzer("second", func(p *analysis.Pass) (any, error) {
				got = len(p.ResultOf[first].(*wire.Result).Findings)
				return nil, nil
			}, first)
			list := []*analysis.Analyzer{second}
			if test.asked {
				list = append(list, first)
			}
			newWorld(t).analyze("app", mainSource, nil, list...)
			if got != test.want {
				t.Errorf("the second gets %d findings of the first, want %d", got, test.want)
			}
		})
	}
}

func TestSSA(t *testing.T) {
	a := analyzer("ssa", func(p *analysis.Pass) (any, error) {
		ssa := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
		if len(ssa.SrcFuncs) != 1 || ssa.SrcFuncs[0].Name() != "main" {
			t.Errorf("functions: %v", ssa.SrcFuncs)
		}
		return nil, nil
	}, buildssa.Analyzer)
	out := newWorld(t).analyze("app", mainSource, nil, a)
	if len(out.Record.Failed) > 0 {
		t.Error(out.Record.Failed)
	}
}

func TestFailures(t *testing.T) {
	panics := analyzer("panics", func(p *analysis.Pass) (any, error) {
		panic("of " + p.Pkg.Path())
	})
	needs := analyzer("needs", func(*analysis.Pass) (any, error) { return nil, nil }, panics)
	fails := analyzer("fails", func(p *analysis.Pass) (any, error) {
		p.Reportf(p.Files[0].Pos(), "half the truth")
		return nil, errors.New("no luck")
	})
	lies := analyzer("lies", func(*analysis.Pass) (any, error) { return "a string", nil })
	lies.ResultType = reflect.TypeFor[int]()
	works := analyzer("works", func(*analysis.Pass) (any, error) { return &wire.Result{Exhausted: 3}, nil })
	works.ResultType = reflect.TypeFor[*wire.Result]()

	out := newWorld(t).analyze("app", mainSource, nil, works, panics, needs, fails, lies)
	want := wire.Record{
		Package: "app",
		Directives: []wire.Directive{{
			Pos:  wire.Pos{Package: "app", File: "file.go", Line: 3, Column: 1, EndLine: 3, EndColumn: 33},
			Kind: "cloudlint:ignore", Names: []string{"CL1234"}, Reason: "tested",
		}},
		Ran: []string{"works"},
		Failed: []wire.Failure{
			{Analyzer: "fails", Message: "no luck"},
			{Analyzer: "lies", Message: "returned a string instead of a int"},
			{Analyzer: "needs", Message: "needs panics, which failed: internal error: panic: of app (...)"},
			{Analyzer: "panics", Message: "internal error: panic: of app (...)"},
		},
		Exhausted: map[string]int{"works": 3},
	}
	for i := range out.Record.Failed {
		// The place of the panic.
		m := &out.Record.Failed[i].Message
		if text, where, ok := strings.Cut(*m, "("); ok {
			if !strings.Contains(where, "TestFailures") || !strings.Contains(where, "unit_test.go:") {
				t.Errorf("the message does not say where it panicked: %s", *m)
			}
			*m = text + "(...)"
		}
	}
	if diff := cmp.Diff(want, out.Record); diff != "" {
		t.Error(diff)
	}
	for _, r := range out.Results {
		panicked := r.Analyzer == panics || r.Analyzer == needs
		if r.Panicked != panicked || (len(Stack(r.Err)) > 0) != panicked {
			t.Errorf("%s: panicked %t, stack of %d bytes", r.Analyzer.Name, r.Panicked, len(Stack(r.Err)))
		}
		if len(r.Diagnostics) > 0 {
			t.Errorf("%s failed, but has diagnostics", r.Analyzer.Name)
		}
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"asm.s", "old.go", "secret.go"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("text of "+name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	a := analyzer("reads", func(p *analysis.Pass) (any, error) {
		for _, name := range []string{"asm.s", "old.go"} {
			if data, err := p.ReadFile(filepath.Join(dir, name)); err != nil || string(data) != "text of "+name {
				t.Errorf("%s: %q, %v", name, data, err)
			}
		}
		if _, err := p.ReadFile(filepath.Join(dir, "secret.go")); err == nil {
			t.Error("a file that is not of the package was read")
		}
		return nil, nil
	})
	p := newWorld(t).check("app", mainSource)
	p.OtherFiles = []string{filepath.Join(dir, "asm.s")}
	p.IgnoredFiles = []string{filepath.Join(dir, "old.go")}
	if _, err := Analyze(p, []*analysis.Analyzer{a}); err != nil {
		t.Fatal(err)
	}
}

func TestImpossibleFixes(t *testing.T) {
	a := analyzer("fixes", func(p *analysis.Pass) (any, error) {
		start, end := p.Files[0].FileStart, p.Files[0].FileEnd
		fix := func(message string, edits ...analysis.TextEdit) analysis.SuggestedFix {
			return analysis.SuggestedFix{Message: message, TextEdits: edits}
		}
		p.Report(analysis.Diagnostic{Pos: start, Message: "m", SuggestedFixes: []analysis.SuggestedFix{
			fix("insert", analysis.TextEdit{Pos: start}),
			fix("replace all", analysis.TextEdit{Pos: start, End: end}),
			fix("backwards", analysis.TextEdit{Pos: end, End: start}),
			fix("too far", analysis.TextEdit{Pos: start}, analysis.TextEdit{Pos: start, End: end + 1}),
			fix("nowhere", analysis.TextEdit{}),
			fix("nothing"),
		}})
		return nil, nil
	})
	out := newWorld(t).analyze("app", mainSource, nil, a)
	var got []string
	for _, f := range out.Results[0].Diagnostics[0].SuggestedFixes {
		got = append(got, f.Message)
		for _, e := range f.TextEdits {
			if !e.End.IsValid() {
				t.Errorf("%s: the end is open", f.Message)
			}
		}
	}
	if diff := cmp.Diff([]string{"insert", "replace all"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRecordIsSorted(t *testing.T) {
	finding := func(code, file string, line int, object string) wire.Finding {
		return wire.Finding{Code: code, Message: "m", Object: object, Pos: wire.Pos{Package: "app", File: file, Line: line}}
	}
	give := func(name string, findings ...wire.Finding) *analysis.Analyzer {
		a := analyzer(name, func(*analysis.Pass) (any, error) { return &wire.Result{Findings: findings}, nil })
		a.ResultType = reflect.TypeFor[*wire.Result]()
		return a
	}
	one := give("one", finding("CL2", "b.go", 1, ""), finding("CL1", "a.go", 2, "y"), finding("CL1", "a.go", 2, "x"))
	two := give("two", finding("CL1", "b.go", 1, ""), finding("CL9", "a.go", 1, ""))
	got := newWorld(t).analyze("app", mainSource, nil, one, two).Record
	want := []wire.Finding{
		finding("CL9", "a.go", 1, ""),
		finding("CL1", "a.go", 2, "x"),
		finding("CL1", "a.go", 2, "y"),
		finding("CL1", "b.go", 1, ""),
		finding("CL2", "b.go", 1, ""),
	}
	if diff := cmp.Diff(want, got.Findings); diff != "" {
		t.Error(diff)
	}
}
