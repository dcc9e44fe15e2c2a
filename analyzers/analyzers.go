// Package analyzers lists the analyzers of cloudlint. There is no other list: the command, go vet, rules.md and the
// tests all start from this one. A new analyzer is a folder beside this file and a line in families.
package analyzers

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers/clientdeadline"
	"github.com/cloudlint/cloudlint/analyzers/contextdeadline"
	"github.com/cloudlint/cloudlint/analyzers/contextdrop"
	"github.com/cloudlint/cloudlint/analyzers/detachedgoroutine"
	"github.com/cloudlint/cloudlint/analyzers/endlessgoroutine"
	"github.com/cloudlint/cloudlint/analyzers/goroutineleak"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/lostwait"
	"github.com/cloudlint/cloudlint/analyzers/serverdeadline"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// A family is an analyzer and the rules that it reports.
type family struct {
	analyzer func() *analysis.Analyzer
	rules    func() []*rule.Rule
}

func families() []family {
	return []family{
		{clientdeadline.New, clientdeadline.Rules},
		{contextdeadline.New, contextdeadline.Rules},
		{contextdrop.New, contextdrop.Rules},
		{detachedgoroutine.New, detachedgoroutine.Rules},
		{endlessgoroutine.New, endlessgoroutine.Rules},
		{goroutineleak.New, goroutineleak.Rules},
		{lostwait.New, lostwait.Rules},
		{serverdeadline.New, serverdeadline.Rules},
	}
}

// All returns fresh analyzers, whose flags are their own.
func All() []*analysis.Analyzer {
	var list []*analysis.Analyzer
	for _, f := range families() {
		list = append(list, f.analyzer())
	}
	pass.Precede(list)
	return list
}

// Rules returns what the analyzers can report, sorted by code.
func Rules() rule.Catalogue {
	var list rule.Catalogue
	for _, f := range families() {
		list = append(list, f.rules()...)
	}
	slices.SortFunc(list, func(a, b *rule.Rule) int { return strings.Compare(a.Code, b.Code) })
	return list
}

// CommonFlags lists the names of the flags that every analyzer has beside its own options.
func CommonFlags() []string { return pass.CommonFlags() }
