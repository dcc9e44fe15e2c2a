package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/directive"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/nearest"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A comment is a directive, seen in one or more units.
type comment struct {
	directive directive.Directive
	at        finding.Range
	abs       string
	test      bool // it lies in a file for tests
	pkg, mod  string
	config    *config.Config
	runs      []*packageRun // of the packages that it was seen in
}

// directive notes a suppression comment of one unit.
func (b *builder) directive(r resolver, rec *wire.Record, pkg driver.Package, cfg *config.Config, w *wire.Directive, run *packageRun) {
	at, abs := r.place(w.Pos)
	c := b.directives[keyOf(at)]
	if c == nil {
		c = &comment{
			directive: directive.Directive{Kind: w.Kind, Names: w.Names, Reason: w.Reason},
			at:        at, abs: abs, test: w.Test, pkg: rec.Package, mod: pkg.Module.Path, config: cfg,
		}
		b.directives[keyOf(at)] = c
	}
	c.runs = append(c.runs, run)
}

// accountDirectives reports the comments that silence nothing, give no reason, or name what does not exist.
func (b *builder) accountDirectives() {
	for key, c := range b.directives {
		d := &c.directive
		if !d.Ours(func(name string) bool { return b.known(d.Kind, name) }) {
			continue
		}
		if d.Kind == directive.Ignore {
			for _, name := range unique(d.Names) {
				if !b.known(d.Kind, name) {
					b.comment(c, CodeUnknown, "", name, fmt.Sprintf("no rule, analyzer or family is named %s, so that this comment does not silence it%s", name, nearest.Hint(name, b.names())))
				}
			}
		}
		if d.Kind != directive.NoLint && d.Reason == "" {
			message := "this comment gives no reason and therefore has no effect: write after the names why the finding does not matter here"
			if len(d.Names) == 0 {
				message = "this comment names no rule and gives no reason, and has no effect: write //cloudlint:ignore CODE reason"
			}
			b.comment(c, CodeReasonless, "", "", message)
			continue
		}
		told := b.unused(c, b.silenced[key])
		if d.Reason == "" && !told {
			b.comment(c, CodeReasonless, rule.Note, "", "this comment gives no reason: write after a second // why the finding does not matter here")
		}
	}
}

// unused reports the names in the comment that silence nothing, and whether there are any.
func (b *builder) unused(c *comment, silenced map[string]bool) bool {
	if b.in.NoTests {
		return false
	}
	names := unique(c.directive.Names)
	idle := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !b.idle(c, name, silenced) })
	switch {
	case len(idle) == 0:
		return false
	case len(idle) == len(names):
		return b.comment(c, CodeUnused, "", "", "this comment silences nothing: remove it")
	}
	list := strings.Join(idle, ", ")
	return b.comment(c, CodeUnused, "", list, list+" in this comment silences nothing: remove it from the list")
}

// idle reports whether a name provably silences nothing: what it stands for is on, ran to its end in every variant of
// the package, and none of it was silenced here.
func (b *builder) idle(c *comment, name string, silenced map[string]bool) bool {
	on := false
	for _, r := range b.in.Rules {
		if r.Analyzer == "" || r.Maturity == rule.Retired || !b.known(c.directive.Kind, name) || !names(c.directive.Kind, name, r) {
			continue
		}
		if silenced[r.Code] || !ranWhole(c.runs, r.Analyzer) {
			return false
		}
		on = on || c.config.At(r, c.abs) == config.On && (!c.test || c.config.Tests(r))
	}
	return on
}

func ranWhole(runs []*packageRun, analyzer string) bool {
	return !slices.ContainsFunc(runs, func(run *packageRun) bool {
		return !run.whole(analyzer)
	})
}

// names reports whether a name in a directive of the kind stands for the rule.
func names(kind, name string, r *rule.Rule) bool {
	d := directive.Directive{Kind: kind}
	return d.Means(name, r.Code, r.Name, r.Analyzer, string(r.Family()))
}

// known reports whether a name in a directive of the kind is one of ours.
func (b *builder) known(kind, name string) bool {
	if kind == directive.NoLint {
		name = strings.ToLower(name)
		if name == "all" {
			return false // it is meant for every tool
		}
	}
	return slices.Contains(rule.Families(), rule.Family(name)) ||
		slices.ContainsFunc(b.in.Rules, func(r *rule.Rule) bool { return names(kind, name, r) })
}

// names lists what a comment can name, for suggestions.
func (b *builder) names() []string {
	list := b.in.Rules.Analyzers()
	for _, r := range b.in.Rules {
		list = append(list, r.Code, r.Name)
	}
	for _, f := range rule.Families() {
		list = append(list, string(f))
	}
	return list
}

// comment reports one of the tool's own rules at a comment, if it is on there, and returns whether it is.
func (b *builder) comment(c *comment, code string, own rule.Severity, object, message string) bool {
	r := b.in.Rules.Lookup(code)
	if r == nil {
		return false
	}
	return Tell(b.report, r, c.config, c.abs, own, finding.Finding{
		Message: message,
		Range:   c.at,
		Module:  c.mod,
		Package: c.pkg,
		Fingerprint: finding.Fingerprint(finding.Parts{
			Code: r.Code, Package: c.pkg, Op: c.directive.Kind, Object: strings.Join(c.directive.Names, ",") + " " + object,
		}),
	})
}

// Tell adds to a report a finding of one of the tool's own rules, which is about a comment or a file that is meant for
// cloudlint, and returns whether the rule is on there. file is absolute. What the rule says of itself is filled in; own
// is the severity that it has without configuration, if that is not the rule's.
func Tell(report *finding.Report, r *rule.Rule, cfg *config.Config, file string, own rule.Severity, f finding.Finding) bool {
	switch cfg.At(r, file) {
	case config.Off:
		return false
	case config.Excluded:
		report.Stats.Excluded++
		return true
	}
	f.Code, f.Rule, f.Family, f.URL, f.Maturity = r.Code, "cloudlint", r.Family(), r.URL(), r.Maturity
	f.Severity = cfg.Severity(r, file, own)
	report.Findings = append(report.Findings, f)
	return true
}

// unique returns the words without duplicates, in their order.
func unique(words []string) []string {
	var list []string
	for _, w := range words {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}
