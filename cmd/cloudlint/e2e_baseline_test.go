package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// listen is a second function of package store with two findings alike, CL1001 at lines 6 and 7.
const listen = `
-- store/listen.go --
package store

// Listen tells of two addresses, and nobody wants to know.

func Listen() {
	go func() { make(chan int) <- 8080 }()
	go func() { make(chan int) <- 8081 }()
}
`

// book returns the entries of the module's baseline, without their identities.
func book(t *testing.T, dir string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".cloudlint-baseline"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			_, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			head, tail, _ := strings.Cut(rest, ` "`)
			_, tail, _ = strings.Cut(tail, `" `)
			entries = append(entries, strings.TrimSpace(head+" "+tail))
		}
	}
	slices.Sort(entries)
	return entries
}

func wantBook(t *testing.T, dir string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, book(t, dir)); diff != "" {
		t.Errorf("the baseline (-want +got):\n%s", diff)
	}
}

func rename(t *testing.T, dir, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
		t.Fatal(err)
	}
}

// What was there is known through all that leaves it what it is, and what is new is not.
func TestBaseline(t *testing.T) {
	dir := module(t, price, listen, clean)
	cloudlint(t, dir, "baseline", "create").want(t, 0, ".cloudlint-baseline: 3 findings in 2 lines")
	wantBook(t, dir, "1 CL1002 store Price", "2 CL1001 store Listen")
	r := cloudlint(t, dir)
	r.want(t, 0)
	r.wantError(t, 0, "no findings in 2 packages")
	r.wantError(t, 0, "3 known in the baseline")
	cloudlint(t, dir, "--no-baseline").want(t, 1, "store/listen.go:6:", "store/listen.go:7:", aFinding)
	cloudlint(t, dir, "--fail-on", "note").want(t, 0)

	t.Run("lines move and files are renamed", func(t *testing.T) {
		edit(t, dir, "store/store.go", "func Price", "// A remark.\n\nvar x = 1\n\nfunc Price")
		rename(t, dir, "store/store.go", "store/price.go")
		cloudlint(t, dir, "--fail-on", "note").want(t, 0)
	})
	t.Run("the next one alike is told", func(t *testing.T) {
		addFiles(t, dir, strings.Replace(listen, "\n}", "\n\tgo func() { make(chan int) <- 8082 }()\n}", 1))
		r := cloudlint(t, dir)
		r.want(t, 1, "store/listen.go:8:")
		if !strings.Contains(r.stdout, "the baseline knows 2 such here") {
			t.Errorf("it does not say why it tells of this one: %s", r.stdout)
		}
		addFiles(t, dir, listen)
	})
	t.Run("a sibling is mended", func(t *testing.T) {
		edit(t, dir, "store/listen.go", "\tgo func() { make(chan int) <- 8080 }()\n", "")
		cloudlint(t, dir).want(t, 0, ".cloudlint-baseline:") // the other one is still known
		cloudlint(t, dir, "--disable", "CL0004").want(t, 0)
		cloudlint(t, dir, "--fail-on", "note").want(t, 1, ".cloudlint-baseline:")
		cloudlint(t, dir, "baseline", "check").want(t, 1, ".cloudlint-baseline:")
		cloudlint(t, dir, "baseline", "prune").want(t, 0, ".cloudlint-baseline:", ".cloudlint-baseline: 1 removed, now 2 findings in 2 lines")
		wantBook(t, dir, "1 CL1001 store Listen", "1 CL1002 store Price")
		cloudlint(t, dir, "baseline", "check").want(t, 0, ".cloudlint-baseline: ok, 2 findings in 2 lines")
	})
	t.Run("the package's folder moves", func(t *testing.T) {
		if err := os.Mkdir(filepath.Join(dir, "internal"), 0o777); err != nil {
			t.Fatal(err)
		}
		rename(t, dir, "store", "internal/shelf")
		cloudlint(t, dir, "--fail-on", "note").want(t, 0)
		cloudlint(t, dir, "--fail-on", "note", "./internal/...").want(t, 0)
		cloudlint(t, dir, "baseline", "prune").want(t, 0, ".cloudlint-baseline: package store is now internal/shelf", ".cloudlint-baseline: 0 removed")
		wantBook(t, dir, "1 CL1001 internal/shelf Listen", "1 CL1002 internal/shelf Price")
	})
	t.Run("the module gets another path", func(t *testing.T) {
		edit(t, dir, "go.mod", "corp.example/shop", "corp.example/shop/v2")
		cloudlint(t, dir, "--fail-on", "note").want(t, 0)
	})
}

