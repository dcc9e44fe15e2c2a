package verify

import (
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify/hooks"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

var shop = Places{GOROOT: "/go", Dir: func(string) string { return "" }}

// Where a leak is in code of others, the message says whose: (*DB).compactionError alone says nothing to a reader.
func TestFindingWhose(t *testing.T) {
	for _, test := range []struct{ function, file, want string }{
		{"example.com/shop.(*Cart).loop", "/shop/cart.go", "still in (*Cart).loop after"},
		{"github.com/syndtr/goleveldb/leveldb.(*DB).compactionError", "/mod/github.com/syndtr/goleveldb@v1.0.0/leveldb/db.go",
			"still in (*DB).compactionError of github.com/syndtr/goleveldb/leveldb after"},
		{"net/http.(*conn).serve", "/go/src/net/http/server.go", "still in (*conn).serve of net/http after"},
		{"github.com/nats-io/nats%2ego.(*Conn).readLoop", "/mod/github.com/nats-io/nats.go@v1.0.0/nats.go",
			"still in (*Conn).readLoop of github.com/nats-io/nats.go after"},
	} {
		at := stacks.Frame{Func: test.function, File: test.file, Line: 3}
		l := &Leak{Class: Survivor, Op: "select", At: at, Count: 1, Example: &stacks.Goroutine{Frames: []stacks.Frame{at}}}
		if got := l.Finding(shop, "/shop").Message; !strings.Contains(got, test.want) {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

func TestFindingStack(t *testing.T) {
	at := stacks.Frame{Func: "github.com/nats-io/nats%2ego.(*Conn).close.func3", File: "/shop/nats.go", Line: 3}
	timer := stacks.Frame{Func: "time.goFunc", File: "/go/src/time/sleep.go", Line: 215}
	l := &Leak{Class: Proven, Op: "chan send", At: at, Created: &timer, Count: 1, Example: &stacks.Goroutine{Frames: []stacks.Frame{at}, Created: &timer}}
	f := l.Finding(shop, "/shop")
	if got, want := f.Evidence.Stack[0].Function, "github.com/nats-io/nats.go.(*Conn).close.func3"; got != want {
		t.Errorf("the stack has %s, want %s", got, want)
	}
	if got, want := f.Path[0].Message, "a timer (time.AfterFunc) starts the goroutine"; got != want {
		t.Errorf("the path begins with %q, want %q", got, want)
	}
}

// A goroutine that sleeps may be one that looks at its stop flag when it wakes.
func TestAdviceSleep(t *testing.T) {
	at := stacks.Frame{Func: "example.com/shop.clean", File: "/shop/clean.go", Line: 3}
	for op, want := range map[string]string{
		"sleep":  "; unless it ends when it wakes, stop it where the test ends",
		"select": "it waits in a select; stop it where the test ends",
	} {
		l := &Leak{Class: Survivor, Op: op, At: at, Count: 1, Example: &stacks.Goroutine{Frames: []stacks.Frame{at}}}
		if got := l.Finding(shop, "/shop").Message; !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s", op, got)
		}
	}
}

// That a goroutine stays is no evidence for or against a finding that says something else of it.
func TestJoinOtherClaims(t *testing.T) {
	at := stacks.Frame{Func: "example.com/shop.serve", File: "/shop/serve.go", Line: 3}
	for code, want := range map[string]finding.EvidenceStatus{"CL1034": "", "CL1013": "", "CL1011": "", "CL1001": finding.Confirmed} {
		report := &finding.Report{Root: "/shop", Findings: []finding.Finding{{Code: code, Family: rule.Goroutines, Range: finding.Range{File: "serve.go", Line: 3}}}}
		l := &Leak{Class: Proven, Op: "chan send", At: at, Count: 1, Example: &stacks.Goroutine{Frames: []stacks.Frame{at}}}
		rest := Join(report, []*Leak{l}, shop)
		var got finding.EvidenceStatus
		if e := report.Findings[0].Evidence; e != nil {
			got = e.Status
		}
		if got != want {
			t.Errorf("%s: evidence %q, want %q", code, got, want)
		}
		if told := len(rest) == 1; told != (want == "") {
			t.Errorf("%s: the leak is told: %v", code, told)
		}
	}
}

// Each daemon is known by the function that its goroutine is in.
func TestDaemons(t *testing.T) {
	for function, want := range map[string]int{
		"github.com/valyala/fasthttp.updateServerDate.func1":                  0,
		"github.com/valyala/fasthttp/stackless.funcWorker":                    0,
		"github.com/gofiber/fiber/v2/utils.StartTimeStampUpdater.func1.1":     0,
		"github.com/hashicorp/go-metrics.(*Metrics).collectStats":             0,
		"github.com/valyala/fasthttp.(*HostClient).connsCleaner":              1,
		"github.com/valyala/fasthttp/fasthttputil.(*InmemoryListener).Accept": 1,
	} {
		g := &stacks.Goroutine{ID: 7, State: "sleep", Frames: []stacks.Frame{{Func: function, File: "/mod/x.go", Line: 1}}}
		report := &testrun.Report{Package: "example.com/shop", Reason: testrun.End, Tests: map[int]string{7: "TestServe"}, Goroutines: []*stacks.Goroutine{g}}
		if got := len(Leaks([]*testrun.Report{report}, shop)); got != want {
			t.Errorf("%s: %d leaks, want %d", function, got, want)
		}
	}
}

// A finding names other places that wait for the same. A goroutine that waits there confirms it; one at a place that leads
// to the wait does not.
func TestJoinSiblings(t *testing.T) {
	at := func(line int) finding.Range { return finding.Range{File: "task.go", Line: line, EndLine: line} }
	for line, want := range map[int]finding.EvidenceStatus{531: finding.NotObserved, 625: finding.Confirmed, 661: finding.Confirmed, 700: finding.NotObserved} {
		report := &finding.Report{Root: "/shop", Findings: []finding.Finding{{
			Code: "CL1001", Family: rule.Goroutines, Range: at(625),
			Path:    []finding.Step{{Message: "can return here", Range: at(531)}, {Message: "sends for ever", Range: at(625)}},
			Related: []finding.Related{{Message: "can return here", Range: at(531)}, {Message: "sends for ever", Range: at(625)}, {Message: "so does this one", Range: at(661)}},
		}}}
		frame := stacks.Frame{Func: "example.com/shop.(*manager).ClearTask.func1", File: "/shop/task.go", Line: line}
		Join(report, []*Leak{{Class: Proven, Op: "chan send", At: frame, Count: 1, Example: &stacks.Goroutine{Frames: []stacks.Frame{frame}}}}, shop)
		if got := report.Findings[0].Evidence.Status; got != want {
			t.Errorf("line %d: %s, want %s", line, got, want)
		}
	}
}

// Two goroutines of one kind that run are one leak, wherever in their work they were seen.
func TestRunning(t *testing.T) {
	loop := stacks.Frame{Func: "example.com/shop.(*Cart).loop", File: "/shop/cart.go", Line: 12}
	created := &stacks.Frame{Func: "example.com/shop.New", File: "/shop/cart.go", Line: 4}
	work := func(id, line int) *stacks.Goroutine {
		return &stacks.Goroutine{ID: id, State: "runnable", Created: created, Labels: map[string]string{hooks.Label: "TestLoop"}, Frames: []stacks.Frame{
			{Func: "time.Now", File: "/go/src/time/time.go", Line: 9},
			{Func: "example.com/shop.work", File: "/shop/work.go", Line: line},
			loop,
		}}
	}
	leaks := Leaks([]*testrun.Report{{Package: "example.com/shop", Reason: testrun.End, Goroutines: []*stacks.Goroutine{work(5, 20), work(6, 30)}}}, shop)
	if len(leaks) != 1 || leaks[0].Count != 2 || leaks[0].At != loop {
		t.Errorf("%d leaks: %+v", len(leaks), leaks)
	}
}

// Without a report at the end nothing was looked at.
func TestTold(t *testing.T) {
	for reason, want := range map[testrun.Reason]bool{testrun.Start: false, testrun.Watch: false, testrun.Timeout: true, testrun.Forced: true, testrun.End: true} {
		if got := Told([]*testrun.Report{{Reason: testrun.Start}, {Reason: reason}}); got != want {
			t.Errorf("%s: %v", reason, got)
		}
	}
	if Told(nil) {
		t.Error("no report at all")
	}
}
