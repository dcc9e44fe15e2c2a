package baseline

import (
	"cmp"
	"maps"
	"path"
	"slices"
)

// A Match is what a baseline says about the findings of a run.
type Match struct {
	file  *File
	today string
	// Of is, for each finding, the index of its entry in the file, or -1 for a new one.
	Of []int
	// Used is, for each entry, how many findings it stands for.
	Used []int
	// Moved tells where the packages are that are gone, by their names in the file.
	Moved map[string]string

	over map[int]int // findings of an entry beyond its count
}

// Match compares the findings of a run, in the order of the report, with the file. gone reports whether a package, as
// Entry has it, is not there any more: its findings are then looked for in another package.
func (f *File) Match(found []Entry, today string, gone func(pkg string) bool) *Match {
	return f.compare(found, today, gone, func(string) bool { return true })
}

// compare is Match where a package can have moved only to one of those that are there since.
func (f *File) compare(found []Entry, today string, gone, since func(pkg string) bool) *Match {
	m := &Match{file: f, today: today, Of: make([]int, len(found)), Used: make([]int, len(f.Entries)), over: make(map[int]int)}
	m.match(found, func(e Entry) key { return e.key() })
	if m.Moved = m.moves(found, gone, since); len(m.Moved) > 0 {
		back := make(map[string]string)
		for from, to := range m.Moved {
			back[to] = from
		}
		// What the package had under its own name comes first, so that only what is left is looked for under the old one.
		m.match(found, func(e Entry) key { return key{e.ID, back[e.Package]} }, m.Of...)
	}
	return m
}

// match gives findings that have no entry the one with their key, while its count lasts.
func (m *Match) match(found []Entry, of func(Entry) key, before ...int) {
	for i, e := range found {
		if before == nil {
			m.Of[i] = -1
		} else if m.Of[i] >= 0 {
			continue
		}
		at, ok := m.file.find(of(e))
		switch {
		case !ok || e.ID == "":
		case m.Used[at] == m.file.Entries[at].Count:
			m.over[at]++
		default:
			m.Used[at]++
			m.Of[i] = at
		}
	}
}

// moves tells for packages that are gone where they are now: in the package that has most of their findings, and at least
// half, without having been known to have them. Of several, one with the same last name is meant.
func (m *Match) moves(found []Entry, gone, since func(string) bool) map[string]string {
	left := make(map[key]int)     // entries of packages that are gone
	total := make(map[string]int) // by package
	for i, e := range m.file.Entries {
		if n := e.Count - m.Used[i]; n > 0 && gone(e.Package) {
			left[e.key()] = n
			total[e.Package] += n
		}
	}
	if len(left) == 0 {
		return nil
	}
	type pair struct{ from, to string }
	shared := make(map[pair]int)
	taken := make(map[pair]map[string]int)
	for i, e := range found {
		if m.Of[i] >= 0 || e.ID == "" || !since(e.Package) {
			continue
		}
		for from := range total {
			p := pair{from, e.Package}
			if taken[p] == nil {
				taken[p] = make(map[string]int)
			}
			if taken[p][e.ID] < left[key{e.ID, from}] {
				taken[p][e.ID]++
				shared[p]++
			}
		}
	}
	pairs := slices.SortedFunc(maps.Keys(shared), func(a, b pair) int {
		return cmp.Or(
			cmp.Compare(shared[b], shared[a]),
			cmp.Compare(rank(a.from, a.to), rank(b.from, b.to)),
			cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	moved, used := make(map[string]string), make(map[string]bool)
	for _, p := range pairs {
		if moved[p.from] == "" && !used[p.to] && 2*shared[p] >= total[p.from] {
			moved[p.from], used[p.to] = p.to, true
		}
	}
	return moved
}

// rank is less for two packages that look like one.
func rank(from, to string) int {
	if path.Base(from) == path.Base(to) {
		return 0
	}
	return 1
}

// Known reports whether a finding need not be told: its entry counts still.
func (m *Match) Known(i int) bool {
	return m.Of[i] >= 0 && !m.file.Entries[m.Of[i]].Expired(m.today)
}

// Entry returns the entry of a finding.
func (m *Match) Entry(i int) (Entry, bool) {
	if m.Of[i] < 0 {
		return Entry{}, false
	}
	return m.file.Entries[m.Of[i]], true
}

// Over reports how many findings like e the file knows, if there are more of them in the run.
func (m *Match) Over(e Entry) (known int, over bool) {
	at, ok := m.file.find(e.key())
	if !ok || m.over[at] == 0 {
		return 0, false
	}
	return m.file.Entries[at].Count, true
}

// A Stale entry stands for findings that are gone.
type Stale struct {
	Entry
	Left int // how many there are still
}

// Stale returns the entries that stand for more findings than there are, as far as decided says that the run would have
// found them.
func (m *Match) Stale(decided func(Entry) bool) []Stale {
	var list []Stale
	for i, e := range m.file.Entries {
		if m.Used[i] < e.Count && decided(e) {
			list = append(list, Stale{e, m.Used[i]})
		}
	}
	return list
}

// Undecided returns the entries that stand for more findings than there are, of which the run cannot tell why.
func (m *Match) Undecided(decided func(Entry) bool) []Entry {
	var list []Entry
	for i, e := range m.file.Entries {
		if m.Used[i] < e.Count && !decided(e) {
			list = append(list, e)
		}
	}
	return list
}
