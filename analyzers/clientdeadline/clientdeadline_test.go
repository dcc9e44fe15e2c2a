package clientdeadline_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/analyzers/clientdeadline"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

func TestClients(t *testing.T) {
	suite := ruletest.Suite{Analyzer: ruletest.Analyzer(t, clientdeadline.New(), nil), Rules: clientdeadline.Rules()}
	for _, name := range []string{
		"httpclient", "transports", "streams", "requests", "defaultclient", "defaultset", "dial", "handshake", "libraries",
		"packages/billing", "oneshot", "repeated", "fixes", "fixed", "scoped", "testsupport", "tested", "complaints",
	} {
		suite.Packages = append(suite.Packages, "clientdeadline/"+name)
	}
	findings := suite.Run(t)
	t.Run("severity", func(t *testing.T) { checkSeverity(t, findings) })
	t.Run("steps", func(t *testing.T) { checkSteps(t, findings["clientdeadline/packages/billing"]) })
	t.Run("cause", func(t *testing.T) { checkCause(t, findings["clientdeadline/packages/billing"]) })
	t.Run("fixes", func(t *testing.T) { ruletest.CheckFixes(t, "clientdeadline", findings["clientdeadline/fixes"]) })
}

// A command that does one thing and ends gets advice; one that works through a list, or a service, a warning.
func checkSeverity(t *testing.T, findings map[string][]wire.Finding) {
	for pkg, want := range map[string]string{"oneshot": string(rule.Note), "repeated": "", "defaultclient": ""} {
		list := findings["clientdeadline/"+pkg]
		if len(list) == 0 {
			t.Errorf("%s: no findings", pkg)
		}
		for _, f := range list {
			if f.Severity != want {
				t.Errorf("%s: %s at line %d has severity %q, want %q", pkg, f.Code, f.Pos.Line, f.Severity, want)
			}
		}
	}
}

// The steps lead from the place that makes the client, also in another package, to the request that waits.
func checkSteps(t *testing.T, findings []wire.Finding) {
	var got []string
	for _, f := range findings {
		for _, s := range f.Steps {
			got = append(got, f.Code+" "+s.Pos.File+": "+s.Message)
		}
	}
	want := []string{
		"CL2011 rates.go: http.Client without Timeout",
		"CL2011 billing.go: returned by rates.Plain",
		"CL2011 billing.go: the request waits here",
		"CL2011 billing.go: http.Client without Timeout",
		"CL2011 billing.go: passed to Fetch",
		"CL2011 rates.go: a request without a deadline waits here",
		"CL2012 billing.go: passed to Fetch",
		"CL2012 rates.go: a request without a deadline waits here",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// The cause is the place that makes the client, so that the findings of all packages that use it are one.
func checkCause(t *testing.T, findings []wire.Finding) {
	if len(findings) == 0 || findings[0].Cause != "clientdeadline/packages/rates/rates.go:10:48" {
		t.Errorf("findings %v, want the first one's cause to be the literal in rates.go", findings)
	}
}
