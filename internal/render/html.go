package render

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cloudlint/cloudlint/internal/explain"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// The page, its style sheet and its script are files of their own; the report holds all of them.
//
//go:embed html
var htmlFiles embed.FS

// renderHTML prints one page that needs nothing else: no network, no other file, and no script to be read. What comes
// from the code under test reaches it as text, by html/template, and the page's policy forbids what is not its own.
func renderHTML(out io.Writer, in *Input) error {
	page, err := template.ParseFS(htmlFiles, "html/*.tmpl")
	if err != nil {
		return err
	}
	style, err := htmlFiles.ReadFile("html/report.css")
	if err != nil {
		return err
	}
	script, err := htmlFiles.ReadFile("html/report.js")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 64<<10)
	if err := page.ExecuteTemplate(w, "report.tmpl", newHTMLReport(in, string(style), string(script))); err != nil {
		return err
	}
	return w.Flush()
}

// An htmlReport is what the page's template reads. Findings are laid out one by one, when their turn comes.
type htmlReport struct {
	*finding.Report
	Name     string // of the folder that the report is about
	Policy   string // a Content-Security-Policy
	Style    template.CSS
	Script   template.JS
	Families []htmlFamily
	Facets   []htmlFacet
	Rules    []htmlRule
}

// An htmlFamily is a group of findings.
type htmlFamily struct {
	Name, Title string
	Count       int
	Packages    []htmlPackage
}

// An htmlPackage has the findings of one family in one package, in the order of the report.
type htmlPackage struct {
	Name     string
	Findings []*htmlFinding
}

func newHTMLReport(in *Input, style, script string) *htmlReport {
	r := &htmlReport{
		Report: in.Report,
		Name:   clean(path.Base(filepath.ToSlash(in.Root))),
		Policy: fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'",
			digest(style), digest(script)),
		Style:  template.CSS(style),
		Script: template.JS(script),
	}
	findings := newHTMLFindings(in)
	r.Facets = htmlFacets(findings)
	r.Families = groupByFamily(findings)
	for _, p := range explain.Pages(in.Rules, nil) {
		n := 0
		for _, f := range findings {
			if f.Code == p.Code {
				n++
			}
		}
		if n > 0 {
			r.Rules = append(r.Rules, htmlRule{p, n})
		}
	}
	return r
}

// groupByFamily groups the findings by family and package. It sorts them.
func groupByFamily(findings []*htmlFinding) []htmlFamily {
	slices.SortStableFunc(findings, func(a, b *htmlFinding) int {
		return cmp.Or(
			cmp.Compare(familyOrder(a.Family), familyOrder(b.Family)),
			cmp.Compare(a.Family, b.Family),
			cmp.Compare(a.PackageName(), b.PackageName()),
		)
	})
	var families []htmlFamily
	for i, f := range findings {
		newFamily := i == 0 || findings[i-1].Family != f.Family
		if newFamily {
			families = append(families, htmlFamily{Name: string(f.Family), Title: familyTitle(f.Family)})
		}
		family := &families[len(families)-1]
		if newFamily || findings[i-1].PackageName() != f.PackageName() {
			family.Packages = append(family.Packages, htmlPackage{Name: f.PackageName()})
		}
		last := &family.Packages[len(family.Packages)-1]
		last.Findings = append(last.Findings, f)
		family.Count++
	}
	return families
}

// familyOrder puts the families in the order of their codes, and the tool's own findings, about its comments, last.
func familyOrder(f rule.Family) int {
	if i := slices.Index(rule.Families(), f); i >= 0 && f != rule.Tool {
		return i
	}
	return len(rule.Families())
}

// familyTitle returns a family's name as a heading.
func familyTitle(f rule.Family) string {
	if f == rule.Tool {
		return "cloudlint itself"
	}
	if f == "" {
		return "No family"
	}
	return clean(strings.ToUpper(string(f[:1])) + string(f[1:]))
}

// digest is how a policy names a script or a style sheet.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// CountText returns how many findings there are.
func (r *htmlReport) CountText() string { return Plural(len(r.Findings), "finding") }

// PackagesText returns how many packages were analysed.
func (r *htmlReport) PackagesText() string { return Plural(r.Stats.Packages, "package") }

// Counts returns how many findings there are of each severity, most severe first.
func (r *htmlReport) Counts() []htmlValue {
	var counts []htmlValue
	for _, s := range rule.Severities() {
		if n := r.Count(s); n > 0 {
			counts = append(counts, htmlValue{Value: string(s), Title: Plural(n, string(s))})
		}
	}
	return counts
}

// An htmlError is something that could not be analysed.
type htmlError struct{ Head, Text string }

// ErrorLines returns what could not be analysed.
func (r *htmlReport) ErrorLines() []htmlError {
	var list []htmlError
	for _, e := range r.Errors {
		head, lines := errorLines(e)
		list = append(list, htmlError{head, strings.Join(lines, "\n")})
	}
	return list
}

// An htmlFact is a line about the run.
type htmlFact struct{ Name, Value string }

// About returns how the run went.
func (r *htmlReport) About() []htmlFact {
	s := r.Stats
	facts := []htmlFact{{"cloudlint", clean(r.Tool.Version)}}
	add := func(name, value string, known bool) {
		if known {
			facts = append(facts, htmlFact{name, value})
		}
	}
	add("Go", clean(strings.TrimPrefix(s.GoVersion, "go")), s.GoVersion != "")
	add("Driver", clean(s.Driver), s.Driver != "")
	add("Time", seconds(s.Seconds), s.Seconds > 0)
	add("Packages analysed", strconv.Itoa(s.Packages), true)
	add("Packages not analysed", strconv.Itoa(s.NotAnalysed), s.NotAnalysed > 0)
	for _, t := range leftOut(s) {
		add("Findings "+t.Name, strconv.Itoa(t.Count), true)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Exhausted)) {
		add("Too large for all of "+clean(name), Plural(s.Exhausted[name], "function"), true)
	}
	return facts
}
