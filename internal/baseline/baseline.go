// Package baseline keeps the findings that a module had before anybody looked, so that only others are reported: the file
// of known findings, what it says about the findings of a run, and how it changes.
//
// The file has one line for each kind of finding in a function, with how many there are: no line numbers of the source,
// because they move, and no number that tells two alike from each other, because it would pass to the next one when the
// first is mended. Lines are sorted by their identity, under 64 headings that are always there and to which a hash assigns
// them. That is for git: changes of two branches conflict only where no unchanged line lies between them. With ten entries
// and three changes on either side, 80 of 100 merges had conflicts without the headings, sorted in whatever way, and 11
// with them.
//
// It is pure, but for reading and writing the file.
package baseline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// An Entry is what the file says about a kind of finding in a function.
type Entry struct {
	ID      string // finding.Identity
	Count   int
	Code    string
	Package string // relative to the module: "." is its root
	// Function and Text are for people.
	Function string
	Text     string
	// Wide says that the finding has its cause in this package and may be reported from any that imports it, so that only
	// a run over the whole module knows that it is gone.
	Wide   bool
	Until  string // the last day on which it counts, as 2006-01-02; empty: for ever
	Reason string
	Line   int // in the file
}

// A File is a baseline. Its entries are sorted, and no two have the same identity and package.
type File struct {
	Entries []Entry
}

// key tells entries apart.
type key struct{ id, pkg string }

func (e Entry) key() key { return key{e.ID, e.Package} }

// Expired reports whether the entry counts no more on a day.
func (e Entry) Expired(today string) bool { return e.Until != "" && e.Until < today }

// Where names the place of the entry for people.
func (e Entry) Where() string {
	if e.Function == "" {
		return e.Package
	}
	return e.Package + " " + e.Function
}

// Compare is the order of the file.
func Compare(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Package, b.Package))
}

// Of returns the entry that a finding of a module makes.
func Of(f finding.Finding) Entry {
	e := Entry{
		ID: finding.Identity(f.Fingerprint), Count: 1, Code: f.Code,
		Package: Relative(f.Module, f.Package), Function: f.Function, Text: short(f.Message),
	}
	if f.Origin != nil {
		e.Package, e.Function, e.Wide = Relative(f.Module, f.Origin.Package), f.Origin.Function, true
	}
	return e
}

// Relative returns an import path relative to a module, so that the file outlives a new major version of the module. A
// package outside keeps its path.
func Relative(module, pkg string) string {
	switch pkg {
	case module:
		return "."
	case module + "_test": // the external test of the root
		return "._test"
	}
	if rel, ok := strings.CutPrefix(pkg, module+"/"); ok && module != "" {
		return rel
	}
	return pkg
}

// find returns the index of the entry, or where it belongs.
func (f *File) find(k key) (int, bool) {
	return slices.BinarySearchFunc(f.Entries, Entry{ID: k.id, Package: k.pkg}, Compare)
}

// Total returns how many findings the file knows.
func (f *File) Total() int {
	n := 0
	for _, e := range f.Entries {
		n += e.Count
	}
	return n
}

// clone returns a copy to change.
func (f *File) clone() *File { return &File{Entries: slices.Clone(f.Entries)} }
