// Package catalogue brings together all rules: those of the analyzers and the tool's own. The analyzers do not know the
// tool, because other programs link them.
package catalogue

import (
	"slices"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify"
)

// New returns all rules, sorted by code, or what is wrong with them.
func New() (rule.Catalogue, error) {
	return rule.NewCatalogue(slices.Concat(lint.Rules(), verify.Rules(), analyzers.Rules())...)
}

// Rules returns all rules, sorted by code. A test holds them to be well-formed.
func Rules() rule.Catalogue {
	rules, err := New()
	if err != nil {
		panic(err) // a mistake in the program's own tables
	}
	return rules
}
