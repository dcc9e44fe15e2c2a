package lint_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// Silence means that there is nothing only where everything has run.
func TestCoverage(t *testing.T) {
	tests := []struct {
		name, config string
		change       func(w *world)
		pkg          string // folder
		code         string
		decided      bool
		everywhere   bool
	}{
		{"all ran", "", nil, "api", "CL2001", true, true},
		{"a package that is not in the run", "", nil, "cart", "CL2001", false, true},
		{"a rule that is off", "disable: [CL2001]\n", nil, "api", "CL2001", false, false},
		{"another rule of the analyzer that is off", "disable: [CL2002]\n", nil, "api", "CL2001", true, true},
		{"a rule in preview", "", nil, "api", "CL1001", false, false},
		{"a rule that does not exist", "", nil, "api", "CL9999", false, false},
		{"a path that is excluded", "exclude: [api]\n", nil, "api", "CL2001", false, true},
		{"without tests", "", func(w *world) { w.in.NoTests = true }, "api", "CL2001", false, false},
		{"an analyzer that did not run in a variant", "", func(w *world) {
			w.add(wire.Record{Package: api, Tests: true, Ran: []string{"clientdeadline"}})
		}, "api", "CL2001", false, false},
		{"another analyzer that did not run there", "", func(w *world) {
			w.add(wire.Record{Package: api, Tests: true, Ran: []string{"serverdeadline"}})
		}, "api", "CL2001", true, true},
		{"an analyzer that gave up in another package", "", func(w *world) {
			w.add(wire.Record{Package: db, Ran: analyzers(), Exhausted: map[string]int{"serverdeadline": 1}})
		}, "api", "CL2001", true, false},
		{"a package with errors", "", func(w *world) {
			w.outcome().Errors = []finding.Error{{Package: api, Message: "type error"}}
		}, "api", "CL2001", false, false},
		{"another package that was not analysed", "", func(w *world) {
			w.outcome().NotAnalysed = []string{db}
			w.outcome().Errors = []finding.Error{{Package: db, Message: "syntax error"}}
		}, "api", "CL2001", true, false},
		{"an error that is of no package", "", func(w *world) {
			w.outcome().Errors = []finding.Error{{Message: "no network"}}
		}, "api", "CL2001", true, false},
		{"a rule about comments", "", nil, "api", "CL0001", true, true},
		{"a rule about comments, where an analyzer did not run", "", func(w *world) {
			w.add(wire.Record{Package: api, Tests: true, Ran: []string{"serverdeadline"}})
		}, "api", "CL0001", false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.config, "")
			w.add(unit(api), unit(db), unit("example.com/tools/cli"))
			if test.change != nil {
				test.change(w)
			}
			c := lint.NewCoverage(w.in)
			m := w.outcome().Packages[api].Module
			dir := filepath.Join(w.root, test.pkg)
			if got := c.Decided(m, test.code, dir, filepath.Join(dir, "x.go")); got != test.decided {
				t.Errorf("decided in the package: %t", got)
			}
			if got := c.DecidedEverywhere(m, test.code, filepath.Join(w.root, "x.go")); got != test.everywhere {
				t.Errorf("decided everywhere: %t", got)
			}
		})
	}
}

// The fingerprint of a finding is of what it is about, not of where it stands or what it says.
func TestFingerprintStaysTheSame(t *testing.T) {
	print := func(f wire.Finding) string {
		w := newWorld(t, "", "")
		w.in.Function = func(file string, line, column int) string {
			return strings.TrimSuffix(filepath.Base(file), ".go") + fmt.Sprint(line/100)
		}
		w.add(unit(api, f))
		r := lint.Report(w.in)
		if len(r.Findings) != 1 {
			t.Fatalf("%d findings", len(r.Findings))
		}
		return r.Findings[0].Fingerprint
	}
	base := found("CL2001", pos(api, "a.go", 10, 2), "text")
	want := print(base)
	same, other := base, base
	same.Message, same.Pos, same.Steps = "another text", pos(api, "b.go", 99, 7), []wire.Step{{Message: "step", Pos: pos(api, "c.go", 1, 1)}}
	if got := print(same); got != want {
		t.Errorf("with another place and message: %s, want %s", got, want)
	}
	other.Function = "run"
	if print(other) == want {
		t.Error("another function has the same fingerprint")
	}

	// What has an origin is about that.
	origin := pos(db, "db.go", 510, 3)
	base.Origin, base.Cause = &origin, "cause"
	want = print(base)
	if want == print(found("CL2001", pos(api, "a.go", 10, 2), "text")) {
		t.Error("the origin makes no difference")
	}
	same = base
	same.Function, same.Pos = "run", pos(api, "z.go", 1, 1)
	moved := pos(db, "db.go", 520, 9)
	same.Origin = &moved
	if got := print(same); got != want {
		t.Errorf("reported by another function: %s, want %s", got, want)
	}
	elsewhere := pos(db, "db.go", 620, 9)
	same.Origin = &elsewhere
	if print(same) == want {
		t.Error("an origin in another function has the same fingerprint")
	}
}

// A finding about a module as a whole, as one about its baseline, makes a run fail as the module's configuration says.
func TestExitCodeOfModuleFindings(t *testing.T) {
	w := newWorld(t, "fail-on: note\n", "")
	w.add(unit(api), unit("example.com/tools/cli"))
	report := lint.Report(w.in)
	for module, want := range map[string]int{"example.com/shop": lint.ExitFindings, "example.com/tools": lint.ExitClean} {
		report.Findings = []finding.Finding{{Code: lint.CodeStale, Severity: "note", Module: module, Package: module}}
		if got := lint.ExitCode(nil, report, w.in.FailOn(), false); got != want {
			t.Errorf("a note about %s: exit code %d, want %d", module, got, want)
		}
		report.Findings[0].BaselineState = finding.Unchanged
		if got := lint.ExitCode(nil, report, w.in.FailOn(), false); got != lint.ExitClean {
			t.Errorf("a note about %s that is known: exit code %d", module, got)
		}
	}
}
