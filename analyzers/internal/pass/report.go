package pass

import (
	"go/ast"
	"go/token"
	"path/filepath"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Diagnostic is what an analyzer reports.
type Diagnostic struct {
	Rule     *rule.Rule
	Severity rule.Severity // where this finding is milder than its rule
	Pos, End token.Pos     // End may be NoPos
	// Message says in the user's own names what happens at run time, why, and what to write instead, on one line.
	Message string

	// Op and Object make the fingerprint: the kind of operation, and what it works on by its type or source name.
	// Neither may contain a position, a closure's number or prose.
	Op, Object string

	Steps []Step // how it happens, in order
	// Schedule has all steps in which goroutines meet, where an execution of the code is known; Steps has those that tell.
	Schedule []Step
	Related  []Related // other places
	Fix      *Fix
	Cause    string // see finding.Finding
	// Origin is where the cause lies, for a finding with a Cause that each of several functions or packages may be the
	// one to report: its function then makes the fingerprint in the place of the one at Pos, so that it does not matter
	// who reports. Op and Object must then be the same for all of them, too.
	Origin Place
	// Subject is what the finding is about, where another analyzer may see the same: the function whose goroutine never
	// ends, a call without a bound. One of them speaks; see rule.Precedence.
	Subject string
}

// A Place is a position of this package, or one that came with a fact from another package.
type Place struct {
	Pos, End token.Pos
	// Foreign places the step in another package; then Pos is not used.
	Foreign *wire.Pos
}

// Range is where the place begins and ends.
func (p Place) Range() (pos, end token.Pos) { return p.Pos, p.End }

// At is the place of a node of this package.
func At(n ast.Node) Place { return Place{Pos: n.Pos(), End: n.End()} }

// A Step is one event on the way to the defect.
type Step struct {
	Place
	Message    string
	Op, Object string
	Goroutine  int
	Nth        int
	Starts     int  // the goroutine that starts here
	Waits      bool // it may have to wait there for a later step
}

// Related is another place that a finding refers to.
type Related struct {
	Place
	Message string
}

// A Fix is a change within one file that removes the finding; the result compiles.
type Fix struct {
	Message string
	Safe    bool
	Edits   []analysis.TextEdit
}

// Report reports d, unless a suppression comment silences it, or it lies in a generated file, a test file that the rule
// does not cover, or nowhere.
func (p *Pass) Report(d Diagnostic) {
	file, ok := p.reports(d)
	if !ok {
		return
	}
	r := d.Rule
	if d.Severity == "" || !r.Severity().AtLeast(d.Severity) {
		d.Severity = r.Severity()
	}
	f := p.wireFinding(file, d)
	if by := p.directives.Suppressing(p.Fset, d.Pos, r.Code, r.Name, p.Analyzer.Name, string(r.Family())); by != nil {
		at := p.wirePos(by.Pos, by.End)
		f.SuppressedBy = &at
	}
	p.result.Findings = append(p.result.Findings, f)
	if f.SuppressedBy == nil && !p.told(d.Subject) {
		p.Pass.Report(p.diagnostic(d))
	}
}

// reports reports whether a finding belongs into the result, with its file.
func (p *Pass) reports(d Diagnostic) (*ast.File, bool) {
	file, r := p.File(d.Pos), d.Rule
	switch {
	case file == nil || p.isGenerated(file),
		p.IsTest(d.Pos) && !r.Tests && !p.Options.Tests,
		r.Maturity != rule.Stable && !p.Options.Preview:
		return nil, false
	}
	return file, true
}

// Heard reports whether Report would report d, and no suppression comment silences it: whether it may speak for others.
func (p *Pass) Heard(d Diagnostic) bool {
	_, ok := p.reports(d)
	return ok && p.directives.Suppressing(p.Fset, d.Pos, d.Rule.Code, d.Rule.Name, p.Analyzer.Name, string(d.Rule.Family())) == nil
}

// diagnostic is the form that drivers other than ours see: the code stands in the text, because most of them drop the
// category, and only a safe fix is offered, because some apply all fixes unasked.
func (p *Pass) diagnostic(d Diagnostic) analysis.Diagnostic {
	ad := analysis.Diagnostic{
		Pos:      d.Pos,
		End:      d.End,
		Category: d.Rule.Code,
		Message:  d.Rule.Code + ": " + d.Message,
		URL:      d.Rule.URL(),
	}
	for _, s := range d.Steps {
		ad.Related = p.appendRelated(ad.Related, s.Place, s.Message)
	}
	for _, r := range d.Related {
		ad.Related = p.appendRelated(ad.Related, r.Place, r.Message)
	}
	if d.Fix != nil && (d.Fix.Safe || p.Options.UnsafeFixes) && p.wireFix(d.Fix) != nil {
		ad.SuggestedFixes = []analysis.SuggestedFix{{Message: d.Fix.Message, TextEdits: d.Fix.Edits}}
	}
	return ad
}

func (p *Pass) appendRelated(list []analysis.RelatedInformation, at Place, message string) []analysis.RelatedInformation {
	if at.Foreign != nil {
		at.Pos, at.End = p.synthetic(*at.Foreign), token.NoPos
	}
	if !at.Pos.IsValid() {
		return list
	}
	return append(list, analysis.RelatedInformation{Pos: at.Pos, End: at.End, Message: message})
}

func (p *Pass) wireFinding(file *ast.File, d Diagnostic) wire.Finding {
	f := wire.Finding{
		Code:     d.Rule.Code,
		Analyzer: p.Analyzer.Name,
		Message:  d.Message,
		Pos:      p.wirePos(d.Pos, d.End),
		Function: wire.FunctionName(file, d.Pos),
		Op:       d.Op,
		Object:   d.Object,
		Cause:    d.Cause,
		Subject:  d.Subject,
		Test:     p.IsTest(d.Pos),
	}
	if d.Severity != d.Rule.Severity() {
		f.Severity = string(d.Severity)
	}
	f.Steps, f.Schedule = p.wireSteps(d.Steps), p.wireSteps(d.Schedule)
	for _, r := range d.Related {
		if at, ok := p.WirePlace(r.Place); ok {
			f.Related = append(f.Related, wire.Related{Message: r.Message, Pos: at})
		}
	}
	if at, ok := p.WirePlace(d.Origin); ok {
		f.Origin = &at
	}
	f.Fix = p.wireFix(d.Fix)
	return f
}

func (p *Pass) wireSteps(steps []Step) (list []wire.Step) {
	for _, s := range steps {
		if at, ok := p.WirePlace(s.Place); ok {
			list = append(list, wire.Step{Goroutine: s.Goroutine, Op: s.Op, Object: s.Object, Nth: s.Nth, Starts: s.Starts, Waits: s.Waits, Message: s.Message, Pos: at})
		}
	}
	return list
}

// WirePlace is a place in the form that facts and records carry. It returns false where the place is in no file of the
// package.
func (p *Pass) WirePlace(at Place) (wire.Pos, bool) {
	if at.Foreign != nil {
		return *at.Foreign, true
	}
	if p.File(at.Pos) == nil {
		return wire.Pos{}, false
	}
	return p.wirePos(at.Pos, at.End), true
}

// wireFix translates the edits to byte offsets. It returns nil for edits in a file that cmd/cgo or another tool wrote,
// whose offsets say nothing about the user's file.
func (p *Pass) wireFix(fix *Fix) *wire.Fix {
	if fix == nil {
		return nil
	}
	w := &wire.Fix{Message: fix.Message, Safe: fix.Safe}
	for _, e := range fix.Edits {
		tf := p.Fset.File(e.Pos)
		if tf == nil || p.Fset.Position(e.Pos).Filename != p.Fset.PositionFor(e.Pos, false).Filename {
			return nil
		}
		end := e.End
		if !end.IsValid() {
			end = e.Pos
		}
		w.Edits = append(w.Edits, wire.Edit{File: filepath.Base(tf.Name()), Start: tf.Offset(e.Pos), End: tf.Offset(end), New: string(e.NewText)})
	}
	return w
}

// WirePos is the place of a node of this package in the form that facts and records carry.
func (p *Pass) WirePos(n ast.Node) wire.Pos { return p.wirePos(n.Pos(), n.End()) }

func (p *Pass) wirePos(pos, end token.Pos) wire.Pos { return p.places.Pos(pos, end) }

// synthetic returns a position that prints as the place in another package, whose files are not part of this pass: a
// file is made up in the file set that has just enough lines.
func (p *Pass) synthetic(at wire.Pos) token.Pos {
	dir := at.Package
	// The export data of a package that this one imports knows the folder (or, with -trimpath, a stand-in for it).
	for _, imp := range p.Pkg.Imports() {
		if imp.Path() != at.Package {
			continue
		}
		for _, name := range imp.Scope().Names() {
			if f := p.Fset.File(imp.Scope().Lookup(name).Pos()); f != nil {
				dir = filepath.Dir(f.Name())
				break
			}
		}
	}
	tf := p.Fset.AddFile(filepath.Join(dir, filepath.FromSlash(at.File)), -1, at.Line*maxColumn)
	lines := make([]int, at.Line)
	for i := range lines {
		lines[i] = i * maxColumn
	}
	tf.SetLines(lines)
	return tf.LineStart(at.Line) + token.Pos(min(max(at.Column, 1), maxColumn-1)-1)
}

// maxColumn is the length of each line of a synthetic file.
const maxColumn = 1 << 10

// File returns the file of this package that pos lies in, or nil.
func (p *Pass) File(pos token.Pos) *ast.File {
	for _, f := range p.Files {
		if f.FileStart <= pos && pos <= f.FileEnd {
			return f
		}
	}
	return nil
}

// IsTest reports whether pos lies in a file for tests: a _test.go file, or one of helpers that tests share. What such a
// file does proves nothing about the service.
func (p *Pass) IsTest(pos token.Pos) bool {
	file := p.File(pos)
	return file != nil && wire.IsTest(p.Fset, file)
}

// isGenerated reports whether a tool wrote the file. What cmd/cgo makes of a file of the user is the user's.
func (p *Pass) isGenerated(file *ast.File) bool {
	g, known := p.generated[file]
	if !known {
		g = wire.IsGenerated(p.Fset, file)
		if p.generated == nil {
			p.generated = make(map[*ast.File]bool)
		}
		p.generated[file] = g
	}
	return g
}