// A run over a part of the module, or by some of the rules, knows what is known and calls nothing stale.
func TestBaselineOfPartialRuns(t *testing.T) {
	dir := module(t, price, clean, api)
	cloudlint(t, dir, "baseline", "create").want(t, 0, ".cloudlint-baseline: 2 findings in 2 lines")
	before := book(t, dir)
	for _, args := range [][]string{{"./store"}, {"store/store.go"}, {"--only", "serverdeadline"}} {
		cloudlint(t, dir, append(args, "--fail-on", "note")...).want(t, 0)
	}
	addFiles(t, dir, "-- store/store.go --\npackage store\n\nfunc Price(string) (int, bool) { return 0, true }\n")
	cloudlint(t, dir, "--tests=false", "--fail-on", "note").want(t, 0)
	for _, args := range [][]string{{"./api"}, {"--only", "serverdeadline"}, {"--disable", "CL1002"}} {
		cloudlint(t, dir, append(args, "--fail-on", "note")...).want(t, 0)
		r := cloudlint(t, dir, append([]string{"baseline", "prune"}, args...)...)
		if r.status != 0 || !strings.Contains(r.stdout, "kept: CL1002 in store Price was not found") {
			t.Errorf("prune %v: %+v", args, r)
		}
		if diff := cmp.Diff(before, book(t, dir)); diff != "" {
			t.Errorf("prune %v changed the file:\n%s", args, diff)
		}
	}
	cloudlint(t, dir, "baseline", "prune").want(t, 0, ".cloudlint-baseline:", ".cloudlint-baseline: 1 removed")
	wantBook(t, dir, "1 CL1002 api Serve")
}

// An entry whose function is compiled for another system only is not stale here.
func TestBaselineOfOtherSystems(t *testing.T) {
	dir := module(t, price, "-- store/dial.go --\npackage store\n\nfunc dial() { <-make(chan int) }\n")
	cloudlint(t, dir, "baseline", "create").want(t, 0, ".cloudlint-baseline: 2 findings")
	rename(t, dir, "store/dial.go", "store/dial_plan9.go")
	cloudlint(t, dir, "--fail-on", "note").want(t, 0)
	cloudlint(t, dir, "baseline", "check").want(t, 0, ".cloudlint-baseline:", ".cloudlint-baseline: ok")

	// Nor is one that a tag leaves out, wherever the tag is set.
	rename(t, dir, "store/dial_plan9.go", "store/dial.go")
	file := filepath.Join(dir, "store", "dial.go")
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	addFiles(t, dir, "-- store/dial.go --\n//go:build !integration\n\n"+string(code))
	for _, args := range [][]string{{"--fail-on", "note"}, {"baseline", "check"}} {
		cmd := command(dir, binary, args...)
		cmd.Env = append(cmd.Env, "GOFLAGS=-tags=integration")
		if r := execute(t, cmd); r.status != 0 || strings.Contains(r.stdout, "CL0004") {
			t.Errorf("%v under a tag: exit status %d\n%s%s", args, r.status, r.stdout, r.stderr)
		}
	}
}

