package verify

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// sampled gives a report samples: at each millisecond one, of the two sites of the shop.
func sampled(r *testrun.Report, counts ...[2]int) *testrun.Report {
	r.Samples = &testrun.Samples{
		Sites: []stacks.Frame{{Func: "corp.example/shop.Send", File: "/shop/shop.go", Line: 6}, {Func: "corp.example/shop.Watch", File: "/shop/shop.go", Line: 16}},
		Ended: time.Duration(len(counts)) * time.Millisecond,
		Tests: []testrun.Span{{Test: "TestA", From: time.Millisecond, To: 2 * time.Millisecond}, {Test: "TestB", From: 2 * time.Millisecond, To: 3 * time.Millisecond}},
	}
	for i, c := range counts {
		r.Samples.List = append(r.Samples.List, testrun.Sample{At: time.Duration(i) * time.Millisecond, Counts: map[int]int{0: c[0], 1: c[1]}})
	}
	return r
}

func send(id int, labels string) string {
	return waits(id, "chan send (leaked)", labels, "corp.example/shop.Send.func1", "/shop/shop.go:7", "corp.example/shop.Send", "/shop/shop.go:6", 5)
}

func watch(id int, labels string) string {
	return waits(id, "select (leaked)", labels, "corp.example/shop.Watch.func1", "/shop/shop.go:17", "corp.example/shop.Watch", "/shop/shop.go:16", 5)
}

func numbers(list []finding.Sample) (text string) {
	for _, s := range list {
		text += fmt.Sprintf(" %d:%d", s.Microseconds, s.Goroutines)
	}
	return text
}

// Each leak has the series of its own go statement, in each process that has some of it.
func TestOverTime(t *testing.T) {
	const shop, cart = "corp.example/shop", "corp.example/shop/cart"
	first := sampled(report(t, shop, 1, testrun.Watch, nil, send(7, "TestA/sub")), [2]int{9, 9})
	last := sampled(report(t, shop, 1, testrun.End, nil, send(7, "TestA/sub")+send(8, "TestA/sub")+watch(9, "TestB")),
		[2]int{0, 0}, [2]int{0, 4}, [2]int{2, 4}, [2]int{2, 4}, [2]int{2, 4}, [2]int{2, 1})
	other := sampled(report(t, cart, 2, testrun.End, nil, send(7, "TestB")), [2]int{0, 0}, [2]int{1, 0})
	leaks := Leaks([]*testrun.Report{first, other, last}, places)
	if len(leaks) != 2 {
		t.Fatalf("%d leaks", len(leaks))
	}
	var got []string
	for _, l := range leaks {
		for _, o := range l.Evidence(finding.RuntimeOnly, places, "/shop").OverTime {
			line := fmt.Sprintf("%s:%d in %s to %d:%s;", o.Created.File, o.Created.Line, o.Package, o.Ended, numbers(o.Samples))
			for _, test := range o.Tests {
				line += fmt.Sprintf(" %s %d-%d %v", test.Test, test.From, test.To, test.Started)
			}
			got = append(got, line)
		}
	}
	want := []string{
		"shop.go:6 in corp.example/shop to 6000: 0:0 1000:0 2000:2 5000:2; TestA 1000-2000 true TestB 2000-3000 false",
		"shop.go:6 in corp.example/shop/cart to 2000: 0:0 1000:1; TestA 1000-2000 false TestB 2000-3000 true",
		"shop.go:16 in corp.example/shop to 6000: 0:0 1000:4 4000:4 5000:1; TestA 1000-2000 false TestB 2000-3000 true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A finding that two leaks confirm has the series of both go statements. What another schedule shows has none.
func TestOverTimeOfAFinding(t *testing.T) {
	run := sampled(report(t, "corp.example/shop", 1, testrun.End, nil, send(7, "TestA")+watch(9, "TestB")), [2]int{0, 0}, [2]int{1, 1})
	leaks := Leaks([]*testrun.Report{run}, places)
	r := &finding.Report{Root: "/shop", Findings: []finding.Finding{{
		Family: rule.Goroutines, Code: "CL1001", Range: finding.Range{File: "shop.go", Line: 7},
		Related: []finding.Related{{Range: finding.Range{File: "shop.go", Line: 17}}},
	}}}
	if rest := Join(r, leaks, places); len(rest) > 0 {
		t.Fatalf("not explained: %v", rest)
	}
	var got []int
	for _, o := range r.Findings[0].Evidence.OverTime {
		got = append(got, o.Created.Line)
	}
	if diff := cmp.Diff([]int{6, 16}, got); diff != "" {
		t.Error(diff)
	}

	forced := Leaks([]*testrun.Report{report(t, "corp.example/shop", 2, testrun.End, nil, send(7, "TestA"))}, places)
	if list := Merge(nil, forced, "sleep:1"); list[0].Evidence(finding.RuntimeOnly, places, "/shop").OverTime != nil {
		t.Error("there are series that nobody has counted")
	}
}

// However many tests, packages and go statements there are, evidence stays small.
func TestOverTimeIsBounded(t *testing.T) {
	var reports []*testrun.Report
	for i := range 50 {
		r := sampled(report(t, fmt.Sprintf("corp.example/shop/p%02d", i), i+1, testrun.End, nil, send(7, "Test499")), [2]int{0, 0}, [2]int{1, 0})
		r.Samples.Tests = nil
		for k := range 500 { // the 400th is the longest, and the last has started the goroutine
			from := time.Duration(k) * time.Second
			to := from + time.Duration(500-max(k-400, 400-k))*time.Microsecond
			r.Samples.Tests = append(r.Samples.Tests, testrun.Span{Test: fmt.Sprint("Test", k), From: from, To: to})
		}
		reports = append(reports, r)
	}
	list := Leaks(reports, places)[0].Evidence(finding.RuntimeOnly, places, "/shop").OverTime
	if len(list) != maxSeries {
		t.Fatalf("%d series", len(list))
	}
	for _, o := range list {
		if last := o.Tests[len(o.Tests)-1]; len(o.Tests) != maxSpans || o.MoreTests != 500-maxSpans || last.Test != "Test499" || !last.Started || o.Tests[0].Test != "Test395" || o.Tests[10].Test != "Test405" {
			t.Errorf("%d tests and %d more: %+v", len(o.Tests), o.MoreTests, o.Tests)
		}
	}
}
