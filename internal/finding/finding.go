// Package finding defines what cloudlint reports: the finding, its fingerprint, and the report of a run. Drivers make
// findings, filters drop some, renderers print the rest.
//
// The JSON encoding of Report is the stable format of `cloudlint --format json`; schema.json describes it. Fields are
// added, never renamed or removed, within one value of Report.Version.
package finding

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// Version is the version of the JSON format.
const Version = 1

// A Report is the outcome of one run.
type Report struct {
	Version  int       `json:"version"`
	Tool     Tool      `json:"tool"`
	Root     string    `json:"root"` // absolute: the git root, else the working directory
	Findings []Finding `json:"findings"`
	Errors   []Error   `json:"errors"`
	Stats    Stats     `json:"stats"`
}

// Abs returns the absolute name, in this system's form, of a file that a report with the root names.
func Abs(root, file string) string {
	name := filepath.FromSlash(file)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(root, name)
}

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A Finding is one defect at one place.
type Finding struct {
	Code     string        `json:"code"`
	Rule     string        `json:"rule"` // the analyzer's name
	Family   rule.Family   `json:"family"`
	Severity rule.Severity `json:"severity"`
	Message  string        `json:"message"`
	URL      string        `json:"url"`
	Maturity rule.Maturity `json:"maturity"`

	Range
	Module      string `json:"module"`
	Package     string `json:"package"`
	Function    string `json:"function"` // F, (*T).M, T.M, without closures and type parameters; empty outside functions
	Fingerprint string `json:"fingerprint"`

	// BaselineState is empty where there is no baseline. A finding that is Unchanged is known, and nobody is to be bothered.
	BaselineState State `json:"baselineState,omitempty"`

	// Origin is where the cause lies, if each of several functions or packages might have been the one to report it. The
	// fingerprint is then made of this place.
	Origin  *Origin   `json:"origin,omitempty"`
	Cause   string    `json:"cause,omitempty"`   // findings of one code with the same cause are one finding
	Related []Related `json:"related,omitempty"` // every other place that matters, the steps of Path included, in order
	Path    []Step    `json:"path,omitempty"`    // how it happens, in order
	// Schedule is an execution that leads there, where one is known: all steps in which goroutines meet, in their order. What
	// waits at its end comes last. Path tells the same in fewer words.
	Schedule []Step    `json:"schedule,omitempty"`
	Fix      *Fix      `json:"fix,omitempty"`
	Evidence *Evidence `json:"evidence,omitempty"`
}

// A State says how a finding stands to the baseline.
type State string

const (
	New       State = "new"
	Unchanged State = "unchanged"
)

// States lists the states.
func States() []State { return []State{New, Unchanged} }

// An Origin is the place of a cause.
type Origin struct {
	Package  string `json:"package"`
	Function string `json:"function"` // as Finding.Function
	Range
}

// A Range is a place in a file. Lines and columns start at 1; columns count bytes, as in Go's own tools. The end is
// exclusive, and zero where it is not known.
type Range struct {
	File      string `json:"file"` // with slashes, relative to Report.Root; absolute outside it
	Line      int    `json:"line"`
	Column    int    `json:"column"` // 0 where a //line directive hides it
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"`
}

// Related is another place that a finding refers to.
type Related struct {
	Message string `json:"message"`
	Range
}

// A Step is one event on the way to the defect.
type Step struct {
	Goroutine int    `json:"goroutine,omitempty"` // 1 is the one that everything starts in
	Op        string `json:"op,omitempty"`        // "send", "lock", "call" ...
	Object    string `json:"object,omitempty"`    // in the user's names
	Nth       int    `json:"nth,omitempty"`       // the nth arrival at this place
	Starts    int    `json:"starts,omitempty"`    // the goroutine that starts here
	Waits     bool   `json:"waits,omitempty"`     // of a schedule: it may have to wait there for a later step
	Message   string `json:"message"`
	Range
}

// A Fix is a change that removes the finding.
type Fix struct {
	Message string `json:"message"`
	Safe    bool   `json:"safe"`
	Edits   []Edit `json:"edits"`
}