// A finding whose cause lies in another package is known by its cause, whoever is the one to report it.
func TestBaselineOfCausesElsewhere(t *testing.T) {
	const cache = `
-- cache/cache.go --
package cache

type Cache struct{ items map[string]int }

func New() *Cache {
	c := &Cache{items: make(map[string]int)}
	go c.expire()
	return c
}

var ticks chan int

func (c *Cache) expire() {
	for {
		<-ticks
		clear(c.items)
	}
}
`
	handler := func(pkg string) string {
		return strings.ReplaceAll("-- PKG/h.go --\npackage PKG\n\nimport \"corp.example/shop/cache\"\n\n"+
			"func Handle(requests chan int) {\n\tfor range requests {\n\t\tcache.New()\n\t}\n}\n", "PKG", pkg)
	}
	dir := module(t, "-- go.mod --\nmodule corp.example/shop\n\ngo 1.26\n", cache, handler("b"), handler("c"))
	cloudlint(t, dir, "baseline", "create", "--only", "CL1021,CL0004").want(t, 0, ".cloudlint-baseline: 1 finding in 1 line")
	wantBook(t, dir, "1 CL1021 cache New anywhere")
	for _, pkg := range []string{"./b", "./c", "./cache", "./..."} {
		cloudlint(t, dir, "--only", "CL1021,CL0004", "--fail-on", "note", pkg).want(t, 0)
	}
	addFiles(t, dir, handler("a")) // now another package reports it
	cloudlint(t, dir, "--only", "CL1021,CL0004", "--fail-on", "note").want(t, 0)
	for _, pkg := range []string{"a", "b", "c"} {
		if err := os.RemoveAll(filepath.Join(dir, pkg)); err != nil {
			t.Fatal(err)
		}
	}
	cloudlint(t, dir, "--only", "CL1021,CL0004", "--fail-on", "note", "./cache").want(t, 0)
	cloudlint(t, dir, "--only", "CL1021,CL0004", "--fail-on", "note").want(t, 1, ".cloudlint-baseline:")
}

func TestBaselineAccept(t *testing.T) {
	dir := module(t, price, listen, api)
	cloudlint(t, dir, "baseline", "accept").wantError(t, 2, "say which findings to accept")
	cloudlint(t, dir, "baseline", "accept", "CL2001").wantError(t, 2, "no finding of the module is meant by CL2001")
	cloudlint(t, dir, "baseline", "accept", "store/listen.go:6", "--reason", "is \"replaced\"", "--until", "2027-01-31").want(t, 0, ".cloudlint-baseline: 1 new, now 1 finding in 1 line")
	wantBook(t, dir, `1 CL1001 store Listen until 2027-01-31 reason "is \"replaced\""`)
	cloudlint(t, dir).want(t, 1, "api/api.go:13:", "store/listen.go:7:", aFinding)
	cloudlint(t, dir, "baseline", "accept", "./api").want(t, 0, ".cloudlint-baseline: 1 new, now 2 findings in 2 lines")
	cloudlint(t, filepath.Join(dir, "api"), "baseline", "accept", "../store/store.go").want(t, 0, "../.cloudlint-baseline: 1 new")
	cloudlint(t, dir, "baseline", "accept", "--all").want(t, 0, ".cloudlint-baseline: 1 new, now 4 findings in 3 lines")
	cloudlint(t, dir).want(t, 0)
	// Who names a package or a rule means what is new; a reason that is there is changed at its finding only.
	book := []string{`1 CL1002 api Serve`, `1 CL1002 store Price`, `2 CL1001 store Listen until 2027-01-31 reason "is \"replaced\""`}
	cloudlint(t, dir, "baseline", "accept", "./...", "CL1002", "store/store.go", "--reason", "old").want(t, 0, ".cloudlint-baseline: 0 new, now 4")
	wantBook(t, dir, book...)
	cloudlint(t, dir, "baseline", "accept", "api/api.go:13", "store/store.go:6", "store/listen.go:6", "--reason", "old").want(t, 0, ".cloudlint-baseline: 0 new, 3 renewed, now 4")
	wantBook(t, dir, `1 CL1002 api Serve reason "old"`, `1 CL1002 store Price reason "old"`, `2 CL1001 store Listen until 2027-01-31 reason "old"`)

	// What is written by hand outlives a new beginning.
	cloudlint(t, dir, "baseline", "create").wantError(t, 2, "there is a baseline .cloudlint-baseline")
	cloudlint(t, dir, "baseline", "create", "--force").want(t, 0, ".cloudlint-baseline: 4 findings in 3 lines")
	wantBook(t, dir, `1 CL1002 api Serve reason "old"`, `1 CL1002 store Price reason "old"`, `2 CL1001 store Listen until 2027-01-31 reason "old"`)

	// When its time is over an entry does not count any more.
	on := func(day string, args ...string) result {
		cmd := command(dir, binary, args...)
		cmd.Env = append(cmd.Env, "CLOUDLINT_TODAY="+day)
		return execute(t, cmd)
	}
	on("2027-01-31").want(t, 0)
	late := on("2027-02-01")
	late.want(t, 1, "store/listen.go:6:", "store/listen.go:7:")
	if !strings.Contains(late.stdout, "(the baseline knew this until 2027-01-31: old)") {
		t.Errorf("no remark: %s", late.stdout)
	}
	on("2027-01-31", "baseline", "check").want(t, 0, ".cloudlint-baseline: ok")
	on("2027-02-01", "baseline", "check").want(t, 1, ".cloudlint-baseline:")
	on("soon").wantError(t, 2, "CLOUDLINT_TODAY")
}

