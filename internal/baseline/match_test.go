package baseline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/baseline"
	"github.com/cloudlint/cloudlint/internal/finding"
)

// found makes findings of a module from words: "store.Price:get" is one in package store, function Price, about get.
func found(words ...string) []baseline.Entry {
	var list []baseline.Entry
	for _, w := range words {
		place, object, _ := strings.Cut(w, ":")
		pkg, function, _ := strings.Cut(place, ".")
		list = append(list, baseline.Of(finding.Finding{
			Code: "CL2012", Module: "corp.example/shop", Package: "corp.example/shop/" + pkg, Function: function,
			Message: "message of " + w,
			Fingerprint: finding.Fingerprint(finding.Parts{
				Code: "CL2012", Package: "corp.example/shop/" + pkg, Function: function, Op: "call", Object: object,
			}),
		}))
	}
	return list
}

const today = "2026-11-22"

func gone(packages ...string) func(string) bool {
	return func(pkg string) bool { return slices.Contains(packages, pkg) }
}

func everywhere(baseline.Entry) bool { return true }

// book is a baseline that knows the findings.
func book(words ...string) *baseline.File {
	list := found(words...)
	all := make([]int, len(list))
	for i := range all {
		all[i] = i
	}
	return new(baseline.File).Match(list, today, gone()).Accept(list, all, "", "")
}

