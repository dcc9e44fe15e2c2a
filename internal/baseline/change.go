package baseline

import (
	"cmp"
	"slices"
)

// Accept returns the file with some of the findings added, given by their indexes. Those that the file knows keep their
// entry. reason and until take the place of what an entry says where they are given; an entry whose time is over is
// otherwise without limit again.
func (m *Match) Accept(found []Entry, chosen []int, reason, until string) *File {
	next := m.file.clone()
	set := func(e *Entry) {
		e.Reason, e.Until = cmp.Or(reason, e.Reason), cmp.Or(until, e.Until)
		if e.Expired(m.today) {
			e.Until = ""
		}
	}
	for _, i := range chosen {
		if at := m.Of[i]; at >= 0 {
			set(&next.Entries[at])
		}
	}
	for _, i := range chosen {
		e := found[i]
		if m.Of[i] >= 0 || e.ID == "" {
			continue
		}
		at, ok := next.find(e.key())
		if ok {
			next.Entries[at].Count++
		} else {
			next.Entries = slices.Insert(next.Entries, at, e)
		}
		set(&next.Entries[at])
	}
	return next
}

// Prune returns the file without what occurs no more, as far as decided says that the run would have found it. Entries of
// packages that have moved get the new names. Nothing is added.
func (m *Match) Prune(decided func(Entry) bool) *File {
	stale := make(map[key]int)
	for _, s := range m.Stale(decided) {
		stale[s.key()] = s.Left
	}
	next := new(File)
	for _, e := range m.file.Entries {
		if left, ok := stale[e.key()]; ok {
			e.Count = left
		}
		if to := m.Moved[e.Package]; to != "" {
			e.Package = to
		}
		if e.Count == 0 {
			continue
		}
		if at, ok := next.find(e.key()); ok {
			next.Entries[at].Count += e.Count // the new package knew some of its own
		} else {
			next.Entries = slices.Insert(next.Entries, at, e)
		}
	}
	return next
}

// A Growth is an entry that another version of the file does not allow.
type Growth struct {
	Entry
	Allowed int    // how many the other version has
	Until   string // the other version's date, if this one's is later
}

// Growth returns what the file knows more than a former version of it. A package that is in one version only may have
// moved, and be the same.
func (f *File) Growth(former *File) []Growth {
	var found []Entry // one for each finding
	has, had := make(map[string]bool), make(map[string]bool)
	for _, e := range former.Entries {
		had[e.Package] = true
	}
	for _, e := range f.Entries {
		has[e.Package] = true
		for range e.Count {
			found = append(found, e)
		}
	}
	m := former.compare(found, "", func(pkg string) bool { return !has[pkg] }, func(pkg string) bool { return !had[pkg] })
	allowed := make(map[key]int)
	until := make(map[key]string)
	for i, e := range found {
		if old, ok := m.Entry(i); ok {
			allowed[e.key()]++
			if later(e.Until, old.Until) {
				until[e.key()] = old.Until
			}
		}
	}
	var list []Growth
	for _, e := range f.Entries {
		if n := allowed[e.key()]; n < e.Count || until[e.key()] != "" {
			list = append(list, Growth{e, n, until[e.key()]})
		}
	}
	return list
}

// later reports whether a date that limits an entry is later than another, or there is none any more.
func later(date, than string) bool { return than != "" && (date == "" || date > than) }
