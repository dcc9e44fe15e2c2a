package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// A mutant is found by a finding of its kind that has a place in the mutated function or at an operation on the object.
func TestRightPlace(t *testing.T) {
	w := shop(t)
	var m Mutant
	for _, p := range w.packages {
		for _, s := range sites(p, w.dir) {
			if s.kind == kindDone {
				m = Mutant{Package: p.Types.Path(), File: "stock/stock.go", Line: s.line, Kind: s.kind, site: s}
			}
		}
	}
	at := func(line int) wire.Pos { return wire.Pos{Package: m.Package, File: "stock.go", Line: line} }
	elsewhere := wire.Pos{Package: "other", File: "stock.go", Line: 48}
	for _, test := range []struct {
		name    string
		finding wire.Finding
		how     string
		other   bool
	}{
		{"the Wait", wire.Finding{Code: "CL1004", Pos: at(45)}, atOperation, false},
		{"a step at the Wait", wire.Finding{Code: "CL1002", Pos: elsewhere, Steps: []wire.Step{{Pos: at(45)}}}, atOperation, false},
		{"the function", wire.Finding{Code: "CL1002", Pos: at(50)}, atFunction, false},
		{"another function of the file", wire.Finding{Code: "CL1004", Pos: at(20)}, "", true},
		{"another package", wire.Finding{Code: "CL1004", Pos: elsewhere}, "", true},
		{"a code of another kind", wire.Finding{Code: "CL1010", Pos: at(45)}, "", true},
		{"suppressed", wire.Finding{Code: "CL1004", Pos: at(45), SuppressedBy: &wire.Pos{}}, "", false},
	} {
		got := m
		got.all = []wire.Finding{test.finding}
		w.judge(&got)
		if got.How != test.how || got.Found != (test.how != "") || (got.Other != "") != test.other {
			t.Errorf("%s: how %q, found %v, elsewhere %q; want %q, %v", test.name, got.How, got.Found, got.Other, test.how, test.other)
		}
		w.findings[m.Package] = []wire.Finding{test.finding}
		got = m
		got.all = []wire.Finding{test.finding}
		if w.judge(&got); got.Found || got.Other != "" {
			t.Errorf("%s: counts although it is there without the mutation", test.name)
		}
		w.findings[m.Package] = nil
	}
	if p := m.site.pkg; !w.silent(p) {
		t.Errorf("%s is not silent", p.Types.Path())
	}
	w.findings[m.Package] = []wire.Finding{{Code: "CL1001", SuppressedBy: &wire.Pos{}}}
	if order := w.order(newRand(1, "shop")); len(order) != 0 {
		t.Errorf("%d places in a package that is not silent", len(order))
	}
}

// What can block is counted by what the file says, and the mutants that are not in it are left out.
func TestJudged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "verdicts.tsv")
	text := "module\tplace\tkind\tcan block\tfound\twhy\nm\ta.go:1\tclose\tyes\t\t\nm\ta.go:2\tclose\tno\t\t\nm\ta.go:3\tclose\tyes\t\t\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list := []Mutant{
		{Module: "m", File: "a.go", Line: 1, Kind: kindClose, Found: true, Code: "CL1002", At: "a.go:9", How: atOperation, Removed: "close(c)"},
		{Module: "m", File: "a.go", Line: 2, Kind: kindClose, Found: true},
		{Module: "m", File: "a.go", Line: 3, Kind: kindClose},
		{Module: "m", File: "a.go", Line: 3, Kind: kindDone, Found: true},
	}
	var out bytes.Buffer
	if err := judgedTable(&out, file, list); err != nil {
		t.Fatal(err)
	}
	if want := "| close     |      3 |         2 |             1 |                    1 |\n"; !strings.Contains(out.String(), want) {
		t.Errorf("no line %q in\n%s", want, &out)
	}
	lines := strings.Split(string(tsv(list)), "\n")
	want := []string{"module\tplace\tkind\tremoved\tfound\tat\thow", "m\ta.go:1\tclose\tclose(c)\tCL1002\ta.go:9\toperation"}
	if diff := cmp.Diff(want, lines[:2]); diff != "" {
		t.Error(diff)
	}
	if _, err := verdicts("head\nm\ta.go:1\tclose\tperhaps\n"); err == nil {
		t.Error("a verdict that is neither yes nor no is accepted")
	}
}

// The seed alone decides what is drawn.
func TestSample(t *testing.T) {
	var list, reversed []Mutant
	for i := range 50 {
		list = append(list, Mutant{File: "a.go", Line: i, Found: i%2 == 0})
		reversed = append([]Mutant{list[i]}, reversed...)
	}
	first := sample(list, options{seed: 3, sample: 10})
	if diff := cmp.Diff(tsv(first), tsv(sample(reversed, options{seed: 3, sample: 10}))); diff != "" || len(first) != 10 {
		t.Errorf("%d drawn, and others from the same list in another order: %s", len(first), diff)
	}
	if bytes.Equal(tsv(first), tsv(sample(list, options{seed: 4, sample: 10}))) {
		t.Error("another seed draws the same")
	}
	for _, m := range sample(list, options{seed: 3, sample: 50, missed: true}) {
		if m.Found {
			t.Errorf("line %d was found", m.Line)
		}
	}
}
