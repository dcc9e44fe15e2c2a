package app

import (
	"fmt"
	"slices"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/overlayfile"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify"
)

// addLeaks joins leaks with the report's findings, if told says that something is known of goroutines, and adds to it those
// that none explains. It returns the leaks that comments silence.
func (r *run) addLeaks(report *finding.Report, leaks []*verify.Leak, places verify.Places, told bool) (silent []*verify.Leak) {
	rest := leaks
	if told {
		rest = verify.Join(report, leaks, places)
	}
	// A comment that silences what the analyzers say of goroutines in a place says that they may wait there.
	rules := slices.DeleteFunc(slices.Clone(r.rules), func(ru *rule.Rule) bool { return ru.Family() != rule.Goroutines })
	comments := newComments(r.overlay())
	functions := newFunctions(r.opts.Overlay, r.app.Options.Dir)
	var all *finding.Report // made where there is anything to explain
	for _, l := range verify.Gather(rest) {
		f := l.Finding(places, report.Root)
		silenced := comments.silence(finding.Abs(report.Root, f.File), f.Line, rules)
		if l.Created != nil {
			silenced = silenced || comments.silence(places.File(*l.Created), l.Created.Line, rules)
		}
		if silenced {
			report.Stats.Suppressed++
			silent = append(silent, l)
			continue
		}
		if all == nil {
			all = r.allRules()
		}
		r.static(&f, l, all, places, functions)
		ru := r.rules.Lookup(f.Code)
		module := r.module(f, l)
		f.Module = module.Path
		lint.Tell(report, ru, r.configs.of(module), finding.Abs(report.Root, f.File), l.Severity(), f)
	}
	return silent
}

// allRules is the report that there would be with every rule on.
func (r *run) allRules() *finding.Report {
	in := r.input(r.outcome, r.opts.Overlay)
	in.Config = r.app.newConfigs(r.rules, config.Flags{Enable: []string{"all"}, Preview: true}).of
	return lint.Report(in)
}

// static says how it comes that a leak is no static finding. all is the report of all rules.
func (r *run) static(f *finding.Finding, l *verify.Leak, all *finding.Report, places verify.Places, functions *functions) {
	if code := l.Explaining(all, places); code != "" {
		f.Evidence.SeenBy = code
		f.Message += fmt.Sprintf("; %s finds it without a run, and is off here", code)
		return
	}
	_, read := r.packages[f.Package]
	if places.Elsewhere && functions.at(places.File(l.At), l.At.Line, 1) != f.Function {
		read = false // the analyzers have perhaps read other code
	}
	if read && l.Modelled() {
		f.Evidence.Missed = true
		f.Message += "; no rule finds it without a run"
	}
}

// overlay is what the files of --overlay replace. The driver has read it before, and told of mistakes.
func (r *run) overlay() map[string]string {
	replace, _ := overlayfile.Read(r.opts.Overlay, r.app.Options.Dir)
	return replace
}

// module is the module of a leak's place, or of a test that has shown it.
func (r *run) module(f finding.Finding, l *verify.Leak) driver.Module {
	for _, pkg := range append([]string{f.Package}, testPackages(l)...) {
		if p, ok := r.packages[pkg]; ok {
			return p.Module
		}
	}
	return driver.Module{Dir: config.ModuleRoot(r.app.Options.Dir), Main: true}
}

func testPackages(l *verify.Leak) []string {
	var list []string
	for _, t := range l.Tests {
		list = append(list, t.Package)
	}
	return list
}
