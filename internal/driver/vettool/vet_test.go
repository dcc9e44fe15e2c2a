package vettool_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// TestMain makes the test binary the vet tool, too.
func TestMain(m *testing.M) {
	if vettool.Main(os.Args[1:], unittest.Analyzers) {
		return
	}
	os.Exit(m.Run())
}

// expect compares the findings of records with the lines of want, without the prefix corp.example/.
func expect(t *testing.T, records []wire.Record, want ...string) {
	t.Helper()
	var got []string
	for _, line := range unittest.Found(records) {
		got = append(got, strings.ReplaceAll(line, "corp.example/", ""))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRecords(t *testing.T) {
	c := unittest.Unpack(t, unittest.Shop)
	records, out := c.Records("./...")
	if out.Status != 0 || out.Stderr != "" {
		t.Errorf("status %d, stderr %s", out.Status, out.Stderr)
	}
	want := []string{
		"shop/cmd/shop/main.go:11:26: CL9002: Drain never returns (shop/orders/orders.go:13: it blocks here) (suppressed in line 11)",
		"shop/cmd/shop/main.go:13:14: CL9002: Serve never returns (shop/orders/orders.go:5: it blocks here)",
		"shop/orders/api_test.go:11:2: CL9001: sleeps",
		"shop/orders/api_test.go:12:14: CL9002: Serve never returns (shop/orders/orders.go:5: it blocks here)",
		"shop/orders/orders.go:7:3: CL9001: sleeps",
		"shop/orders/orders_test.go:9:2: CL9001: sleeps",
	}
	expect(t, records, want...)
	type unit struct {
		Package string
		Tests   bool
	}
	var units []unit
	for _, r := range records {
		units = append(units, unit{r.Package, r.Tests})
		if diff := cmp.Diff([]string{"forever", "sleepy"}, r.Ran); diff != "" {
			t.Errorf("%s: %s", r.Package, diff)
		}
	}
	wantUnits := []unit{
		{"corp.example/shop/cmd/shop", false},
		{"corp.example/shop/orders", false}, // as a unittest.App
		{"corp.example/shop/orders", true},
		{"corp.example/shop/orders_test", true},
	}
	if diff := cmp.Diff(wantUnits, units); diff != "" {
		t.Error(diff)
	}
	again, _ := c.Records("./...")
	if diff := cmp.Diff(unittest.Distinct(records), unittest.Distinct(again)); diff != "" {
		t.Errorf("replayed from the cache: %s", diff)
	}
}

// Go before 1.26.11 replays what a package printed as a unittest.App when it is named later.
func TestP1DependencyFirst(t *testing.T) {
	t.Run("records", func(t *testing.T) {
		c := unittest.Unpack(t, unittest.Two)
		c.Records("./a")
		records, _ := c.Records("./b")
		expect(t, records, "two/b/b.go:5:15: CL9001: sleeps")
		records, _ = c.Records("./...")
		expect(t, records, "two/b/b.go:5:15: CL9001: sleeps")
	})
	t.Run("plain", func(t *testing.T) {
		c := unittest.Unpack(t, unittest.Two)
		c.Vet("./a")
		for range 2 {
			if out := c.Vet("./b"); out.Status != 1 || !strings.Contains(out.Stderr, "b/b.go:5:15: CL9001: sleeps") {
				t.Errorf("status %d: %s", out.Status, out.Stderr)
			}
		}
	})
}

func TestP2Plain(t *testing.T) {
	c := unittest.Unpack(t, unittest.Two)
	out := c.Vet("./...")
	want := "# corp.example/two/b\nb/b.go:5:15: CL9001: sleeps\nb/b.go:5:26: \tfor so long\n"
	if got := strings.TrimPrefix(out.Stderr, "# corp.example/two/b\n"); out.Status != 1 || got != strings.TrimPrefix(want, "# corp.example/two/b\n") || out.Stdout != "" {
		t.Errorf("status %d\nstdout: %s\nstderr: %s", out.Status, out.Stdout, out.Stderr)
	}
	out = c.Vet("-json", "./b")
	want = `{
	"corp.example/two/b": {
		"sleepy": [
			{
				"category": "CL9001",
				"posn": "$DIR/b/b.go:5:15",
				"end": "$DIR/b/b.go:5:28",
				"message": "CL9001: sleeps",
				"suggested_fixes": [
					{
						"message": "sleep no longer",
						"edits": [
							{
								"filename": "$DIR/b/b.go",
								"start": 51,
								"end": 52,
								"new": "0"
							}
						]
					}
				],
				"related": [
					{
						"posn": "$DIR/b/b.go:5:26",
						"end": "$DIR/b/b.go:5:27",
						"message": "for so long"
					}
				]
			}
		]
	}
}
`
	if diff := cmp.Diff(want, out.Stdout); diff != "" || out.Status != 0 {
		t.Errorf("status %d: %s", out.Status, diff)
	}
	if out := c.Vet("-forever", "./..."); out.Status != 0 || out.Stderr != "" {
		t.Errorf("with one analyzer only: status %d: %s", out.Status, out.Stderr)
	}
	if out := c.Vet("-sleepy=false", "./..."); out.Status != 0 || out.Stderr != "" {
		t.Errorf("without one analyzer: status %d: %s", out.Status, out.Stderr)
	}
	if out := c.Vet("-fix", "./..."); out.Status == 0 || !strings.Contains(out.Stderr, "use cloudlint --fix") {
		t.Errorf("go vet -fix: status %d: %s", out.Status, out.Stderr)
	}
}

func TestP3Panic(t *testing.T) {
	c := unittest.Unpack(t, unittest.Two)
	for _, run := range []string{"first", "from the cache"} {
		records, out := c.Records("-sleepy.panic", "./...")
		if out.Status != 0 || len(records) != 2 {
			t.Fatalf("%s: status %d, %d records: %s", run, out.Status, len(records), out.Stderr)
		}
		failed := records[1].Failed
		if len(failed) != 1 || failed[0].Analyzer != "sleepy" || !strings.Contains(failed[0].Message, "sleepy panics as it was told") ||
			!strings.Contains(failed[0].Message, "analyzers.go:") {
			t.Errorf("%s: failures %v", run, failed)
		}
		if diff := cmp.Diff([]string{"forever"}, records[1].Ran); diff != "" {
			t.Errorf("%s: %s", run, diff)
		}
	}
	for _, run := range []string{"first", "again"} {
		out := c.Vet("-sleepy.panic", "./...")
		if out.Status != 1 || !strings.Contains(out.Stderr, "sleepy panics as it was told") || !strings.Contains(out.Stderr, "runtime.gopanic") && !strings.Contains(out.Stderr, "panic(") {
			t.Errorf("%s, plain: status %d: %s", run, out.Status, out.Stderr)
		}
	}
}

func TestP4StrayOutput(t *testing.T) {
	c := unittest.Unpack(t, unittest.Two)
	for _, run := range []string{"first", "from the cache"} {
		records, out := c.Records("-sleepy.print", "./...")
		expect(t, records, "two/b/b.go:5:15: CL9001: sleeps")
		if strings.Contains(out.Stdout, "stray") {
			t.Errorf("%s: %s", run, out.Stdout)
		}
	}
}

func TestP5TypeErrors(t *testing.T) {
	c := unittest.Unpack(t, unittest.Broken)
	records, out := c.Records("./...")
	if out.Status != 1 {
		t.Errorf("status %d", out.Status)
	}
	for _, text := range []string{"broken/broken.go:3:12: undefined: undefined", "tested/tested_test.go:3:13: cannot use \"no number\""} {
		if !strings.Contains(out.Stderr, text) {
			t.Errorf("%q is missing: %s", text, out.Stderr)
		}
	}
	// The package with the bad test is still a unittest.App; what imports broken code is not analysed.
	if diff := cmp.Diff([]string{"corp.example/errs/tested", "corp.example/errs/user", "corp.example/errs/whole"}, unittest.Packages(records)); diff != "" {
		t.Error(diff)
	}
	expect(t, records, "errs/tested/tested.go:5:15: CL9001: sleeps", "errs/whole/whole.go:5:15: CL9001: sleeps")
}

// The second checkout gets the first one's records from the cache.
func TestP6Trimpath(t *testing.T) {
	var records [2][]wire.Record
	for i := range records {
		c := unittest.Unpack(t, unittest.Shop)
		var out unittest.Outcome
		records[i], out = c.Records("-trimpath", "./...")
		if strings.Contains(out.Stdout, os.TempDir()) {
			t.Errorf("a record has an absolute name: %s", out.Stdout)
		}
	}
	if diff := cmp.Diff(unittest.Distinct(records[0]), unittest.Distinct(records[1])); diff != "" || len(records[0]) == 0 {
		t.Errorf("the checkouts differ: %s", diff)
	}
}

func TestP6LineDirectives(t *testing.T) {
	c := unittest.Unpack(t, unittest.Line)
	records, _ := c.Records("./...")
	expect(t, records, "line/parse/grammar.y:10:0: CL9001: sleeps")
	out := c.Vet("-json", "./...")
	if strings.Contains(out.Stdout, "suggested_fixes") {
		t.Errorf("a fix with offsets that are not the file's: %s", out.Stdout)
	}
}

func TestP7Cgo(t *testing.T) {
	c := unittest.Unpack(t, unittest.Cgo)
	c.Env = []string{"CGO_ENABLED=1"}
	for _, args := range [][]string{{"./..."}, {"-trimpath", "./..."}} {
		records, out := c.Records(args...)
		if out.Status != 0 {
			t.Skipf("cgo does not work here: %s", out.Stderr)
		}
		expect(t, records,
			"cgo/mixed/native.go:8:11: CL9001: sleeps (suppressed in line 8)",
			"cgo/mixed/native.go:9:20: CL9001: sleeps",
			"cgo/mixed/plain.go:5:16: CL9001: sleeps",
			"cgo/only/only.go:8:2: CL9001: sleeps",
		)
		for _, r := range records {
			for _, d := range r.Directives {
				if diff := cmp.Diff(wire.Pos{Package: "corp.example/cgo/mixed", File: "native.go", Line: 8, Column: 25}, d.Pos, ignoreEnd); diff != "" {
					t.Error(diff)
				}
			}
		}
	}
	if out := c.Vet("-json", "./only"); strings.Contains(out.Stdout, "suggested_fixes") {
		t.Errorf("a fix with offsets that are not the file's: %s", out.Stdout)
	}
}

// ignoreEnd leaves the ends of places out of a comparison.
var ignoreEnd = cmp.FilterPath(func(p cmp.Path) bool { return strings.HasPrefix(p.Last().String(), ".End") }, cmp.Ignore())

func TestP9TestsOnly(t *testing.T) {
	c := unittest.Unpack(t, unittest.TestsOnly)
	records, _ := c.Records("./...")
	expect(t, records,
		"t/external/external_test.go:8:31: CL9001: sleeps",
		"t/internal/internal_test.go:8:31: CL9001: sleeps",
		"t/named_test/named.go:5:15: CL9001: sleeps",
		"t/tool.test/main.go:5:15: CL9001: sleeps",
	)
}

func TestP10Key(t *testing.T) {
	c := unittest.Unpack(t, unittest.Two)
	for _, verb := range []string{"naps", "dozes", "naps"} {
		records, _ := c.Records("-sleepy.verb="+verb, "./...")
		expect(t, records, "two/b/b.go:5:15: CL9001: "+verb)
	}
	c.Env = []string{"GOFLAGS=-sleepy.verb=snores"}
	records, _ := c.Records("./...")
	expect(t, records, "two/b/b.go:5:15: CL9001: snores")
	c.Env = nil
	if out := c.Vet("-sleepy.volume=11", "./..."); out.Status != 2 {
		t.Errorf("an unknown flag: status %d", out.Status)
	}
	// A change of the source.
	c.Write("b/b.go", "package b\n\nfunc Wait() { select {} }\n")
	records, _ = c.Records("./...")
	expect(t, records, "two/a/a.go:5:21: CL9002: Wait never returns (two/b/b.go:3: it blocks here)")
}

func TestOverlay(t *testing.T) {
	c := unittest.Unpack(t, unittest.Two)
	c.Write("_editor/b.go", "package b\n\nimport \"time\"\n\nfunc Wait() {\n\ttime.Sleep(1)\n}\n")
	c.Write("overlay.json", `{"Replace": {"`+filepath.ToSlash(c.Dir)+`/b/b.go": "`+filepath.ToSlash(c.Dir)+`/_editor/b.go"}}`)
	records, _ := c.Records("-overlay="+filepath.Join(c.Dir, "overlay.json"), "./...")
	expect(t, records, "two/b/b.go:6:2: CL9001: sleeps")
}
