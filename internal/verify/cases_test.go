package verify

import (
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// The runtime says of a goroutine in a select only where the statement begins; findings are at its cases.
func TestJoinCases(t *testing.T) {
	const file = "/shop/cart.go"
	frame := stacks.Frame{Func: "example.com/shop.(*Cart).loop", File: file, Line: 10}
	places := Places{
		GOROOT: "/go",
		Dir:    func(string) string { return "" },
		Cases: func(name string, line int) []int {
			if name == file && line == 10 {
				return []int{11, 14}
			}
			return nil
		},
	}
	for _, test := range []struct {
		name, op string
		line     int
		outer    bool // the select is not where the goroutine waits: a function that a case has called is
		want     finding.EvidenceStatus
	}{
		{name: "first case", op: "select", line: 11, want: finding.Confirmed},
		{name: "second case", op: "select", line: 14, want: finding.Confirmed},
		{name: "the statement itself", op: "select", line: 10, want: finding.Confirmed},
		{name: "what a case does", op: "select", line: 12, want: finding.NotObserved},
		{name: "no select", op: "chan receive", line: 11, want: finding.NotObserved},
		{name: "called by a case", op: "select", line: 11, outer: true, want: finding.NotObserved},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := finding.Finding{Code: "CL1003", Family: rule.Goroutines, Range: finding.Range{File: "cart.go", Line: test.line, EndLine: test.line}}
			report := &finding.Report{Root: "/shop", Findings: []finding.Finding{f}}
			l := &Leak{Class: Proven, Op: test.op, At: frame, Count: 1, Example: &stacks.Goroutine{Frames: []stacks.Frame{frame}}}
			if test.outer {
				l.At = stacks.Frame{Func: "example.com/shop.wait", File: file, Line: 40}
				l.Example.Frames = []stacks.Frame{l.At, frame}
			}
			rest := Join(report, []*Leak{l}, places)
			if got := report.Findings[0].Evidence.Status; got != test.want {
				t.Errorf("evidence %s, want %s", got, test.want)
			}
			if explained := len(rest) == 0; explained != (test.want == finding.Confirmed) {
				t.Errorf("%d leaks are left", len(rest))
			}
		})
	}
}