// show tells what a baseline knows: "store.Price 2".
func show(f *baseline.File) []string {
	var lines []string
	for _, e := range f.Entries {
		lines = append(lines, fmt.Sprintf("%s.%s %d", e.Package, e.Function, e.Count))
	}
	slices.Sort(lines)
	return lines
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name         string
		known, found []string
		gone         []string
		news         []string // findings that are new
		stale        []string // "store.Price 2 -> 1"
		pruned       []string
	}{
		{"the same", []string{"store.Price:get"}, []string{"store.Price:get"}, nil, nil, nil, []string{"store.Price 1"}},
		{"one more elsewhere", []string{"store.Price:get"}, []string{"store.Price:get", "store.Stock:get"}, nil,
			[]string{"store.Stock:get"}, nil, []string{"store.Price 1"}},
		{"one more alike", []string{"store.Price:get"}, []string{"store.Price:get", "store.Price:get"}, nil,
			[]string{"store.Price:get"}, nil, []string{"store.Price 1"}},
		{"one of three alike is mended", []string{"store.Price:get", "store.Price:get", "store.Price:get"}, []string{"store.Price:get", "store.Price:get"}, nil,
			nil, []string{"store.Price 3 -> 2"}, []string{"store.Price 2"}},
		{"a sibling is mended", []string{"store.Price:get", "store.Price:post"}, []string{"store.Price:post"}, nil,
			nil, []string{"store.Price 1 -> 0"}, []string{"store.Price 1"}},
		{"all are mended", []string{"store.Price:get"}, nil, nil, nil, []string{"store.Price 1 -> 0"}, nil},
		{"the folder has moved", []string{"store.Price:get", "store.Stock:get"}, []string{"internal/store.Price:get", "internal/store.Stock:get"}, []string{"store"},
			nil, nil, []string{"internal/store.Price 1", "internal/store.Stock 1"}},
		{"the folder has moved, and one is mended", []string{"store.Price:get", "store.Stock:get"}, []string{"shelf.Stock:get"}, []string{"store"},
			nil, []string{"store.Price 1 -> 0"}, []string{"shelf.Stock 1"}},
		{"another package has the same by chance", []string{"store.Price:get"}, []string{"shelf.Price:get"}, nil,
			[]string{"shelf.Price:get"}, []string{"store.Price 1 -> 0"}, nil},
		{"one of many is no sign of a move", []string{"store.A:get", "store.B:get", "store.Price:get"}, []string{"shelf.Price:get"}, []string{"store"},
			[]string{"shelf.Price:get"}, []string{"store.A 1 -> 0", "store.B 1 -> 0", "store.Price 1 -> 0"}, nil},
		{"two moved at once", []string{"a/store.F:get", "b/store.F:get", "b/store.G:get"}, []string{"x/store.F:get", "y/store.F:get", "y/store.G:get"}, []string{"a/store", "b/store"},
			nil, nil, []string{"x/store.F 1", "y/store.F 1", "y/store.G 1"}},
		{"moved into a package that knows some", []string{"store.Price:get", "shelf.Price:get"}, []string{"shelf.Price:get", "shelf.Price:get"}, []string{"store"},
			nil, nil, []string{"shelf.Price 2"}},
		{"moved to where a name looks alike", []string{"a/store.F:get"}, []string{"b/shelf.F:get", "b/store.F:get"}, []string{"a/store"},
			[]string{"b/shelf.F:get"}, nil, []string{"b/store.F 1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			list := found(test.found...)
			m := book(test.known...).Match(list, today, gone(test.gone...))
			var news, stale []string
			for i := range list {
				if !m.Known(i) {
					news = append(news, test.found[i])
				}
			}
			for _, s := range m.Stale(everywhere) {
				stale = append(stale, fmt.Sprintf("%s.%s %d -> %d", s.Package, s.Function, s.Count, s.Left))
			}
			slices.Sort(stale)
			if diff := cmp.Diff(test.news, news) + cmp.Diff(test.stale, stale) + cmp.Diff(test.pruned, show(m.Prune(everywhere))); diff != "" {
				t.Errorf("new, stale, pruned:\n%s", diff)
			}
			if kept := m.Prune(func(baseline.Entry) bool { return false }); kept.Total() != book(test.known...).Total() {
				t.Errorf("prune removes what nobody has looked for: %s", show(kept))
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	list := found("store.Price:get")
	file := new(baseline.File).Match(list, today, gone()).Accept(list, []int{0}, "is replaced", "2026-11-22")
	for day, known := range map[string]bool{"2026-11-21": true, "2026-11-22": true, "2026-11-23": false} {
		if m := file.Match(list, day, gone()); m.Known(0) != known || len(m.Stale(everywhere)) != 0 {
			t.Errorf("on %s: known %t, stale %v", day, m.Known(0), m.Stale(everywhere))
		}
	}
	m := file.Match(list, "2026-12-01", gone())
	again := m.Accept(list, []int{0}, "", "2027-01-31")
	if e := again.Entries[0]; e.Count != 1 || e.Until != "2027-01-31" || e.Reason != "is replaced" {
		t.Errorf("accepted again: %+v", e)
	}
	if e := m.Accept(list, []int{0}, "", "").Entries[0]; e.Until != "" {
		t.Errorf("accepted again without a day: %+v", e)
	}
}

func TestAccept(t *testing.T) {
	list := found("store.Price:get", "store.Price:get", "cart.Total:get")
	m := book("store.Price:get").Match(list, today, gone())
	if diff := cmp.Diff([]string{"cart.Total 1", "store.Price 2"}, show(m.Accept(list, []int{0, 1, 2}, "", ""))); diff != "" {
		t.Error(diff)
	}
	// What is known stays as it is, but for what is said about it now.
	same := m.Accept(list, []int{0}, "why", "")
	if e := same.Entries[0]; len(same.Entries) != 1 || e.Count != 1 || e.Reason != "why" {
		t.Errorf("%+v", same.Entries)
	}
}

func TestGrowth(t *testing.T) {
	until := func(f *baseline.File, day string) *baseline.File {
		for i := range f.Entries {
			f.Entries[i].Until = day
		}
		return f
	}
	tests := []struct {
		name        string
		former, now *baseline.File
		want        []string
	}{
		{"the same", book("store.Price:get"), book("store.Price:get"), nil},
		{"less", book("store.Price:get", "store.Price:get", "cart.Total:get"), book("store.Price:get"), nil},
		{"one more", book("store.Price:get"), book("store.Price:get", "store.Price:get"), []string{"store.Price 2 > 1"}},
		{"one for another", book("store.Price:get"), book("store.Stock:get"), []string{"store.Stock 1 > 0"}},
		{"one for another in another package", book("store.Price:get", "cart.Total:get"), book("cart.Total:get", "cart.Price:get"), []string{"cart.Price 1 > 0"}},
		{"a package has moved", book("store.Price:get"), book("internal/store.Price:get"), nil},
		{"a package has moved, and has more", book("store.Price:get"), book("internal/store.Price:get", "internal/store.Price:get"), []string{"internal/store.Price 2 > 1"}},
		{"a day that is put off", until(book("store.Price:get"), "2026-12-01"), until(book("store.Price:get"), "2027-01-31"), []string{"store.Price 1 > 1 2026-12-01"}},
		{"a day that is gone", until(book("store.Price:get"), "2026-12-01"), book("store.Price:get"), []string{"store.Price 1 > 1 2026-12-01"}},
		{"a day that is sooner", until(book("store.Price:get"), "2026-12-01"), until(book("store.Price:get"), "2026-11-30"), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, g := range test.now.Growth(test.former) {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s.%s %d > %d %s", g.Package, g.Function, g.Count, g.Allowed, g.Until)))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of a finding only what stays the same is its identity.
func TestOf(t *testing.T) {
	f := finding.Finding{
		Code: "CL1004", Module: "corp.example/shop", Package: "corp.example/shop/store", Function: "Price",
		Message:     "wg.Wait waits for ever: the goroutine started at line 12 can return at line 13 without Done; see store.go:12:3",
		Fingerprint: finding.Fingerprint(finding.Parts{Code: "CL1004", Package: "corp.example/shop/store", Function: "Price", Op: "wait", Object: "wg"}),
	}
	want := baseline.Of(f)
	if strings.ContainsAny(want.Text, "0123456789") {
		t.Errorf("the text has line numbers, which change: %s", want.Text)
	}
	f.File, f.Line, f.Column, f.Message = "corp/store/other.go", 99, 9, "another text"
	got := baseline.Of(f)
	got.Text = want.Text
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("with another place and message: %s", diff)
	}
	f.Module, f.Package = "corp.example/shop/v2", "corp.example/shop/v2/store"
	if got := baseline.Of(f); got.Package != "store" || got.ID != want.ID {
		t.Errorf("in the next major version: %+v", got)
	}
	f.Origin = &finding.Origin{Package: "corp.example/shop/v2", Function: "run"}
	if got := baseline.Of(f); got.Package != "." || got.Function != "run" || !got.Wide {
		t.Errorf("with its cause elsewhere: %+v", got)
	}
}
