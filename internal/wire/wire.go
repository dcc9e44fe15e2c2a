// Package wire defines what one analysed unit (a package, or its test variant) tells the front of the driver: the
// findings of all analyzers with the structured data that an analysis.Diagnostic has no field for, and the suppression
// comments. It is the private protocol between the two ends of one cloudlint binary and has no compatibility to keep.
//
// Places are relative to their package, because records are replayed from the build cache of other checkouts and
// machines: the front knows where each package lies now.
package wire

// A Record is the outcome of one unit.
type Record struct {
	Package    string         `json:"package"` // import path without a test variant's suffix; x_test for an external test
	Findings   []Finding      `json:"findings,omitempty"`
	Directives []Directive    `json:"directives,omitempty"`
	Ran        []string       `json:"ran,omitempty"`       // analyzers that ran to their end
	Failed     []Failure      `json:"failed,omitempty"`    // analyzers that did not
	Exhausted  map[string]int `json:"exhausted,omitempty"` // functions that ran out of a budget, by analyzer
	Tests      bool           `json:"tests,omitempty"`     // the unit has _test.go files
	// Explored says what the analyzers that execute functions did, for --debug.
	Explored map[string]Exploration `json:"explored,omitempty"`
}

// An Exploration counts the functions from which an analyzer executed the code around them.
type Exploration struct {
	Roots    int            `json:"roots"`
	Finished int            `json:"finished,omitempty"` // roots from which everything within the bounds was executed
	Steps    int            `json:"steps,omitempty"`    // instructions
	GaveUp   map[string]int `json:"gaveUp,omitempty"`   // roots that ran out of a bound, by its name; of several: all
}

// Add adds what another one counts.
func (e *Exploration) Add(other Exploration) {
	e.Roots += other.Roots
	e.Finished += other.Finished
	e.Steps += other.Steps
	for bound, n := range other.GaveUp {
		if e.GaveUp == nil {
			e.GaveUp = make(map[string]int)
		}
		e.GaveUp[bound] += n
	}
}

// A Pos is a place in a package.
type Pos struct {
	Package   string `json:"package"` // import path of the package whose folder File is relative to
	File      string `json:"file"`    // with slashes, relative to the package's folder: nearly always a base name
	Line      int    `json:"line"`
	Column    int    `json:"column,omitempty"` // in bytes; 0: unknown
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"`
}

// A Finding is an analyzer's diagnostic with its details.
type Finding struct {
	Code         string    `json:"code"`
	Analyzer     string    `json:"analyzer"`
	Severity     string    `json:"severity,omitempty"` // only where it differs from the rule's
	Message      string    `json:"message"`
	Pos          Pos       `json:"pos"`
	Function     string    `json:"function,omitempty"`
	Op           string    `json:"op,omitempty"`
	Object       string    `json:"object,omitempty"`
	Cause        string    `json:"cause,omitempty"`
	Origin       *Pos      `json:"origin,omitempty"`  // where the cause lies, for a finding that another unit may report as well
	Subject      string    `json:"subject,omitempty"` // what the finding is about; see rule.Precedes
	Related      []Related `json:"related,omitempty"` // places that are not steps
	Steps        []Step    `json:"steps,omitempty"`
	Schedule     []Step    `json:"schedule,omitempty"` // all steps in which goroutines meet
	Fix          *Fix      `json:"fix,omitempty"`
	Test         bool      `json:"test,omitempty"`         // it lies in a file for tests (IsTest)
	SuppressedBy *Pos      `json:"suppressedBy,omitempty"` // the place of the directive that silences it
}

// Related is another place that a finding refers to.
type Related struct {
	Message string `json:"message"`
	Pos     Pos    `json:"pos"`
}

// A Step is one event on the way to the defect.
type Step struct {
	Goroutine int    `json:"goroutine,omitempty"`
	Op        string `json:"op,omitempty"`
	Object    string `json:"object,omitempty"`
	Nth       int    `json:"nth,omitempty"`
	Starts    int    `json:"starts,omitempty"`
	Waits     bool   `json:"waits,omitempty"`
	Message   string `json:"message"`
	Pos       Pos    `json:"pos"`
}

// A Fix is a change that removes the finding.
type Fix struct {
	Message string `json:"message"`
	Safe    bool   `json:"safe,omitempty"`
	Edits   []Edit `json:"edits"`
}

// An Edit replaces the bytes [Start, End) of a file of the finding's package.
type Edit struct {
	File  string `json:"file"` // relative to the package's folder
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// A Directive is a suppression comment.
type Directive struct {
	Pos    Pos      `json:"pos"`
	Kind   string   `json:"kind"`            // "cloudlint:ignore", "lint:ignore", "nolint"
	Names  []string `json:"names,omitempty"` // as written; empty: everything (a bare nolint)
	Reason string   `json:"reason,omitempty"`
	Test   bool     `json:"test,omitempty"` // it lies in a file for tests (IsTest)
}

// A Failure is an analyzer that returned an error or panicked.
type Failure struct {
	Analyzer string `json:"analyzer"`
	Message  string `json:"message"`
}

// A Result is what every analyzer of cloudlint returns beside its diagnostics (analysis.Analyzer.ResultType).
type Result struct {
	Findings  []Finding
	Exhausted int
	Explored  Exploration
}
