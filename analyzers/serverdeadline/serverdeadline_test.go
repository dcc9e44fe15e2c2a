package serverdeadline_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/serverdeadline"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

func TestServers(t *testing.T) {
	findings := ruletest.Suite{
		Analyzer: ruletest.Analyzer(t, serverdeadline.New(), map[string]string{"exits": "(serverdeadline/service.supervisor).Abort"}),
		Rules:    serverdeadline.Rules(),
		Packages: []string{
			"serverdeadline/service", "serverdeadline/library", "serverdeadline/lib", "serverdeadline/app", "serverdeadline/helpers",
			"serverdeadline/frameworks", "serverdeadline/echobounded", "serverdeadline/idle", "serverdeadline/monitoring", "serverdeadline/fast",
			"serverdeadline/rpc", "serverdeadline/complaints", "serverdeadline/fixes", "serverdeadline/fixed",
		},
	}.Run(t)
	t.Run("fixes", func(t *testing.T) { ruletest.CheckFixes(t, "serverdeadline", findings["serverdeadline/fixes"]) })
	t.Run("no fix", func(t *testing.T) {
		// A field that is there with a zero value is somebody's decision.
		for _, f := range findings["serverdeadline/service"] {
			if f.Function == "explicitZero" && f.Fix != nil {
				t.Errorf("there is a fix for a literal that has the field: %v", f.Fix)
			}
		}
	})
	t.Run("steps", func(t *testing.T) { checkSteps(t, findings) })
}

// With -tests, test files are looked at as well; what they do to a server of the service does not make that any better.
func TestInTests(t *testing.T) {
	a := ruletest.Analyzer(t, serverdeadline.New(), map[string]string{"preview": "false", "tests": "true"})
	analysistest.Run(t, ruletest.Testdata(t), a, "serverdeadline/tested")
}

// checkSteps checks the way from where a server is made to where it is served.
func checkSteps(t *testing.T, findings map[string][]wire.Finding) {
	tests := []struct {
		pkg, function string
		want          []string
	}{
		{"serverdeadline/service", "orders", []string{
			"create service.go: created here without ReadHeaderTimeout or ReadTimeout",
			"serve service.go: served here by ListenAndServe",
		}},
		{"serverdeadline/service", "newWrapper", []string{
			"create service.go: created here without ReadHeaderTimeout or ReadTimeout",
			"store service.go: kept in field wrapper.Server",
			"serve service.go: served here by ListenAndServe",
		}},
		{"serverdeadline/service", "buildServer", []string{
			"create service.go: created here without ReadHeaderTimeout or ReadTimeout",
			"return service.go: returned by buildServer",
			"serve service.go: served here by ListenAndServe",
		}},
		{"serverdeadline/app", "made", []string{
			"create lib.go: created here without ReadHeaderTimeout or ReadTimeout",
			"return app.go: returned by lib.NewServer",
			"serve app.go: served here by ListenAndServe",
		}},
		{"serverdeadline/app", "served", []string{
			"create app.go: created here without ReadHeaderTimeout or ReadTimeout",
			"pass app.go: passed to Run",
			"serve lib.go: served there by ListenAndServe",
		}},
		{"serverdeadline/idle", "plain", []string{
			"create idle.go: created here without IdleTimeout or ReadTimeout",
			"serve idle.go: served here by ListenAndServe",
		}},
	}
	for _, test := range tests {
		i := slices.IndexFunc(findings[test.pkg], func(f wire.Finding) bool { return f.Function == test.function })
		if i < 0 {
			t.Errorf("%s: no finding in %s", test.pkg, test.function)
			continue
		}
		var got []string
		for _, s := range findings[test.pkg][i].Steps {
			got = append(got, s.Op+" "+s.Pos.File+": "+s.Message)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: steps of the finding in %s (-want +got):\n%s", test.pkg, test.function, diff)
		}
	}
}
