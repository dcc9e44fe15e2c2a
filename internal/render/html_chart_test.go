package render

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// observed are findings of which a run says something, each something else.
func (fx fixture) observed() []finding.Finding {
	const shard = "services/orders/shard.go"
	send := fx.at(shard, "results <- o", 1)
	start := fx.at("services/orders/fetch.go", "go ask(ctx, s, results)", 1)
	samples := func(pairs ...int64) (list []finding.Sample) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, finding.Sample{Microseconds: pairs[i], Goroutines: int(pairs[i+1])})
		}
		return list
	}
	created := finding.Frame{Function: "example.com/orders.fetch", File: start.File, Line: start.Line}

	confirmed := fx.leak()
	confirmed.Evidence = &finding.Evidence{
		Status: finding.Confirmed, Class: "proven", Goroutines: 9, Waits: "chan send",
		Tests: []finding.EvidenceTest{{Package: "example.com/orders", Test: "TestFetchCancelled/early", Goroutines: 6}, {Package: "example.com/orders", Test: "TestRetry", Goroutines: 3}},
		Stack: []finding.Frame{
			{Function: "example.com/orders.ask", File: send.File, Line: send.Line},
			{Function: "example.com/orders/internal/a-rather-long-name-of-a-package.(*Dispatcher[...]).runUntilCancelled.func1", File: "services/orders/main.go", Line: 12},
		},
		Created: &created,
		OverTime: []finding.OverTime{{
			Package: "example.com/orders", Created: created, Ended: 412_000,
			Samples: samples(80, 0, 61_000, 0, 82_000, 2, 101_000, 3, 122_000, 6, 203_000, 6, 223_000, 14, 266_000, 12, 301_000, 9, 411_000, 9, 1_430_000, 9),
			Tests: []finding.TestSpan{
				{Test: "TestNothing", From: 500, To: 60_000}, {Test: "TestFetchCancelled", From: 60_500, To: 124_000, Started: true}, {Test: "TestParse", From: 125_000, To: 126_000},
				{Test: "TestRetry", From: 202_000, To: 305_000, Started: true}, {Test: "TestSlow", From: 306_000, To: 410_000},
			},
			MoreTests: 3,
		}},
	}

	several := confirmed
	several.Message = "goroutine blocks for ever on `results <- o`, as the tests of two packages show"
	several.Function = "askAgain"
	several.Fingerprint = finding.Fingerprint(finding.Parts{Code: several.Code, Package: several.Package, Function: several.Function})
	evidence := *confirmed.Evidence
	several.Evidence = &evidence
	gap := samples(80, 0, 20_000, 4, 900_000, 31_000, 1_900_000, 100_000, 3_100_000, 100_000)
	gap[2].TooMany = 64_123
	several.Evidence.OverTime = append(slices.Clone(evidence.OverTime), finding.OverTime{
		Package: "example.com/orders/load", Created: created, Samples: gap, Ended: 2_000_000,
		Tests: []finding.TestSpan{{Test: "TestAHundredThousandTriggersOfTheUnguardedPatternAndWhatBecomesOfThem", From: 10_000, To: 1_999_000, Started: true}},
	}, finding.OverTime{
		Package: "example.com/orders/hangs", Created: finding.Frame{Function: "testing.(*T).Run", File: "/usr/local/go/src/testing/testing.go", Line: 2101},
		Samples: samples(90, 0, 22_000, 1, 125_000_000, 1),
		Tests:   []finding.TestSpan{{Test: "TestHangs", From: 1_000, To: 125_000_000, Started: true}},
	})

	survivor := fx.finding("CL2011", "a goroutine is still in flush after all tests: it sleeps; started by TestFlush; stop it where the test ends", fx.at("services/orders/main.go", "log.Println(o)", 1))
	survivor.Evidence = &finding.Evidence{
		Status: finding.RuntimeOnly, Class: "survivor", Goroutines: 1, Waits: "sleep",
		Tests:   []finding.EvidenceTest{{Package: "example.com/orders", Test: "TestFlush/of_what_the_connection_has_not_sent_when_it_is_closed_by_the_peer_with_an_error_that_nobody_has_read", Goroutines: 1}},
		Stack:   []finding.Frame{{Function: "time.Sleep", File: "/usr/local/go/src/runtime/time.go", Line: 363}, {Function: "example.com/orders.flush", File: "services/orders/main.go", Line: 20}},
		Created: &finding.Frame{Function: "example.com/orders.main", File: "services/orders/main.go", Line: 18},
		OverTime: []finding.OverTime{{
			Package: "example.com/orders", Created: finding.Frame{Function: "example.com/orders.main", File: "services/orders/main.go", Line: 18}, Ended: 1_900,
			Samples: samples(80, 0, 900, 1, 1_004_000, 1), Tests: []finding.TestSpan{{Test: "TestFlush", From: 400, To: 880, Started: true}},
		}},
	}

	live := fx.finding("CL2011", "40 goroutines wait in ask: each sends on a channel; in 2 of 3 instances; 28 more than before", fx.at(shard, "results <- o", 1))
	before := func(n int) *int { return &n }
	live.Evidence = &finding.Evidence{
		Status: finding.RuntimeOnly, Class: "blocked", Goroutines: 40, Waits: "chan send", OfInstances: 3, Before: before(12), Rank: 1, RootMeanSquare: 17.1,
		Instances: []finding.EvidenceInstance{{Instance: "http://orders-1.example:6060", Goroutines: 36, Before: before(12)}, {Instance: "http://orders-3.example:6060", Goroutines: 4}},
		Stack:     []finding.Frame{{Function: "example.com/orders.ask", File: send.File, Line: send.Line}},
	}
	return []finding.Finding{confirmed, several, survivor, live}
}

