package verify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// A Series says how many goroutines of one go statement there were while the tests of one package ran. Those that ended are
// counted, too, as long as they were there.
type Series struct {
	Package string
	Created stacks.Frame
	Process int
	Samples []finding.Sample
	Ended   time.Duration // when tests had ended; 0: they ran
	Tests   []testrun.Span
	Count   int // of the leak's goroutines
}

const (
	maxSeries = 6  // of one piece of evidence
	maxSpans  = 12 // of tests in a series
)

// overTime finds for each leak the series of the go statement that has started it, in each process that has some of it.
func overTime(leaks []*Leak, reports []*testrun.Report) {
	last := make(map[testProcess]*testrun.Samples) // which has all that there was before
	for _, r := range reports {
		if r.Samples != nil {
			last[testProcess{r.Package, r.Process}] = r.Samples
		}
	}
	if len(last) == 0 {
		return
	}
	for _, l := range leaks {
		if l.Created == nil {
			continue
		}
		for p, count := range l.processes {
			samples := last[p]
			if samples == nil {
				continue
			}
			if site := slices.Index(samples.Sites, *l.Created); site >= 0 {
				l.Series = append(l.Series, Series{
					Package: p.pkg, Process: p.id, Created: *l.Created, Count: count,
					Samples: series(samples, site), Ended: samples.Ended, Tests: samples.Tests,
				})
			}
		}
		slices.SortFunc(l.Series, func(a, b Series) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Package, b.Package), cmp.Compare(a.Process, b.Process))
		})
	}
}

// series returns the samples of one site. Of equal ones in a row the first and the last are enough.
func series(samples *testrun.Samples, site int) []finding.Sample {
	var list []finding.Sample
	for _, s := range samples.List {
		next := finding.Sample{Microseconds: s.At.Microseconds(), Goroutines: s.Counts[site], TooMany: s.Most}
		if n := len(list); n > 1 && next.TooMany == 0 && list[n-1].TooMany == 0 &&
			list[n-2].Goroutines == list[n-1].Goroutines && list[n-1].Goroutines == next.Goroutines {
			list = list[:n-1]
		}
		list = append(list, next)
	}
	return list
}

// overTime is a leak's series as evidence, with those of the leaks that are gathered in it.
func (l *Leak) overTime(places Places, root string) []finding.OverTime {
	var list []finding.OverTime
	for _, s := range l.Series {
		if len(list) == maxSeries {
			break
		}
		at := places.at(s.Created, root)
		o := finding.OverTime{
			Package: s.Package, Created: finding.Frame{Function: s.Created.Name(), File: at.File, Line: at.Line},
			Samples: s.Samples, Ended: s.Ended.Microseconds(),
		}
		o.Tests, o.MoreTests = l.spans(s)
		list = append(list, o)
	}
	for _, other := range l.Others {
		if len(list) == maxSeries {
			break
		}
		list = mergeOverTime(list, other.overTime(places, root))
	}
	return list
}

// spans returns when tests ran: those that have started the leak's goroutines, and of the others the longest, as far as there
// is room.
func (l *Leak) spans(s Series) (tests []finding.TestSpan, more int) {
	for _, t := range s.Tests {
		started := slices.ContainsFunc(l.Tests, func(of Test) bool {
			name, _, _ := strings.Cut(of.Name, "/")
			return of.Package == s.Package && name == t.Test
		})
		tests = append(tests, finding.TestSpan{Test: t.Test, From: t.From.Microseconds(), To: t.To.Microseconds(), Started: started})
	}
	slices.SortStableFunc(tests, func(a, b finding.TestSpan) int {
		switch {
		case a.Started == b.Started:
			return cmp.Compare(b.To-b.From, a.To-a.From)
		case a.Started:
			return -1
		}
		return 1
	})
	tests = tests[:min(len(tests), maxSpans)]
	slices.SortStableFunc(tests, func(a, b finding.TestSpan) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), strings.Compare(a.Test, b.Test))
	})
	return tests, len(s.Tests) - len(tests)
}

// mergeOverTime adds the series of a leak that a finding explains as well: of go statements and packages that it has none of.
func mergeOverTime(list, more []finding.OverTime) []finding.OverTime {
	for _, o := range more {
		if len(list) < maxSeries && !slices.ContainsFunc(list, func(known finding.OverTime) bool {
			return known.Package == o.Package && known.Created == o.Created
		}) {
			list = append(list, o)
		}
	}
	return list
}
