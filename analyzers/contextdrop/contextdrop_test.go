package contextdrop_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers/clientdeadline"
	"github.com/cloudlint/cloudlint/analyzers/contextdeadline"
	"github.com/cloudlint/cloudlint/analyzers/contextdrop"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

func TestContexts(t *testing.T) {
	// The effect of facts on package roots is what counts.
	suite := ruletest.Suite{Analyzer: ruletest.Analyzer(t, contextdrop.New(), nil), Rules: contextdrop.Rules(), Facts: true}
	for _, name := range []string{"roots", "siblings", "fields", "helpers", "complaints", "lost", "lost/prices", "outer", "fixes", "fixed", "unfixed", "parts"} {
		suite.Packages = append(suite.Packages, "contextdrop/"+name)
	}
	findings := suite.Run(t)
	t.Run("steps", func(t *testing.T) { checkSteps(t, findings["contextdrop/helpers"]) })
	t.Run("words", func(t *testing.T) { checkWords(t, findings) })
	t.Run("fixes", func(t *testing.T) { ruletest.CheckFixes(t, "contextdrop", findings["contextdrop/fixes"]) })
	t.Run("no fix", func(t *testing.T) {
		for _, f := range findings["contextdrop/unfixed"] {
			if f.Fix != nil {
				t.Errorf("line %d of %s has a fix", f.Pos.Line, f.Pos.File)
			}
		}
	})
}

// What the analyzers beside it tell of is silent here.
func TestOneCauseIsOneFinding(t *testing.T) {
	a := ruletest.Analyzer(t, contextdrop.New(), nil)
	others := []*analysis.Analyzer{clientdeadline.New(), contextdeadline.New()}
	pass.Precede(append(others, a))
	for _, other := range others {
		if err := other.Flags.Set("preview", "true"); err != nil {
			t.Fatal(err)
		}
	}
	ruletest.Suite{Analyzer: a, Packages: []string{"contextdrop/told"}, Facts: true}.Run(t)
}

// The configuration tells of a function that closes what it gets.
func TestDeclared(t *testing.T) {
	const models = `{"closers":["(*corp.example/contextdrop.Lease).Return"]}`
	a := ruletest.Analyzer(t, contextdrop.New(), map[string]string{"models": models})
	ruletest.Suite{Analyzer: a, Packages: []string{"contextdrop/declared"}, Facts: true}.Run(t)
}

// The steps lead from the function that has a context to the call that gets another.
func checkSteps(t *testing.T, findings []wire.Finding) {
	var got []string
	for _, f := range findings {
		for _, s := range f.Steps {
			got = append(got, s.Message)
		}
	}
	want := []string{
		"(*proxy).serve calls p.execute and has stream.Context()",
		"(*proxy).Handle calls p.between and has ctx",
		"(*proxy).between calls p.touch",
		"p.db.ExecContext gets the new context",
		"(*proxy).Twice calls p.twice and has ctx",
		"p.db.ExecContext gets the new context",
		"Verify calls resolve and has ctx",
		"r.Resolve gets the new context",
		"Mirror calls mirrored and has ctx",
		"m.Copy gets the new context",
		"(*proxy).First calls p.shared and has ctx",
		"(*proxy).Second calls p.shared and has ctx",
		"the function literal in (*proxy).Third calls p.shared and has ctx",
		"p.db.ExecContext gets the new context",
		"Generate calls generate and has ctx",
		"c.Generate gets the new context",
		"(*table).Rename calls t.rename and has ctx",
		"Revision calls revision and has ctx",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// The user reads names of the source, not those that package ssa gives to function literals: "f$1".
func checkWords(t *testing.T, findings map[string][]wire.Finding) {
	for _, list := range findings {
		for _, f := range list {
			texts := []string{f.Message}
			for _, s := range f.Steps {
				texts = append(texts, s.Message)
			}
			for _, text := range texts {
				if strings.Contains(text, "$") {
					t.Errorf("%s:%d: %s", f.Pos.File, f.Pos.Line, text)
				}
			}
			if f.Pos.Line == 0 {
				t.Errorf("a finding of %s has no place", f.Code)
			}
		}
	}
}
