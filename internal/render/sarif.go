package render

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// renderSARIF prints a SARIF 2.1.0 log that GitHub's code scanning takes without a warning.
//
// Regions are one line long, because GitHub shows an alert in a pull request only where all its lines were changed.
// Columns count UTF-16 code units. Paths are relative to the git root, without a base: some readers resolve an absolute
// base to a path that exists on this machine only.
func renderSARIF(w io.Writer, in *Input) error {
	s := &sarifWriter{in: in, ruleIndex: make(map[string]int), seen: make(occurrences)}
	run := sarifRun{
		AutomationDetails: sarifAutomation{ID: cmp.Or(in.Category, "cloudlint") + "/"},
		ColumnKind:        "utf16CodeUnits",
		Invocations:       []sarifInvocation{invocation(in.Report)},
		Results:           []sarifResult{},
	}
	run.Tool.Driver = sarifDriver{
		Name:           in.Tool.Name,
		FullName:       in.Tool.Name + " " + in.Tool.Version,
		InformationURI: homepage,
		Rules:          s.rules(),
	}
	// SARIF wants a version that starts with a digit, and Go's versions start with a letter.
	version, ok := strings.CutPrefix(in.Tool.Version, "v")
	if !ok {
		version = "0.0.0-" + in.Tool.Version
	}
	run.Tool.Driver.Version, run.Tool.Driver.SemanticVersion = version, version
	for i := range in.Findings {
		if f := &in.Findings[i]; f.File != "" {
			run.Results = append(run.Results, s.result(f))
		}
	}
	return encode(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	}, " ")
}

type sarifWriter struct {
	in        *Input
	ruleIndex map[string]int // by code
	seen      occurrences    // fingerprints
}

// rules describes the rules of the catalogue, and those of findings that it does not have.
func (s *sarifWriter) rules() []sarifRule {
	rules := []sarifRule{}
	add := func(r *rule.Rule) {
		s.ruleIndex[r.Code] = len(rules)
		rules = append(rules, describe(r))
	}
	for _, r := range s.in.Rules {
		if r.Maturity != rule.Retired {
			add(r)
		}
	}
	for _, f := range s.in.Findings {
		if _, ok := s.ruleIndex[f.Code]; ok {
			continue
		}
		if r := s.in.Rules.Lookup(f.Code); r != nil {
			add(r)
		} else {
			add(&rule.Rule{Code: f.Code, Name: f.Rule, Analyzer: f.Rule, Maturity: f.Maturity})
		}
	}
	return rules
}

// invocation says what was not analysed.
func invocation(r *finding.Report) sarifInvocation {
	inv := sarifInvocation{ExecutionSuccessful: len(r.Errors) == 0}
	for _, f := range r.Findings {
		if f.File == "" { // GitHub rejects a log with a result that has no place
			inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarifNotification{string(f.Severity), sarifText{sentence(f.Code + ": " + f.Message)}})
		}
	}
	for _, e := range r.Errors {
		text := strings.TrimSpace(e.Message)
		if e.Package != "" {
			text = e.Package + ": " + text
		}
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarifNotification{"error", sarifText{sentence(text)}})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Stats.Exhausted)) {
		text := fmt.Sprintf("%s gave up on %s: they exceed its budget.", name, Plural(r.Stats.Exhausted[name], "function"))
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarifNotification{"note", sarifText{text}})
	}
	return inv
}

func (s *sarifWriter) result(f *finding.Finding) sarifResult {
	res := sarifResult{
		RuleID:              f.Code,
		RuleIndex:           s.ruleIndex[f.Code],
		Level:               string(f.Severity),
		BaselineState:       string(f.BaselineState),
		Message:             sarifText{sentence(escapeLinks(f.Message))},
		Locations:           []sarifLocation{s.location(f.Range, "")},
		PartialFingerprints: make(map[string]string),
	}
	if f.Function != "" {
		res.Locations[0].LogicalLocations = []sarifLogicalLocation{{f.Package + "." + f.Function, "function"}}
	}
	if hash := s.in.sources.file(f.File).lineHash(f.Line); hash != "" {
		res.PartialFingerprints["primaryLocationLineHash"] = hash
	}
	if f.Fingerprint != "" {
		res.PartialFingerprints["cloudlint/v1"] = s.seen.next(f.Fingerprint)
	}
	path, others := steps(f)
	// GitHub shows a related location only where the message links to it.
	for i, r := range others {
		if i == 0 {
			res.Message.Text += "\n\nSee also:"
		}
		res.Message.Text += fmt.Sprintf("\n- [%s](%d).", escapeLinkText(r.Message), i+1)
		loc := s.location(r.Range, r.Message)
		loc.ID = i + 1
		res.RelatedLocations = append(res.RelatedLocations, loc)
	}
	if len(path) > 0 {
		res.CodeFlows = []sarifCodeFlow{{s.threadFlows(path)}}
	}
	if f.Evidence != nil {
		evidence := *f.Evidence
		evidence.OverTime = nil // nobody draws it
		res.Properties = &sarifResultProperties{&evidence}
	}
	if fix, ok := s.fix(f.Fix); ok {
		res.Fixes = []sarifFix{fix}
	}
	return res
}

