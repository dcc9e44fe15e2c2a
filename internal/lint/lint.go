// Package lint makes the report of a run from what the driver brings: it drops what the configuration does not want,
// merges what several units found alike, resolves places to files, and accounts for the suppression comments.
//
// It reads no file itself; Input.Function may, to name the functions in which findings are. The same outcomes and the same
// names give the same report, in whatever order they came.
package lint

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// Input is all that a report depends on.
type Input struct {
	Outcomes []*driver.Outcome
	Rules    rule.Catalogue // with the tool's own (Rules)
	Config   func(driver.Module) *config.Config
	Root     string // absolute: the git root, else the working directory
	Tool     finding.Tool
	// Function returns the name of the function declaration around a place in a file, which is absolute, as
	// wire.FunctionName does, and nothing where there is none. Nil never finds one.
	Function func(file string, line, column int) string
	// NoTests says that test files were left out, so that nobody knows which suppression comments they need.
	NoTests bool
}

// Report makes the report. Its Stats.Seconds is left to the caller, who has the clock.
func Report(in Input) *finding.Report {
	b := &builder{
		in:         in,
		hits:       make(map[hitKey]*hit),
		directives: make(map[placeKey]*comment),
		silenced:   make(map[placeKey]map[string]bool),
		packages:   make(packageRuns),
		report: &finding.Report{
			Version:  finding.Version,
			Tool:     in.Tool,
			Root:     in.Root,
			Findings: []finding.Finding{},
			Errors:   []finding.Error{},
		},
	}
	for _, o := range in.Outcomes {
		b.outcome(o)
	}
	b.countPackages()
	b.filter()
	b.accountDirectives()
	b.report.Sort()
	b.report.Errors = slices.Compact(b.report.Errors)
	return b.report
}

// A builder collects what all outcomes say before anything is decided.
type builder struct {
	in         Input
	report     *finding.Report
	hits       map[hitKey]*hit
	directives map[placeKey]*comment
	silenced   map[placeKey]map[string]bool // codes that each directive silenced somewhere
	packages   packageRuns
}

// A hitKey says which findings are the same one, seen in several units.
type hitKey struct {
	code, file, message string
	line, column        int
}

// A placeKey is the place of a directive.
type placeKey struct {
	file         string
	line, column int
}

// A hit is a finding before the configuration is asked.
type hit struct {
	finding    finding.Finding
	rule       *rule.Rule
	own        rule.Severity // what the analyzer said about this finding
	abs        string
	config     *config.Config
	suppressed bool
	test       bool   // it lies in a file for tests
	subject    string // what it is about, for the analyzers that see the same
}

func (b *builder) outcome(o *driver.Outcome) {
	b.report.Stats.Driver = max(b.report.Stats.Driver, string(o.Driver))
	b.report.Stats.GoVersion = max(b.report.Stats.GoVersion, o.GoVersion)
	b.report.Stats.NotAnalysed += len(o.NotAnalysed)
	b.report.Errors = append(b.report.Errors, o.Errors...)
	broken := broken(o)
	for i := range o.Records {
		b.record(o, &o.Records[i], broken)
	}
}

func (b *builder) record(o *driver.Outcome, rec *wire.Record, broken []string) {
	r := resolver{outcome: o, root: b.in.Root, function: b.in.Function}
	pkg := r.pkg(rec.Package)
	run := b.packages.add(rec, pkg, broken)
	for _, f := range rec.Failed {
		b.failure(o, pkg.ImportPath, f)
	}
	cfg := b.in.Config(pkg.Module)
	for i := range rec.Findings {
		b.hit(r, rec, pkg, cfg, &rec.Findings[i])
	}
	for i := range rec.Directives {
		b.directive(r, rec, pkg, cfg, &rec.Directives[i], run)
	}
}

// failure reports an analyzer that did not run to its end, unless the driver has said so already.
func (b *builder) failure(o *driver.Outcome, pkg string, f wire.Failure) {
	told := slices.ContainsFunc(o.Errors, func(e finding.Error) bool {
		return e.Package == pkg && strings.Contains(e.Message, f.Message)
	})
	if !told {
		b.report.Errors = append(b.report.Errors, finding.Error{Package: pkg, Message: "analyzer " + f.Analyzer + " failed: " + f.Message})
	}
}

// hit notes a finding of one unit.
func (b *builder) hit(r resolver, rec *wire.Record, pkg driver.Package, cfg *config.Config, w *wire.Finding) {
	ru := b.in.Rules.Lookup(w.Code)
	if ru == nil {
		b.report.Errors = append(b.report.Errors, finding.Error{Package: rec.Package, Message: w.Analyzer + " reports " + w.Code + ", which is no rule"})
		return
	}
	at, abs := r.place(w.Pos)
	h := &hit{
		finding:    r.finding(rec, pkg, ru, w, at),
		rule:       ru,
		own:        rule.Severity(w.Severity),
		abs:        abs,
		config:     cfg,
		suppressed: w.SuppressedBy != nil,
		test:       w.Test,
		subject:    w.Subject,
	}
	if w.SuppressedBy != nil {
		by, _ := r.place(*w.SuppressedBy)
		key := keyOf(by)
		if b.silenced[key] == nil {
			b.silenced[key] = make(map[string]bool)
		}
		b.silenced[key][w.Code] = true
	}
	h.finding.Severity = cfg.Severity(ru, abs, h.own)
	key := hitKey{ru.Code, at.File, w.Message, at.Line, at.Column}
	if old := b.hits[key]; old != nil {
		h.suppressed = h.suppressed || old.suppressed
		if better(old.finding, h.finding) {
			h.finding = old.finding
		}
	}
	b.hits[key] = h
}

func keyOf(at finding.Range) placeKey { return placeKey{at.File, at.Line, at.Column} }

// better chooses between two forms of one finding: the more severe one, else the one that tells more, else either, but
// always the same.
func better(a, b finding.Finding) bool {
	return cmp.Or(
		a.Severity.Compare(b.Severity),
		cmp.Compare(len(b.Path), len(a.Path)),
		cmp.Compare(len(b.Related), len(a.Related)),
		finding.Compare(a, b),
		strings.Compare(encoded(a), encoded(b)),
	) < 0
}

func encoded(f finding.Finding) string {
	data, err := json.Marshal(f)
	if err != nil {
		return "" // a finding is plain data
	}
	return string(data)
}

// filter keeps the findings that the configuration wants and no comment silences, one for each cause.
func (b *builder) filter() {
	type causeKey struct{ code, cause string }
	causes := make(map[causeKey]finding.Finding)
	told := b.told()
	for _, h := range b.hits {
		if h.test && !h.config.Tests(h.rule) {
			continue
		}
		state := h.config.At(h.rule, h.abs)
		switch {
		case state == config.Off:
		case h.suppressed:
			b.report.Stats.Suppressed++
		case state == config.Excluded:
			b.report.Stats.Excluded++
		case told(h):
		case h.finding.Cause == "":
			b.report.Findings = append(b.report.Findings, h.finding)
		default:
			key := causeKey{h.finding.Code, h.finding.Cause}
			if old, ok := causes[key]; !ok || better(h.finding, old) {
				causes[key] = h.finding
			}
		}
	}
	for _, f := range causes {
		b.report.Findings = append(b.report.Findings, f)
	}
}

func (b *builder) countPackages() {
	b.report.Stats.Packages = len(b.packages)
	for _, run := range b.packages {
		for name, n := range run.exhausted {
			if b.report.Stats.Exhausted == nil {
				b.report.Stats.Exhausted = make(map[string]int)
			}
			b.report.Stats.Exhausted[name] += n
		}
	}
}