// Programs that tell known findings from others get all of them, the others only what is new.
func TestBaselineFormats(t *testing.T) {
	dir := module(t, price)
	cloudlint(t, dir, "baseline", "create")
	addFiles(t, dir, listen)
	r := cloudlint(t, dir, "--format", "json", "--format", "sarif=out.sarif", "--format", "github=out.github")
	got := report(t, []byte(r.stdout))
	states := make(map[finding.State]int)
	for _, f := range got.Findings {
		states[f.BaselineState]++
	}
	if diff := cmp.Diff(map[finding.State]int{finding.New: 2, finding.Unchanged: 1}, states); diff != "" || got.Stats.Known != 1 {
		t.Errorf("%d known, states: %s", got.Stats.Known, diff)
	}
	sarif, err := os.ReadFile(filepath.Join(dir, "out.sarif"))
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results []struct{ BaselineState string }
		}
	}
	if err := json.Unmarshal(sarif, &log); err != nil {
		t.Fatal(err)
	}
	var inSARIF []string
	for _, res := range log.Runs[0].Results {
		inSARIF = append(inSARIF, res.BaselineState)
	}
	slices.Sort(inSARIF)
	if diff := cmp.Diff([]string{"new", "new", "unchanged"}, inSARIF); diff != "" {
		t.Errorf("in SARIF: %s", diff)
	}
	github, err := os.ReadFile(filepath.Join(dir, "out.github"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(github), "store/store.go") || strings.Count(string(github), "store/listen.go") < 2 {
		t.Errorf("annotations:\n%s", github)
	}
	if without := cloudlint(t, dir, "--format", "json", "--no-baseline"); strings.Contains(without.stdout, "baselineState") {
		t.Error("without a baseline there are states")
	}
}

func TestBaselineMisuse(t *testing.T) {
	dir := module(t, price)
	cloudlint(t, dir, "baseline", "check").wantError(t, 2, "`cloudlint baseline create` makes one")
	for _, command := range []string{"create", "accept", "prune", "check"} {
		for _, flag := range []string{"--staged", "--changed", "--new-from-rev=HEAD", "--new-from-merge-base=main", "--new-mode=lines"} {
			name, _, _ := strings.Cut(flag, "=")
			cloudlint(t, dir, "baseline", command, flag).wantError(t, 2, "there is no flag "+name)
		}
	}
	cloudlint(t, dir, "--baseline", "nowhere").wantError(t, 2, "--baseline names the baseline nowhere, which does not exist")
	cloudlint(t, dir, "--baseline", "x", "--no-baseline").wantError(t, 2, "give one of them")
	addFiles(t, dir, "-- .cloudlint.yml --\nversion: 1\nbaseline: lint/known\n")
	cloudlint(t, dir).wantError(t, 2, ".cloudlint.yml:2 names the baseline lint/known, which does not exist")
	if err := os.Mkdir(filepath.Join(dir, "lint"), 0o777); err != nil {
		t.Fatal(err)
	}
	cloudlint(t, dir, "baseline", "create").want(t, 0, "lint/known: 1 finding in 1 line")
	cloudlint(t, dir).want(t, 0)
	cloudlint(t, filepath.Join(dir, "store")).want(t, 0)
	addFiles(t, dir, "-- .cloudlint.yml --\nversion: 1\nbaseline: ../known\n")
	cloudlint(t, dir).wantError(t, 2, "want a file in the module")
	addFiles(t, dir, "-- .cloudlint.yml --\nversion: 1\n")
	for text, want := range map[string]string{
		"":                                     ".cloudlint-baseline:1: this is no baseline",
		"# cloudlint baseline 9":               ".cloudlint-baseline:1: this cloudlint reads version 1",
		"# cloudlint baseline 1\n<<<<<<< HEAD": ".cloudlint-baseline:2: a merge has left a conflict",
	} {
		addFiles(t, dir, "-- .cloudlint-baseline --\n"+text)
		cloudlint(t, dir).wantError(t, 2, want)
	}
	for _, args := range [][]string{{"baseline", "prune"}, {"baseline", "create", "--force"}, {"--only", "CL1001"}} {
		cloudlint(t, dir, args...).wantError(t, 2, ".cloudlint-baseline:")
	}
}