// An Edit replaces the bytes [Start, End) of a file by New.
type Edit struct {
	File  string `json:"file"` // as in Range
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Evidence is what a run of the code says about a finding. All but Status and Reached is of the goroutines that were seen.
type Evidence struct {
	Status     EvidenceStatus `json:"status"`
	Reached    string         `json:"reached,omitempty"` // where not observed and coverage is known: "yes", its line ran; "no"
	Class      string         `json:"class,omitempty"`   // "proven", "survivor", or of profiles "blocked"
	SeenBy     string         `json:"seenBy,omitempty"`  // where runtime-only: a rule that finds it and is off here
	Missed     bool           `json:"missed,omitempty"`  // where runtime-only: the analyzers read the code, look for such, and found nothing
	Goroutines int            `json:"goroutines,omitempty"`
	Waits      string         `json:"waits,omitempty"`     // for what, in the runtime's words
	Tests      []EvidenceTest `json:"tests,omitempty"`     // that started most of them
	MoreTests  int            `json:"moreTests,omitempty"` // how many others
	Schedules  []string       `json:"schedules,omitempty"` // that showed them, where there were several
	Stack      []Frame        `json:"stack,omitempty"`     // of one of them, innermost call first
	Created    *Frame         `json:"created,omitempty"`   // the go statement
	OverTime   []OverTime     `json:"overTime,omitempty"`  // how many goroutines of the go statement there were while tests ran

	// Of profiles of running instances, in the place of tests.
	OfInstances    int                `json:"ofInstances,omitempty"`    // how many were looked at
	Instances      []EvidenceInstance `json:"instances,omitempty"`      // those with most such goroutines
	MoreInstances  int                `json:"moreInstances,omitempty"`  // how many others have some
	RootMeanSquare float64            `json:"rootMeanSquare,omitempty"` // of the goroutines, over all instances that were looked at
	Before         *int               `json:"before,omitempty"`         // how many there were in an earlier snapshot, if there was one
	Minutes        int                `json:"minutes,omitempty"`        // for how long one has waited, where that is known
	Rank           int                `json:"rank,omitempty"`           // 1: the first to look at
}

// An EvidenceStatus says how a finding stands to a run of the code.
type EvidenceStatus string

const (
	Confirmed   EvidenceStatus = "confirmed"    // goroutines wait for ever where the finding says so
	NotObserved EvidenceStatus = "not-observed" // the run has shown none, which refutes nothing
	RuntimeOnly EvidenceStatus = "runtime-only" // only the run has shown it
)

// EvidenceStatuses lists the statuses.
func EvidenceStatuses() []EvidenceStatus {
	return []EvidenceStatus{Confirmed, NotObserved, RuntimeOnly}
}

// An EvidenceTest is a test that has started goroutines.
type EvidenceTest struct {
	Package    string `json:"package"`
	Test       string `json:"test"` // empty where it is not known
	Goroutines int    `json:"goroutines"`
}

// OverTime says how many goroutines that one go statement had started there were while the tests of one package ran,
// whatever became of them. Times are in microseconds since the process began to run tests.
type OverTime struct {
	Package   string     `json:"package"`
	Created   Frame      `json:"created"`             // the go statement
	Samples   []Sample   `json:"samples"`             // in the order of time; of equal ones in a row the first and the last
	Ended     int64      `json:"ended,omitempty"`     // when tests had ended: the sample after that was taken when goroutines had had a moment to end, too
	Tests     []TestSpan `json:"tests,omitempty"`     // top-level tests, in the order in which they began
	MoreTests int        `json:"moreTests,omitempty"` // how many others there were
}

// A Sample says how many goroutines there were at a time.
type Sample struct {
	Microseconds int64 `json:"microseconds"`
	Goroutines   int   `json:"goroutines"`
	// TooMany is there if since the sample before there were once too many goroutines, of all kinds, to be looked at.
	TooMany int `json:"tooMany,omitempty"`
}

// A TestSpan says when a test ran.
type TestSpan struct {
	Test    string `json:"test"`
	From    int64  `json:"from"`
	To      int64  `json:"to"`
	Started bool   `json:"started,omitempty"` // it has started goroutines that the evidence is about
}

// An EvidenceInstance is a running program that has goroutines.
type EvidenceInstance struct {
	Instance   string `json:"instance"` // an address without user and query, or the name of a file
	Goroutines int    `json:"goroutines"`
	Before     *int   `json:"before,omitempty"` // how many it had in the earlier snapshot, if it was in that
}

// A Frame is a call in a stack.
type Frame struct {
	Function string `json:"function"` // with its import path
	File     string `json:"file"`     // as in Range
	Line     int    `json:"line"`
}

// An Error is something that could not be analysed.
type Error struct {
	Package string `json:"package"` // empty where no package is concerned
	Message string `json:"message"`
}

// Stats counts what a run did and what it left out.
type Stats struct {
	Driver      string         `json:"driver"`              // "vet" or "source"
	Packages    int            `json:"packages"`            // named by the patterns and analysed
	NotAnalysed int            `json:"notAnalysed"`         // named by the patterns, but not analysed: see Report.Errors
	Suppressed  int            `json:"suppressed"`          // findings silenced by comments
	Excluded    int            `json:"excluded"`            // findings silenced by path exclusions of the configuration
	NotNew      int            `json:"notNew,omitempty"`    // findings left out because the change did not bring them
	Known       int            `json:"known,omitempty"`     // findings that the baseline knows, which Report.Findings has all the same
	Counts      *Counts        `json:"counts,omitempty"`    // only where statistics are asked for
	Exhausted   map[string]int `json:"exhausted,omitempty"` // functions that ran out of a budget, by analyzer
	Seconds     float64        `json:"seconds"`             // wall time; 0 in tests, which compare bytes
	GoVersion   string         `json:"goVersion,omitempty"` // of the go command that listed the packages
}

// Compare orders findings by file, line, column, code and message: the order of every report.
func Compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Package, b.Package),
	)
}

// Sort puts the findings in the order of Compare, and the errors in the order of package and message.
func (r *Report) Sort() {
	slices.SortStableFunc(r.Findings, Compare)
	slices.SortStableFunc(r.Errors, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Message, b.Message))
	})
}

// Fresh returns a report without the findings that the baseline knows: what people are told, and what decides how a run
// ends.
func (r *Report) Fresh() *Report {
	fresh := *r
	fresh.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.BaselineState == Unchanged })
	if fresh.Findings == nil {
		fresh.Findings = []Finding{}
	}
	return &fresh
}

// Count returns how many findings have the severity.
func (r *Report) Count(s rule.Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}
