// Package plugin brings cloudlint into golangci-lint, as a module plugin: importing it registers the linter "cloudlint" and
// one for each family of rules, "cloudlint_goroutines" and so on. docs/golangci-lint.md is the user's page.
//
// All names of one golangci-lint share one analysis, with the code that analyses a package for the cloudlint command
// (package unit) and the code that makes its report (package lint), so that both find the same. golangci-lint sees:
//
//   - one analyzer that does the work, with one fact for a package. For what lies outside the user's modules it returns at
//     once: there nothing is built, and there are no facts.
//   - one analyzer for each family, which reports that family's findings. A name shares it with "cloudlint", by pointer, so
//     that no finding is told twice where both are enabled; golangci-lint then counts it to the name of the family.
//   - one that does nothing. Its name ends in a hash of the configuration files, which golangci-lint's cache does not look at.
//
// Diagnostics have the rule's code and the finding's severity in their text and the steps behind it, no related
// information, and at most one fix, a safe one, in the file of the finding: the rest golangci-lint would drop, take apart or
// apply by halves.
package plugin

import (
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// All is the name of the linter that reports all findings.
const All = "cloudlint"

func init() { //nolint:gochecknoinits // golangci-lint knows a plugin only by its registration when it is linked
	h := new(host)
	for _, name := range Names() {
		register.Plugin(name, func(conf any) (register.LinterPlugin, error) { return h.open(name, conf) })
	}
}

// Names lists the linters: All, and one for each family that has rules.
func Names() []string {
	names := []string{All}
	for _, f := range families() {
		names = append(names, f.Linter())
	}
	return names
}

// families lists the families that analyzers have rules of.
func families() []rule.Family {
	var list []rule.Family
	for _, r := range analyzers.Rules() {
		if !slices.Contains(list, r.Family()) {
			list = append(list, r.Family())
		}
	}
	return list
}

// A host is what the names of a process have in common. golangci-lint asks for a linter once for each name that it has
// settings for, in no order, before it runs any.
type host struct {
	mu      sync.Mutex
	session *session
}

// open makes the linter of a name. Names join one session until it has begun, or one of them is asked for again: that is a
// new run.
func (h *host) open(name string, conf any) (register.LinterPlugin, error) {
	settings, err := decode(conf)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.session == nil || h.session.begun.Load() || slices.Contains(h.session.names(), name) {
		dir, err := os.Getwd()
		if err != nil {
			return nil, fmt.Errorf("the current folder is gone: %w", err)
		}
		if h.session, err = newSession(dir, settings); err != nil {
			return nil, err
		}
	} else if other := h.session.names()[0]; !settings.equal(h.session.settings) {
		return nil, fmt.Errorf("the settings of %s and %s differ, and all names of cloudlint share one analysis: give them the same settings (with a YAML anchor), or move what differs into .cloudlint.yml",
			min(name, other), max(name, other))
	}
	h.session.join(name)
	return linter{h.session.linters(name)}, nil
}

// A linter is what golangci-lint runs for one name.
type linter struct{ analyzers []*analysis.Analyzer }

// BuildAnalyzers returns the analyzers whose diagnostics are reported under the name.
func (l linter) BuildAnalyzers() ([]*analysis.Analyzer, error) { return l.analyzers, nil }

// GetLoadMode asks for type information.
func (linter) GetLoadMode() string { return register.LoadModeTypesInfo }