// Each module of a workspace has its own.
func TestBaselineOfWorkspace(t *testing.T) {
	dir := module(t, "-- go.work --\ngo 1.26\n\nuse (\n\t./a\n\t./b\n)\n",
		"-- a/go.mod --\nmodule corp.example/a\n\ngo 1.26\n", "-- b/go.mod --\nmodule corp.example/b\n\ngo 1.26\n")
	source := strings.SplitN(price, "-- store/store.go --\n", 2)[1]
	addFiles(t, dir, "-- a/a.go --\n"+source+"-- b/b.go --\n"+source)
	cloudlint(t, dir).want(t, 1, "a/a.go:6:", "b/b.go:6:")
	cloudlint(t, filepath.Join(dir, "a"), "baseline", "create").want(t, 0, ".cloudlint-baseline: 1 finding")
	cloudlint(t, dir).want(t, 1, "b/b.go:6:")
	cloudlint(t, dir, "baseline", "create", "-C", "b").want(t, 0, ".cloudlint-baseline: 1 finding")
	cloudlint(t, dir).want(t, 0)
	cloudlint(t, dir, "--baseline", "a/.cloudlint-baseline").wantError(t, 2, "covers the modules corp.example/a and corp.example/b")
	cloudlint(t, dir, "baseline", "check").wantError(t, 2, "work in the folder of one")
	addFiles(t, dir, "-- a/a.go --\npackage store\n")
	cloudlint(t, dir, "--fail-on", "note").want(t, 1, "a/.cloudlint-baseline:")
}

// The root module of a workspace has a baseline of its own, although its ./... reaches the modules below it.
func TestBaselineOfWorkspaceRoot(t *testing.T) {
	dir := module(t, price, "-- go.work --\ngo 1.26\n\nuse (\n\t.\n\t./tools\n)\n", "-- tools/go.mod --\nmodule corp.example/tools\n\ngo 1.26\n")
	addFiles(t, dir, "-- tools/tools.go --\n"+strings.SplitN(price, "-- store/store.go --\n", 2)[1])
	cloudlint(t, dir, "baseline", "create").want(t, 0, ".cloudlint-baseline: 1 finding in 1 line")
	wantBook(t, dir, "1 CL1002 store Price")
	cloudlint(t, filepath.Join(dir, "store"), "baseline", "check").want(t, 0, "../.cloudlint-baseline: ok")
	cloudlint(t, dir, "baseline", "create", "-C", "tools").want(t, 0, ".cloudlint-baseline: 1 finding in 1 line")
	cloudlint(t, dir).want(t, 0)
}

