package testrun_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// checkSamples holds what samples say against each other, and against the goroutines that were there in the end.
func checkSamples(t *testing.T, reports []*testrun.Report) {
	t.Helper()
	for _, r := range reports {
		if r.Samples == nil {
			if len(r.Goroutines) > 0 {
				t.Errorf("%s: no samples beside %d goroutines", r.Package, len(r.Goroutines))
			}
			continue
		}
		list := r.Samples.List
		if len(list) > 64 {
			t.Errorf("%s: %d samples", r.Package, len(list))
		}
		if !slices.IsSortedFunc(list, func(a, b testrun.Sample) int { return int(a.At - b.At) }) {
			t.Errorf("%s: samples are not in the order of time", r.Package)
		}
		last := list[len(list)-1]
		want := make(map[int]int)
		for i, g := range r.Goroutines {
			if g.Created != nil && i > 0 { // the first is who writes the report
				want[slices.Index(r.Samples.Sites, *g.Created)]++
			}
		}
		if diff := cmp.Diff(want, last.Counts); diff != "" {
			t.Errorf("%s: the last sample (-goroutines +sample): %s", r.Package, diff)
		}
		for _, span := range r.Samples.Tests {
			if span.From > span.To || span.To > last.At || strings.Contains(span.Test, "/") {
				t.Errorf("%s: %+v, and the last sample is of %v", r.Package, span, last.At)
			}
		}
	}
}

// What became of the goroutines of each go statement can be told, and when each test ran.
func TestSamples(t *testing.T) {
	t.Parallel()
	p := unpack(t, t.TempDir(), "grows")
	var out bytes.Buffer
	result, err := testrun.Run(context.Background(), testrun.Options{
		Dir: p.dir, Patterns: []string{"./..."}, Flags: []string{"-timeout=15s"}, Sample: true, Watch: time.Second,
		Self: self(t), Cache: cache(t), Stdout: &out, Stderr: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	checkSamples(t, result.Reports)
	if n := strings.Count(out.String(), "\nok  \t") + strings.Count(out.String(), "FAIL\tcorp.example/grows/hangs"); n != 3 {
		t.Errorf("%d of the packages say what they should:\n%s", n, &out)
	}
	samples := make(map[string]*testrun.Samples) // the last ones
	for _, r := range result.Reports {
		samples[strings.TrimPrefix(r.Package, p.module)] = r.Samples
	}
	if samples["/quiet"] != nil {
		t.Error("there are samples of tests that left nothing")
	}

	grows := samples[""]
	var tests []string
	for _, span := range grows.Tests {
		tests = append(tests, span.Test)
		took := span.To - span.From
		if want := map[string]time.Duration{"TestBefore": 30, "TestGrows": 1000, "TestPeak": 1000, "TestSide": 20, "TestParallelA": 20, "TestParallelB": 20}[span.Test] * time.Millisecond; took < want || took > want+10*time.Second {
			t.Errorf("%s: %v", span.Test, took)
		}
	}
	slices.Sort(tests)
	if diff := cmp.Diff([]string{"TestBefore", "TestBubble", "TestGrows", "TestParallelA", "TestParallelB", "TestPeak", "TestSide"}, tests); diff != "" {
		t.Error(diff)
	}
	site := slices.IndexFunc(grows.Sites, func(f stacks.Frame) bool { return f.Func == "corp.example/grows.Wait" })
	if site < 0 {
		t.Fatalf("Wait is not among %v", grows.Sites)
	}
	most, rising := 0, 0
	for i, s := range grows.List {
		n := s.Counts[site]
		most = max(most, n)
		if i > 0 && n > grows.List[i-1].Counts[site] && n <= 10 {
			rising++
		}
	}
	if last := grows.List[len(grows.List)-1].Counts[site]; grows.List[0].Counts[site] != 0 || rising < 3 || most != 30 || last != 10 {
		t.Errorf("%d at most, %d in the end, %d rises: %v", most, last, rising, grows.List)
	}
	if grows.Ended == 0 || grows.Ended > grows.List[len(grows.List)-1].At {
		t.Errorf("tests ended at %v", grows.Ended)
	}

	hangs := samples["/hangs"]
	if n := len(hangs.Tests); n != 2 || hangs.Tests[1].Test != "TestHangs" || hangs.Tests[1].To < 2*time.Second || hangs.Ended != 0 {
		t.Errorf("a test that hangs: %+v, ended %v", hangs.Tests, hangs.Ended)
	}
}

// Without -timeout the runtime itself tells of a deadlock, unless somebody sleeps.
func TestSamplesWithoutTimeout(t *testing.T) {
	t.Parallel()
	p := unpack(t, t.TempDir(), "grows")
	var out bytes.Buffer
	result, err := testrun.Run(context.Background(), testrun.Options{
		Dir: p.dir, Patterns: []string{"./hangs"}, Flags: []string{"-timeout=0"}, Sample: true,
		Self: self(t), Cache: cache(t), Stdout: &out, Stderr: &out,
	})
	if err != nil || result.Status != 1 || !strings.Contains(out.String(), "all goroutines are asleep - deadlock!") {
		t.Errorf("%v, %+v\n%s", err, result, &out)
	}
}
