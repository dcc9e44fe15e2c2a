package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// An htmlRun is what a run of the code says about a finding.
type htmlRun struct {
	Text     string
	Tests    []htmlSeen // that have started goroutines, or instances that have them
	Compared bool       // some of these instances were looked at before
	Charts   []*htmlChart
	Stack    []htmlCall // of one of the goroutines: innermost call first, the go statement last
	Witness  []htmlStep // how it comes to that, as the finding says without a run
}

// An htmlSeen says how many goroutines one test or instance has.
type htmlSeen struct {
	Name       string
	Count, Max int
	Known      bool // how many it had before
	Before     int
}

// An htmlCall is a line of a stack.
type htmlCall struct {
	Creator  bool // it is the go statement
	Function string
	Place    string
	Steps    string // the numbers of the witness's steps that are in its line
}

// Run returns what a run says about the finding, or nothing.
func (f *htmlFinding) Run() *htmlRun {
	e := f.Evidence
	if e == nil {
		return nil
	}
	r := &htmlRun{Text: evidenceText(e)}
	for _, t := range e.Tests {
		if t.Test != "" {
			r.Tests = append(r.Tests, htmlSeen{Name: clean(t.Test), Count: t.Goroutines, Max: e.Goroutines})
		}
	}
	most := e.Goroutines
	for _, i := range e.Instances {
		if i.Before != nil {
			most = max(most, *i.Before)
		}
	}
	for _, i := range e.Instances {
		seen := htmlSeen{Name: clean(i.Instance), Count: i.Goroutines, Max: most}
		if i.Before != nil {
			seen.Known, seen.Before, r.Compared = true, *i.Before, true
		}
		r.Tests = append(r.Tests, seen)
	}
	for i, o := range e.OverTime {
		r.Charts = append(r.Charts, newHTMLChart(fmt.Sprintf("%s-over-time-%d", f.ID, i+1), o))
	}
	// The steps of what only the run has shown are its stack.
	var path []finding.Step
	if e.Status != finding.RuntimeOnly && len(e.Stack) > 0 {
		path = f.Path
	}
	for i, s := range path {
		step := newHTMLStep(newStep(i, s, false))
		step.Goroutine, step.Place = s.Goroutine, place(s.Range)
		step.Primary = s.Range == f.Range
		r.Witness = append(r.Witness, step)
	}
	call := func(frame finding.Frame, creator bool) {
		c := htmlCall{Creator: creator, Function: clean(frame.Function), Place: place(finding.Range{File: frame.File, Line: frame.Line})}
		var numbers []string
		for i, s := range path {
			if s.File == frame.File && frame.Line >= s.Line && frame.Line <= max(s.Line, s.EndLine) {
				numbers = append(numbers, fmt.Sprint(i+1))
			}
		}
		c.Steps = strings.Join(numbers, " ")
		r.Stack = append(r.Stack, c)
	}
	for _, s := range e.Stack {
		call(s, false)
	}
	if e.Created != nil {
		call(*e.Created, true)
	}
	return r
}

// Side reports whether there is something to show beside the stack.
func (r *htmlRun) Side() bool { return len(r.Stack) > 0 && len(r.Witness) > 0 }

// SeveralPackages reports whether charts are of the tests of several packages.
func (r *htmlRun) SeveralPackages() bool {
	return slices.ContainsFunc(r.Charts, func(c *htmlChart) bool { return c.Package != r.Charts[0].Package })
}
