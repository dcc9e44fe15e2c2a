package lint_test

import (
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

const (
	api = "example.com/shop/api"
	db  = "example.com/shop/db"
	cli = "example.com/tools/cli"
)

func TestFindingInFull(t *testing.T) {
	w := newWorld(t, "", "")
	f := found("CL2001", wire.Pos{Package: api, File: "server.go", Line: 7, Column: 3, EndLine: 9, EndColumn: 4}, "no bound")
	f.Severity = "note"
	f.Cause = "server"
	f.Steps = []wire.Step{
		{Goroutine: 1, Op: "make", Object: "srv", Nth: 1, Message: "made here", Pos: pos(db, "open.go", 3, 1)},
		{Message: "in the dependency", Pos: pos("example.com/dep", "dep.go", 5, 0)},
	}
	f.Related = []wire.Related{{Message: "and here", Pos: pos("example.com/unlisted", "x.go", 1, 1)}}
	f.Fix = &wire.Fix{Message: "set it", Safe: true, Edits: []wire.Edit{{File: "server.go", Start: 10, End: 12, New: "x"}}}
	w.add(unit(api, f))

	dep := finding.Range{File: filepath.ToSlash(filepath.Join(filepath.Dir(w.root), "cache", "dep@v1", "dep.go")), Line: 5}
	open := finding.Range{File: "db/open.go", Line: 3, Column: 1}
	want := &finding.Report{
		Version: 1,
		Tool:    finding.Tool{Name: "cloudlint", Version: "test"},
		Root:    w.root,
		Findings: []finding.Finding{{
			Code: "CL2001", Rule: "serverdeadline", Family: rule.Timeouts, Severity: rule.Note, Message: "no bound",
			URL:      "https://github.com/cloudlint/cloudlint/blob/main/rules.md#cl2001",
			Maturity: rule.Stable,
			Range:    finding.Range{File: "api/server.go", Line: 7, Column: 3, EndLine: 9, EndColumn: 4},
			Module:   "example.com/shop", Package: api, Function: "main",
			Fingerprint: finding.Fingerprint(finding.Parts{Code: "CL2001", Package: api, Function: "main", Op: "serve", Object: "http.Server"}),
			Cause:       "server",
			Related: []finding.Related{
				{Message: "made here", Range: open},
				{Message: "in the dependency", Range: dep},
				{Message: "and here", Range: finding.Range{File: "example.com/unlisted/x.go", Line: 1, Column: 1}},
			},
			Path: []finding.Step{
				{Goroutine: 1, Op: "make", Object: "srv", Nth: 1, Message: "made here", Range: open},
				{Message: "in the dependency", Range: dep},
			},
			Fix: &finding.Fix{Message: "set it", Safe: true, Edits: []finding.Edit{{File: "api/server.go", Start: 10, End: 12, New: "x"}}},
		}},
		Errors: []finding.Error{},
		Stats:  finding.Stats{Driver: "vet", Packages: 1, GoVersion: "go1.26.8"},
	}
	if diff := cmp.Diff(want, lint.Report(w.in)); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestPlaces(t *testing.T) {
	w := newWorld(t, "", "")
	abs := filepath.ToSlash(filepath.Join(w.root, "api", "gen.y"))
	w.add(unit(api,
		found("CL2001", pos(api, "../db/x.go", 1, 1), "line directive to another folder"),
		found("CL2001", pos(api, "sub/y.go", 2, 1), "line directive below"),
		found("CL2001", pos(api, abs, 3, 0), "absolute"),
	), unit(api+"_test", found("CL2001", pos(api, "x.go", 4, 1), "external test")), unit(cli, found("CL2001", pos(cli, "main.go", 5, 1), "nested module")))
	got := make(map[string]string)
	for _, f := range lint.Report(w.in).Findings {
		got[f.Message] = f.File + " of " + f.Module
	}
	want := map[string]string{
		"line directive to another folder": "db/x.go of example.com/shop",
		"line directive below":             "api/sub/y.go of example.com/shop",
		"absolute":                         "api/gen.y of example.com/shop",
		"external test":                    "api/x.go of example.com/shop",
		"nested module":                    "tools/cli/main.go of example.com/tools",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

func TestVariantsAreOne(t *testing.T) {
	w := newWorld(t, "", "")
	at := pos(api, "server.go", 7, 3)
	plain := found("CL2001", at, "no bound")
	withPath := plain
	withPath.Steps = []wire.Step{{Message: "seen with the tests", Pos: pos(api, "server.go", 5, 1)}}
	w.add(
		unit(api, plain),
		tests(unit(api, withPath)),
		// The same place and message under another code, and the same code in another place, are others.
		unit(api+"_test", found("CL2002", at, "no bound"), found("CL2001", pos(api, "server.go", 8, 3), "no bound")),
	)
	report := lint.Report(w.in)
	want := []brief{
		{"CL2001", "api/server.go", 7, rule.Warning, "no bound"},
		{"CL2002", "api/server.go", 7, rule.Warning, "no bound"},
		{"CL2001", "api/server.go", 8, rule.Warning, "no bound"},
	}
	if diff := cmp.Diff(want, briefs(report)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if len(report.Findings[0].Path) != 1 {
		t.Error("of two variants, the one that tells less is kept")
	}
	if report.Stats.Packages != 1 {
		t.Errorf("%d packages, want 1: variants are none", report.Stats.Packages)
	}
}

func TestOneCauseIsOneFinding(t *testing.T) {
	w := newWorld(t, "", "exclude: [cli]\n")
	caused := func(code, path string, line int, severity string) wire.Finding {
		f := found(code, pos(path, "a.go", line, 1), "started in "+path)
		f.Cause, f.Severity = "worker", severity
		return f
	}
	d := ignore(pos(db, "a.go", 1, 1), "why", "CL2001")
	w.add(
		unit(api, caused("CL2001", api, 9, "note"), caused("CL2002", api, 9, "")),
		with(unit(db, caused("CL2001", db, 5, ""), silenced(caused("CL2001", db, 1, ""), d)), d),
		unit(cli, caused("CL2001", cli, 1, "")),
	)
	want := []brief{
		{"CL2002", "api/a.go", 9, rule.Warning, "started in " + api},
		{"CL2001", "db/a.go", 5, rule.Warning, "started in " + db},
	}
	report := lint.Report(w.in)
	if diff := cmp.Diff(want, briefs(report)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if report.Stats.Suppressed != 1 || report.Stats.Excluded != 1 {
		t.Errorf("%d suppressed and %d excluded, want 1 and 1", report.Stats.Suppressed, report.Stats.Excluded)
	}
}

// TestSuppressedInOneVariant: a comment can be needed in a variant only, where the finding has another form.
func TestSuppressedInOneVariant(t *testing.T) {
	w := newWorld(t, "", "")
	d := ignore(pos(api, "a.go", 1, 1), "why", "CL2001")
	f := found("CL2001", pos(api, "a.go", 2, 1), "x")
	w.add(with(unit(api, silenced(f, d)), d), tests(with(unit(api, f), d)))
	for range 2 {
		if report := lint.Report(w.in); len(report.Findings) != 0 || report.Stats.Suppressed != 1 {
			t.Errorf("%d findings, %d suppressed, want 0 and 1", len(report.Findings), report.Stats.Suppressed)
		}
		slices.Reverse(w.outcome().Records)
	}
}

func TestConfigurationDecides(t *testing.T) {
	w := newWorld(t, `
disable: [CL2002]
exclude: ["*.pb.go"]
severity: {CL2011: error}
tests: [CL2011]
`, "enable: [CL1001]\nseverity: {all: note}\n")
	for _, path := range []string{api, cli} {
		w.add(unit(path,
			found("CL1001", pos(path, "a.go", 1, 1), "preview"),
			found("CL2002", pos(path, "a.go", 2, 1), "idle"),
			found("CL2011", pos(path, "a.go", 3, 1), "client"),
			found("CL2001", pos(path, "a.pb.go", 4, 1), "server"),
			found("CL2001", pos(path, "a_test.go", 5, 1), "server in a test"),
			found("CL2011", pos(path, "a_test.go", 6, 1), "client in a test"),
		))
	}
	want := []brief{
		{"CL2011", "api/a.go", 3, rule.Error, "client"},
		{"CL2011", "api/a_test.go", 6, rule.Error, "client in a test"},
		{"CL1001", "tools/cli/a.go", 1, rule.Note, "preview"},
		{"CL2002", "tools/cli/a.go", 2, rule.Note, "idle"},
		{"CL2011", "tools/cli/a.go", 3, rule.Note, "client"},
		{"CL2001", "tools/cli/a.pb.go", 4, rule.Note, "server"},
	}
	report := lint.Report(w.in)
	if diff := cmp.Diff(want, briefs(report)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if report.Stats.Excluded != 1 || report.Stats.Suppressed != 0 {
		t.Errorf("%d excluded and %d suppressed, want 1 and 0", report.Stats.Excluded, report.Stats.Suppressed)
	}
}

func TestErrorsAndStats(t *testing.T) {
	w := newWorld(t, "", "")
	failed := unit(api)
	failed.Ran = []string{"clientdeadline", "goroutineleak"}
	failed.Failed = []wire.Failure{{Analyzer: "serverdeadline", Message: "index out of range"}}
	failed.Exhausted = map[string]int{"goroutineleak": 2}
	again := tests(failed)
	again.Exhausted = map[string]int{"goroutineleak": 3}
	told := unit(db)
	told.Failed = []wire.Failure{{Analyzer: "clientdeadline", Message: "no facts"}}
	told.Exhausted = map[string]int{"goroutineleak": 1}
	w.add(failed, again, told, unit(cli, wire.Finding{Code: "CL9999", Analyzer: "odd"}))
	o := w.outcome()
	o.Errors = []finding.Error{{Package: db, Message: "analyzer clientdeadline failed: no facts"}, {Package: "example.com/shop/broken", Message: "does not compile"}}
	o.NotAnalysed = []string{"example.com/shop/broken"}

	report := lint.Report(w.in)
	wantErrors := []finding.Error{
		{Package: api, Message: "analyzer serverdeadline failed: index out of range"},
		{Package: "example.com/shop/broken", Message: "does not compile"},
		{Package: db, Message: "analyzer clientdeadline failed: no facts"},
		{Package: cli, Message: "odd reports CL9999, which is no rule"},
	}
	if diff := cmp.Diff(wantErrors, report.Errors); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	wantStats := finding.Stats{Driver: "vet", Packages: 3, NotAnalysed: 1, Exhausted: map[string]int{"goroutineleak": 4}, GoVersion: "go1.26.8"}
	if diff := cmp.Diff(wantStats, report.Stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func TestNothing(t *testing.T) {
	data, err := json.Marshal(lint.Report(lint.Input{Root: "/r", Outcomes: []*driver.Outcome{{}}}))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"version":1,"tool":{"name":"","version":""},"root":"/r","findings":[],"errors":[],"stats":{"driver":"","packages":0,"notAnalysed":0,"suppressed":0,"excluded":0,"seconds":0}}`
	if string(data) != want {
		t.Errorf("report is %s, want %s", data, want)
	}
}

// TestOrder shuffles everything that comes in any order and wants the same bytes.
func TestOrder(t *testing.T) {
	w := newWorld(t, "", "")
	caused := found("CL2001", pos(db, "a.go", 3, 1), "one")
	caused.Cause = "c"
	other := found("CL2001", pos(api, "a.go", 3, 1), "two")
	other.Cause = "c"
	d1, d2 := ignore(pos(api, "b.go", 1, 1), "", "CL2001"), nolint(pos(api, "b.go", 2, 1), "", "cloudlint", "gosec")
	d3 := ignore(pos(db, "b.go", 2, 1), "why", "CL2O01", "nope", "CL2011")
	variant := func(n int, message string) wire.Finding {
		f := found("CL2011", pos(api, "c.go", 1, 1), "same")
		f.Object = message
		for range n {
			f.Related = append(f.Related, wire.Related{Message: message, Pos: pos(api, "c.go", 2, 1)})
		}
		return f
	}
	half := tests(with(unit(api, variant(2, "c")), d1, d2))
	half.Failed = []wire.Failure{{Analyzer: "x", Message: "y"}, {Analyzer: "a", Message: "y"}}
	w.add(
		with(unit(api, other, variant(1, "a"), variant(1, "b")), d2, d1), half, unit(api+"_test", variant(2, "d")),
		with(unit(db, caused, found("CL2002", pos(db, "a.go", 3, 1), "x")), d3), unit(cli),
	)
	o := w.outcome()
	o.Errors = []finding.Error{{Package: db, Message: "b"}, {Package: db, Message: "a"}, {Package: "", Message: "z"}}
	second := &driver.Outcome{Packages: o.Packages, Records: []wire.Record{unit(cli, found("CL2001", pos(cli, "m.go", 1, 1), "m"))}, Driver: driver.Source, GoVersion: "go1.27"}
	w.in.Outcomes = append(w.in.Outcomes, second)

	want := ""
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		data, err := json.Marshal(lint.Report(w.in))
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = string(data)
		}
		if string(data) != want {
			t.Fatalf("the order matters:\n%s\n%s", want, data)
		}
		shuffle(rnd, w.in.Outcomes)
		shuffle(rnd, o.Errors)
		shuffle(rnd, o.Records)
		for i := range o.Records {
			shuffle(rnd, o.Records[i].Findings)
			shuffle(rnd, o.Records[i].Directives)
			shuffle(rnd, o.Records[i].Failed)
		}
	}
	if n := len(lint.Report(w.in).Findings); n < 8 {
		t.Errorf("%d findings are too few to tell an order", n)
	}
}

func shuffle[T any](rnd *rand.Rand, list []T) {
	rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

func TestFailOnIsThatOfTheModule(t *testing.T) {
	w := newWorld(t, "fail-on: error\n", "fail-on: note\n")
	w.add(unit(api, found("CL2001", pos(api, "a.go", 1, 1), "x")), unit(cli+"_test", found("CL2001", pos(cli, "a.go", 1, 1), "x")))
	var got []rule.Severity
	for _, f := range lint.Report(w.in).Findings {
		got = append(got, w.in.FailOn()(f))
	}
	if !slices.Equal(got, []rule.Severity{rule.Error, rule.Note}) {
		t.Errorf("findings fail at %v, want error and note", got)
	}
}
