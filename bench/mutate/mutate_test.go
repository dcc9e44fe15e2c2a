package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop loads the module of the tests.
func shop(t *testing.T) *world {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("testdata", "shop"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOWORK", "off")
	w, err := load(context.Background(), "shop", dir, 2)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSites(t *testing.T) {
	w := shop(t)
	var got []string
	for _, p := range w.packages {
		for _, s := range sites(p, w.dir) {
			name := "-"
			if s.object != nil {
				name = s.object.Name()
			}
			got = append(got, fmt.Sprintf("%d %s %s", s.line, s.kind, name))
		}
	}
	slices.Sort(got)
	want := []string{
		"18 unlock mu", "29 cancel cancel", "30 capacity counts", "35 done wg", "38 done case ctx", "46 close counts", "53 receive finished",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Every mutant compiles, and has its lines where they were.
func TestMutants(t *testing.T) {
	w := shop(t)
	if n, _ := w.baseline(); n > 0 {
		t.Errorf("%d findings without a mutation: %v", n, w.findings)
	}
	order := w.order(rand.New(rand.NewPCG(1, 1)))
	mutants, err := w.mutate(context.Background(), order, 100, 2)
	if err != nil {
		t.Fatal(err)
	}
	sortMutants(mutants)
	removed := make(map[string]string)
	for _, m := range mutants {
		src, err := m.site.pkg.ReadFile(filepath.Join(w.dir, m.File))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(src, m.text) || bytes.Count(src, []byte("\n")) != bytes.Count(m.text, []byte("\n")) {
			t.Errorf("line %d: %d lines have become %d:\n%s", m.Line, bytes.Count(src, []byte("\n")), bytes.Count(m.text, []byte("\n")), m.text)
		}
		removed[m.Kind] = m.Removed
	}
	want := map[string]string{
		kindUnlock: "defer s.mu.Unlock()", kindCancel: "defer cancel()", kindCapacity: ", 2", kindDone: "defer wg.Done()",
		kindDoneCase: "case <-ctx.Done(): return", kindClose: "close(counts)", kindReceive: "<-finished",
	}
	if diff := cmp.Diff(want, removed); diff != "" {
		t.Error(diff)
	}
	for _, m := range mutants {
		if m.Kind == kindUnlock && !m.Found {
			t.Errorf("a lock that is not given back was not found; elsewhere: %s", m.Other)
		}
	}
}

func TestSameSeedSameOrder(t *testing.T) {
	w := shop(t)
	lines := func(seed uint64) (list []int) {
		for _, s := range w.order(rand.New(rand.NewPCG(seed, hash("shop")))) {
			list = append(list, s.line)
		}
		return list
	}
	if diff := cmp.Diff(lines(3), lines(3)); diff != "" {
		t.Error(diff)
	}
	if sorted := slices.Sorted(slices.Values(lines(3))); len(sorted) != 7 {
		t.Errorf("%d places, want all 7", len(sorted))
	}
}

func TestChange(t *testing.T) {
	src := "package p\n\nimport (\n\t\"context\"\n\tt \"time\"\n)\n\nfunc f() {\n\tstop(\n\t\tx)\n}\n"
	start := strings.Index(src, "stop(")
	got := string(change([]byte(src), site{start: start, end: strings.Index(src, "\n}")}, []string{"x"}, []string{"time"}))
	want := "package p\n\nimport (\n\t\"context\"\n\t_ \"time\"\n)\n\nfunc f() {\n\t_ = x; \n\n}\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The command finds the same through an overlay.
func TestEqualToTheCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	w := shop(t)
	mutants, err := w.mutate(context.Background(), w.order(rand.New(rand.NewPCG(1, 1))), 100, 2)
	if err != nil {
		t.Fatal(err)
	}
	root, err := repository(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.compare(context.Background(), root, mutants, 3); err != nil {
		t.Error(err)
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	table(&out, []Mutant{{Kind: kindClose, Found: true}, {Kind: kindClose, Other: "CL1001"}, {Kind: kindDone}})
	for _, want := range []string{
		"| close     |       2 |     1 |  50 % |         1 |", "| receive   |       0 |     0 |     - |         0 |", "| all       |       3 |     1 |  33 % |         1 |",
	} {
		if !strings.Contains(out.String(), want+"\n") {
			t.Errorf("no line %q in\n%s", want, &out)
		}
	}
}
