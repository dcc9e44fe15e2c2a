package verify

import (
	"path"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// Join notes at each static finding that a goroutine stays what the run says of it, and returns the leaks that no finding
// explains.
//
// A finding is confirmed by a leak if one of the leak's calls is at the finding's place, at that of its cause or at the
// last step of its path, or if the goroutine was started at the finding's place, or waits in another place that the finding
// names for the same reason. A goroutine in a select waits at each of its cases. That other findings are not observed says
// nothing against them.
//
// A program that was built elsewhere may be of another version of the code, with other lines: there the function has to be
// the same as well.
func Join(report *finding.Report, leaks []*Leak, places Places) (rest []*Leak) {
	explained := make(map[*Leak]bool)
	for i := range report.Findings {
		f := &report.Findings[i]
		if !observable(f) {
			continue
		}
		f.Evidence = &finding.Evidence{Status: finding.NotObserved}
		for _, l := range leaks {
			if !l.confirms(f, report.Root, places) {
				continue
			}
			explained[l] = true
			if f.Evidence.Status != finding.Confirmed { // the first is the surest
				f.Evidence = l.Evidence(finding.Confirmed, places, report.Root)
			} else {
				f.Evidence.OverTime = mergeOverTime(f.Evidence.OverTime, l.overTime(places, report.Root))
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(leaks), func(l *Leak) bool { return explained[l] })
}

// A Claim is what it takes to confirm a finding.
type Claim int

const (
	NoClaim     Claim = iota // no goroutine that stays confirms it
	AfterSteps               // one that stays after the steps which the finding tells of, and not any
	AnyThatStay              // one that stays where it says so
)

// ClaimOf says what it takes to confirm a finding.
func ClaimOf(f *finding.Finding) Claim {
	switch {
	case observable(f):
		return AnyThatStay
	case f.Code == "CL1011" && len(f.Schedule) > 0:
		return AfterSteps
	}
	return NoClaim
}

// Confirm returns what the leaks say of a finding, if one of them confirms it; else nothing.
func Confirm(f *finding.Finding, root string, leaks []*Leak, places Places) *finding.Evidence {
	for _, l := range leaks { // the first is the surest
		if l.confirms(f, root, places) {
			return l.Evidence(finding.Confirmed, places, root)
		}
	}
	return nil
}

// otherClaims are the rules about goroutines that do not say that one stays in any run: about what Close does (the tests may not
// have called it), about channels that are closed twice, and about what a goroutine uses after the request. That a goroutine stays in such a place confirms nothing, and neither does its absence
// tell anything.
var otherClaims = []string{"CL1011", "CL1013", "CL1031", "CL1032", "CL1033", "CL1034", "CL1035"}

// observable reports whether a finding says that a goroutine stays.
func observable(f *finding.Finding) bool {
	return f.Family == rule.Goroutines && !slices.Contains(otherClaims, f.Code)
}

func (l *Leak) confirms(f *finding.Finding, root string, places Places) bool {
	if l.perConnection() {
		return false // so many are to be expected
	}
	functions := map[finding.Range]string{f.Range: f.Function}
	if f.Origin != nil {
		functions[f.Origin.Range] = f.Origin.Function
	}
	at := func(frame stacks.Frame, r finding.Range) bool {
		if name := functions[r]; places.Elsewhere && name != "" && name != function(frame) {
			return false
		}
		return frame.Line >= r.Line && frame.Line <= max(r.Line, r.EndLine) && r.File != "" &&
			places.File(frame) == finding.Abs(root, r.File)
	}
	if l.Created != nil && at(*l.Created, f.Range) {
		return true
	}
	calls := []finding.Range{f.Range}
	if f.Origin != nil {
		calls = append(calls, f.Origin.Range)
	}
	if n := len(f.Path); n > 0 {
		calls = append(calls, f.Path[n-1].Range)
	}
	frames := l.Example.Frames
	if strings.HasPrefix(l.Op, "select") && places.Cases != nil {
		frames = slices.Clone(frames)
		for _, line := range places.Cases(places.File(l.At), l.At.Line) {
			frames = append(frames, stacks.Frame{Func: l.At.Func, File: l.At.File, Line: line})
		}
	}
	if slices.ContainsFunc(frames, func(frame stacks.Frame) bool {
		return slices.ContainsFunc(calls, func(r finding.Range) bool { return at(frame, r) })
	}) {
		return true
	}
	// Other places that wait for the same: what is on the path, too, leads to the wait and is none.
	return slices.ContainsFunc(f.Related, func(other finding.Related) bool {
		return at(l.At, other.Range) && !slices.ContainsFunc(f.Path, func(s finding.Step) bool { return s.Range == other.Range })
	})
}

// Explaining returns the code of a finding of another report that a leak confirms, or nothing. The other report may be one
// of rules that are off.
func (l *Leak) Explaining(report *finding.Report, places Places) string {
	for i := range report.Findings {
		f := &report.Findings[i]
		if observable(f) && l.confirms(f, report.Root, places) {
			return f.Code
		}
	}
	return ""
}

// Modelled reports whether a leak is of a kind that the rules are about: a goroutine that is proven to wait for ever for
// another one, in code that is no test.
func (l *Leak) Modelled() bool {
	if l.Class != Proven || l.Deliberate() || strings.HasSuffix(l.At.File, "_test.go") {
		return false
	}
	for _, prefix := range []string{"chan ", "select", "sync."} {
		if strings.HasPrefix(l.Op, prefix) {
			return true
		}
	}
	return false
}

// Unobserved reports whether a run could have confirmed a finding and has not.
func Unobserved(f *finding.Finding) bool {
	return f.Evidence != nil && f.Evidence.Status == finding.NotObserved
}

// Reach notes at each finding that was not observed whether tests run its line. ran says so of a file of a package.
func Reach(report *finding.Report, ran func(pkg, file string, line int) (ran, known bool)) {
	for i := range report.Findings {
		f := &report.Findings[i]
		if !Unobserved(f) {
			continue
		}
		switch ran, known := ran(f.Package, path.Base(f.File), f.Line); {
		case ran:
			f.Evidence.Reached = "yes"
		case known:
			f.Evidence.Reached = "no"
		}
	}
}