func (fx fixture) charts() []*htmlChart {
	var list []*htmlChart
	for _, f := range newHTMLFindings(fx.input(fx.report(fx.observed()...), Options{})) {
		list = append(list, f.Run().Charts...)
	}
	return list
}

// The page of what a run says.
func TestHTMLRunGolden(t *testing.T) {
	fx := newFixture(t)
	_, body, _ := strings.Cut(renderPage(t, fx.input(fx.report(fx.observed()...), Options{})), "</head>\n")
	golden(t, "run.html", []byte(body))
}

// Words say what the picture shows.
func TestHTMLChartInWords(t *testing.T) {
	var got []string
	for _, c := range newFixture(t).charts() {
		got = append(got, c.Text)
	}
	slices.Sort(got)
	want := []string{
		"the first seen after 0.9 ms; 1 when the tests had ended",
		"the first seen after 20 ms; 100000 when the tests had ended; dashed: up to 64123 of all kinds were too many to look at",
		"the first seen after 22 ms; 1 after 2 min 5 s, while tests ran",
		"the first seen after 82 ms; 14 at most, after 223 ms; 9 when the tests had ended",
		"the first seen after 82 ms; 14 at most, after 223 ms; 9 when the tests had ended",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for text, o := range map[string]finding.OverTime{
		"5 when tests began; 5 when the tests had ended":                             {Samples: []finding.Sample{{Goroutines: 5}, {Microseconds: 9, Goroutines: 5}}, Ended: 9},
		"3 when tests began; 7 at most, after 1.2 s; 7 after 1.2 s, while tests ran": {Samples: []finding.Sample{{Goroutines: 3}, {Microseconds: 1_200_000, Goroutines: 7}}},
		"2 when the tests had ended":                                                 {Samples: []finding.Sample{{Goroutines: 0}, {Microseconds: 5, Goroutines: 2}}, Ended: 4},
	} {
		if got := overTimeText(o); got != strings.Replace(text, "7 at most, after 1.2 s; ", "", 1) {
			t.Errorf("%q, want %q", got, text)
		}
	}
}

// Nothing is drawn outside the picture, time goes to the right, and each sample has its height.
func TestHTMLChartCoordinates(t *testing.T) {
	pair := regexp.MustCompile(`[MH]([0-9.]+)[V ]([0-9.]+)`)
	charts := newFixture(t).charts()
	for i := range 200 { // and others of all shapes
		o := finding.OverTime{Ended: int64(i * 77), Tests: []finding.TestSpan{{Test: strings.Repeat("x", i), From: int64(i), To: int64(i * 50), Started: i%2 == 0}}}
		for k := range i % 7 {
			o.Samples = append(o.Samples, finding.Sample{Microseconds: int64(i * k * 20), Goroutines: (i * k) % 13, TooMany: k % 2 * i})
		}
		charts = append(charts, newHTMLChart("x", o))
	}
	if len(charts) != 205 {
		t.Fatalf("%d charts", len(charts))
	}
	inside := func(x, y string, c *htmlChart) {
		t.Helper()
		fx, errX := strconv.ParseFloat(x, 64)
		fy, errY := strconv.ParseFloat(y, 64)
		if errX != nil || errY != nil || fx < 0 || fx > float64(c.Width) || fy < 0 || fy > float64(c.Height) {
			t.Errorf("%s, %s is not in a picture of %d by %d", x, y, c.Width, c.Height)
		}
	}
	for _, c := range charts {
		last := 0.0
		for _, m := range pair.FindAllStringSubmatch(c.Line, -1) {
			inside(m[1], m[2], c)
			if x, _ := strconv.ParseFloat(m[1], 64); x < last {
				t.Errorf("the line goes back: %s", c.Line)
			} else {
				last = x
			}
		}
		if n := len(pair.FindAllString(c.Line, -1)); n != len(c.Rows) {
			t.Errorf("%d points for %d samples", n, len(c.Rows))
		}
		for _, m := range c.Marks {
			inside(m.X, m.Y, c)
			x, _ := strconv.ParseFloat(m.X, 64)
			width := float64(len([]rune(m.Text))) * letter
			if strings.HasPrefix(m.Class, "start") && x+width > float64(c.Width)+letter || strings.HasPrefix(m.Class, "end") && x-width < -letter {
				t.Errorf("%q does not fit at %s", m.Text, m.X)
			}
		}
		for _, l := range c.Lanes {
			for _, b := range l.Bars {
				inside(b.X, b.Y, c)
				x, _ := strconv.ParseFloat(b.X, 64)
				w, _ := strconv.ParseFloat(b.Width, 64)
				if w < 2 || x+w > float64(c.Width) {
					t.Errorf("a bar from %s, %s wide", b.X, b.Width)
				}
			}
		}
	}
}

// The steps of the witness stand beside the calls that they are in.
func TestHTMLWitnessBesideTheStack(t *testing.T) {
	fx := newFixture(t)
	for _, f := range newHTMLFindings(fx.input(fx.report(fx.observed()...), Options{})) {
		run := f.Run()
		if f.Evidence.Status == finding.RuntimeOnly {
			if len(run.Witness) > 0 || run.Side() {
				t.Errorf("%s: the stack stands beside itself", f.Message)
			}
			continue
		}
		if !run.Side() || len(run.Witness) != len(f.Path) {
			t.Errorf("%d of %d steps", len(run.Witness), len(f.Path))
		}
		var got []string
		for _, c := range run.Stack {
			got = append(got, c.Steps)
		}
		if diff := cmp.Diff([]string{"5", "", "3"}, got); diff != "" {
			t.Errorf("steps in the lines of the stack: %s", diff)
		}
	}
}

// What is known of running services is two numbers: before and now.
func TestHTMLBeforeAndNow(t *testing.T) {
	fx := newFixture(t)
	live := fx.observed()[3]
	run := newHTMLFindings(fx.input(fx.report(live), Options{}))[0].Run()
	want := []htmlSeen{{Name: "http://orders-1.example:6060", Count: 36, Max: 40, Known: true, Before: 12}, {Name: "http://orders-3.example:6060", Count: 4, Max: 40}}
	if diff := cmp.Diff(want, run.Tests); diff != "" || !run.Compared || len(run.Charts) > 0 {
		t.Errorf("compared %v, %d charts %s", run.Compared, len(run.Charts), diff)
	}
	live.Evidence.Instances[0].Before = nil
	if newHTMLFindings(fx.input(fx.report(live), Options{}))[0].Run().Compared {
		t.Error("nothing was looked at before")
	}
}
