package finding_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

var parts = finding.Parts{Code: "CL1001", Package: "example.com/orders", Function: "(*Server).fetch", Op: "send", Object: "results"}

// The identity of a finding is written into baselines: it must be the same in every later version of the scheme.
func TestFingerprintIsForEver(t *testing.T) {
	if got, want := finding.Fingerprint(parts), "2:c08d2a71-457b5ffaa2bd74f8"; got != want {
		t.Errorf("%s, want %s: other parts or another encoding need another scheme", got, want)
	}
}

func TestFingerprintDiffersByEachPart(t *testing.T) {
	seen := map[string]string{finding.Fingerprint(parts): "the original"}
	for name, change := range map[string]func(*finding.Parts){
		"code":     func(p *finding.Parts) { p.Code = "CL1002" },
		"package":  func(p *finding.Parts) { p.Package = "example.com/orders/v2" },
		"function": func(p *finding.Parts) { p.Function = "Server.fetch" },
		"op":       func(p *finding.Parts) { p.Op = "receive" },
		"object":   func(p *finding.Parts) { p.Object = "errs" },
		// Parts do not run into one another.
		"moved boundary": func(p *finding.Parts) { p.Op, p.Object = "sendr", "esults" },
		"moved part":     func(p *finding.Parts) { p.Op, p.Object = "", "sendresults" },
	} {
		p := parts
		change(&p)
		fp := finding.Fingerprint(p)
		if other, dup := seen[fp]; dup {
			t.Errorf("another %s has the fingerprint of %s", name, other)
		}
		seen[fp] = name
	}
}

// A package that has moved is recognised by what does not depend on it.
func TestIdentity(t *testing.T) {
	moved := parts
	moved.Package = "example.com/elsewhere"
	a, b := finding.Fingerprint(parts), finding.Fingerprint(moved)
	if a == b || finding.Identity(a) == "" || finding.Identity(a) != finding.Identity(b) {
		t.Errorf("%s and %s", a, b)
	}
	moved.Function = "main"
	if finding.Identity(finding.Fingerprint(moved)) == finding.Identity(a) {
		t.Error("another function has the same identity")
	}
	for _, no := range []string{"", "1:affe4938f8d32692", "2:", "2:c08d2a71-", "2:c08d2a71457b5ffa"} {
		if id := finding.Identity(no); id != "" {
			t.Errorf("%q has the identity %s", no, id)
		}
	}
}

// The order of a report is total: the same findings, in whatever order packages finish, are the same bytes.
func TestSortDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	at := func(file string, line, column int) finding.Range {
		return finding.Range{File: file, Line: line, Column: column}
	}
	want := []finding.Finding{
		{Code: "CL2001", Message: "b", Range: at("a.go", 1, 5)},
		{Code: "CL1001", Message: "a", Range: at("a.go", 2, 1)},
		{Code: "CL2001", Message: "a", Range: at("a.go", 2, 1)},
		{Code: "CL2001", Message: "b", Package: "p", Range: at("a.go", 2, 1)},
		{Code: "CL2001", Message: "b", Package: "q", Range: at("a.go", 2, 1)},
		{Code: "CL1001", Message: "a", Range: at("a.go", 2, 2)},
		{Code: "CL1001", Message: "a", Range: at("b.go", 1, 1)},
	}
	errors := []finding.Error{{Message: "b"}, {Package: "p", Message: "a"}, {Package: "p", Message: "b"}}
	for seed := range uint64(50) {
		r := finding.Report{Findings: append([]finding.Finding(nil), want...), Errors: append([]finding.Error(nil), errors...)}
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(r.Findings), func(i, j int) { r.Findings[i], r.Findings[j] = r.Findings[j], r.Findings[i] })
		random.Shuffle(len(r.Errors), func(i, j int) { r.Errors[i], r.Errors[j] = r.Errors[j], r.Errors[i] })
		r.Sort()
		if diff := cmp.Diff(want, r.Findings) + cmp.Diff(errors, r.Errors); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

func TestCount(t *testing.T) {
	r := finding.Report{Findings: []finding.Finding{{Severity: rule.Error}, {Severity: rule.Note}, {Severity: rule.Error}}}
	for severity, want := range map[rule.Severity]int{rule.Error: 2, rule.Warning: 0, rule.Note: 1} {
		if got := r.Count(severity); got != want {
			t.Errorf("%d %ss, want %d", got, severity, want)
		}
	}
}