// The baseline of two branches is merged by git, and may not grow against the one that was there.
func TestBaselineInGit(t *testing.T) {
	dir := module(t, price, listen)
	commitAll(t, dir)
	cloudlint(t, dir, "baseline", "create").want(t, 0, ".cloudlint-baseline: 3 findings")
	cloudlint(t, dir, "baseline", "check", "--frozen", "main").want(t, 0, ".cloudlint-baseline: main has no such file", ".cloudlint-baseline: ok")
	cloudlint(t, dir, "baseline", "check", "--frozen", "nowhere").wantError(t, 2, "there is no branch, tag or commit nowhere")
	commitAll(t, dir)

	const more = "-- %[1]s/%[1]s.go --\npackage %[1]s\n\nfunc Get() { <-make(chan int) }\n"
	git(t, dir, "checkout", "-q", "-b", "ours")
	addFiles(t, dir, "-- store/listen.go --\npackage store\n"+fmt.Sprintf(more, "ours"))
	cloudlint(t, dir, "baseline", "accept", "--all")
	cloudlint(t, dir, "baseline", "prune").want(t, 0, ".cloudlint-baseline:", ".cloudlint-baseline: 2 removed")
	commitAll(t, dir)
	cloudlint(t, dir, "baseline", "check", "--frozen=main").want(t, 1, ".cloudlint-baseline:")
	git(t, dir, "checkout", "-q", "-b", "theirs", "main")
	addFiles(t, dir, "-- store/store.go --\npackage store\n"+fmt.Sprintf(more, "theirs"))
	cloudlint(t, dir, "baseline", "accept", "--all")
	cloudlint(t, dir, "baseline", "prune").want(t, 0, ".cloudlint-baseline:", ".cloudlint-baseline: 1 removed")
	commitAll(t, dir)
	git(t, dir, "merge", "-q", "-m", "merge", "ours")
	wantBook(t, dir, "1 CL1002 ours Get", "1 CL1002 theirs Get")
	cloudlint(t, dir, "--fail-on", "note").want(t, 0)
	cloudlint(t, dir, "baseline", "check", "--frozen", "theirs~1").want(t, 1, ".cloudlint-baseline:")
}

// A baseline that has moved is no first one: it is compared with what the revision has in the place that the revision's own
// configuration names.
func TestFrozenBaselineMoves(t *testing.T) {
	for name, c := range map[string]struct{ before, place, after, elsewhere string }{
		"to a name":      {"version: 1\n", ".cloudlint-baseline", "version: 1\nbaseline: known\n", "known"},
		"from a name":    {"version: 1\nbaseline: lint/known\n", "lint/known", "version: 1\n", ".cloudlint-baseline"},
		"between names":  {"version: 1\nbaseline: lint/known\n", "lint/known", "version: 1\nbaseline: known\n", "known"},
		"by an extended": {"version: 1\nextends: base.yml\n", "lint/known", "version: 1\nbaseline: known\n", "known"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := module(t, price, "-- lint/README --\n", "-- base.yml --\nversion: 1\nbaseline: lint/known\n", "-- .cloudlint.yml --\n"+c.before)
			cloudlint(t, dir, "baseline", "create").want(t, 0, c.place+": 1 finding")
			commitAll(t, dir)
			rename(t, dir, c.place, c.elsewhere)
			if err := os.RemoveAll(filepath.Join(dir, "lint")); err != nil {
				t.Fatal(err)
			}
			addFiles(t, dir, "-- .cloudlint.yml --\n"+c.after)
			was := c.elsewhere + ": in main the baseline is " + c.place
			cloudlint(t, dir, "baseline", "check", "--frozen", "main").want(t, 0, was, c.elsewhere+": ok, 1 finding")
			addFiles(t, dir, listen)
			cloudlint(t, dir, "baseline", "accept", "--all").want(t, 0, c.elsewhere+": 2 new")
			cloudlint(t, dir, "baseline", "check", "--frozen", "main").want(t, 1, was, c.elsewhere+":")
		})
	}
}

// One more of what the baseline knows is told with --new-from-rev as well, wherever it stands among the others: neither of
// the two filters takes it for the other one's.
func TestBaselineWithOnlyNew(t *testing.T) {
	dir := module(t, price, listen)
	cloudlint(t, dir, "baseline", "create").want(t, 0, ".cloudlint-baseline: 3 findings")
	commitAll(t, dir)
	edit(t, dir, "store/listen.go", "\tgo func()", "\tgo func() { make(chan int) <- 1 }()\n\tgo func()")
	for _, mode := range []string{"lines", "compare"} {
		cloudlint(t, dir, "--new-from-rev", "HEAD", "--new-mode", mode).want(t, 1, "store/listen.go:")
	}
}