// threadFlows returns the path as one flow for each goroutine, with the order in which they take turns.
func (s *sarifWriter) threadFlows(path []finding.Step) []sarifThreadFlow {
	many := goroutines(path) > 1
	var flows []sarifThreadFlow
	index := make(map[int]int) // by goroutine
	for i, step := range path {
		at, ok := index[step.Goroutine]
		if !ok {
			at = len(flows)
			index[step.Goroutine] = at
			flow := sarifThreadFlow{}
			if many {
				flow.ID = fmt.Sprintf("goroutine %d", step.Goroutine)
			}
			flows = append(flows, flow)
		}
		loc := sarifThreadFlowLocation{Location: s.location(step.Range, stepLabel(i, step, many)), ExecutionOrder: i + 1}
		flows[at].Locations = append(flows[at].Locations, loc)
	}
	return flows
}

func (s *sarifWriter) location(r finding.Range, message string) sarifLocation {
	var loc sarifLocation
	if r.File != "" {
		loc.PhysicalLocation = &sarifPhysicalLocation{sarifArtifactLocation{fileURI(r.File)}, region(s.in.sources, r)}
	}
	if message != "" {
		loc.Message = &sarifText{escapeLinks(message)}
	}
	return loc
}

// region converts a place to one line of UTF-16 columns. Where the source cannot be read the columns are unknown, and
// the region is the line.
func region(sources *sources, r finding.Range) *sarifRegion {
	if r.Line <= 0 {
		return nil
	}
	text, err := sources.file(r.File).check(r)
	if err != nil {
		return &sarifRegion{StartLine: r.Line, EndLine: r.Line}
	}
	start, end := span(text, r)
	return &sarifRegion{StartLine: r.Line, EndLine: r.Line, StartColumn: utf16Column(text, start), EndColumn: utf16Column(text, end)}
}

// fix converts a fix, if the files that it changes can be read.
func (s *sarifWriter) fix(f *finding.Fix) (sarifFix, bool) {
	if f == nil || len(f.Edits) == 0 {
		return sarifFix{}, false
	}
	fix := sarifFix{Description: sarifText{sentence(escapeLinks(f.Message))}}
	for _, e := range f.Edits {
		src := s.in.sources.file(e.File)
		startLine, startColumn, ok1 := src.position(e.Start)
		endLine, endColumn, ok2 := src.position(e.End)
		if !ok1 || !ok2 || e.Start > e.End {
			return sarifFix{}, false
		}
		first, _ := src.line(startLine)
		last, _ := src.line(endLine)
		rep := sarifReplacement{DeletedRegion: sarifRegion{
			StartLine: startLine, StartColumn: utf16Column(first, startColumn-1),
			EndLine: endLine, EndColumn: utf16Column(last, endColumn-1),
		}}
		if e.New != "" {
			rep.InsertedContent = &sarifText{e.New}
		}
		uri := sarifArtifactLocation{fileURI(e.File)}
		i := slices.IndexFunc(fix.ArtifactChanges, func(c sarifArtifactChange) bool { return c.ArtifactLocation == uri })
		if i < 0 {
			i = len(fix.ArtifactChanges)
			fix.ArtifactChanges = append(fix.ArtifactChanges, sarifArtifactChange{ArtifactLocation: uri})
		}
		fix.ArtifactChanges[i].Replacements = append(fix.ArtifactChanges[i].Replacements, rep)
	}
	return fix, true
}

// fileURI returns the reference to a file: relative as it is in reports, or a file URL.
func fileURI(file string) string {
	var b strings.Builder
	switch {
	case strings.HasPrefix(file, "/"):
		b.WriteString("file://")
	case len(file) > 2 && file[1] == ':' && file[2] == '/': // C:/
		b.WriteString("file:///")
		b.WriteString(file[:2])
		file = file[2:]
	}
	for i := range len(file) {
		c := file[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// link is what readers of SARIF take for a link to a location, like the Go expression handlers[i](1).
var link = regexp.MustCompile(`\[([^\]]*)\]\(`)

// escapeLinks keeps a message from being read as one with links.
func escapeLinks(text string) string { return link.ReplaceAllString(text, `\[$1\](`) }

func escapeLinkText(text string) string {
	return linkTextEscaper.Replace(strings.TrimRight(text, "."))
}

var linkTextEscaper = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, "\n", " ")

// sentence ends the text with a full stop, as SARIF wants messages.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// Plural returns "1 thing" or "2 things".
func Plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
