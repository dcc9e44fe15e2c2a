package render

import (
	"fmt"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// An htmlRun is what a run of the code says about a finding.
type htmlRun struct {
	Text  string
	Tests []htmlSeen // that have started goroutines, or instances that have them
	Stack []string   // of one of them: innermost call first, the go statement last
}

// An htmlSeen says how many goroutines one test or instance has.
type htmlSeen struct {
	Name       string
	Count, Max int
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
	for _, i := range e.Instances {
		r.Tests = append(r.Tests, htmlSeen{Name: clean(i.Instance), Count: i.Goroutines, Max: e.Goroutines})
	}
	frame := func(before string, f finding.Frame) {
		r.Stack = append(r.Stack, clean(fmt.Sprintf("%s%s  %s", before, f.Function, place(finding.Range{File: f.File, Line: f.Line}))))
	}
	for _, s := range e.Stack {
		frame("", s)
	}
	if e.Created != nil {
		frame("started by ", *e.Created)
	}
	return r
}
