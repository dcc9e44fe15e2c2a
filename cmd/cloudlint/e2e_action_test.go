package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// more is a second finding, in a file of its own: CL1002 at store/more.go:6:15.
const more = `
-- store/more.go --
package store

// Count waits for an answer that nobody gives.

func Count(item string) (int, bool) {
	count, ok := <-make(chan int)
	if !ok {
		return 0, false
	}
	return count, true
}
`

// What an expression yields must not become text of a script: inputs, branches and titles come from anybody.
func TestActionScriptsHaveNoExpressions(t *testing.T) {
	a := readAction(t)
	if a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		t.Fatalf("no composite action: %+v", a)
	}
	var used []string
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %s: the script has an expression", s.Name)
		}
		if (s.Run == "") == (s.Uses == "") || s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %s: %+v", s.Name, s)
		}
		used = append(used, s.If)
		for _, value := range s.Env {
			used = append(used, value)
		}
	}
	for name, in := range a.Inputs {
		if in.Description == "" || in.Required || !strings.Contains(strings.Join(used, "\n"), "inputs."+name) {
			t.Errorf("input %s: %+v", name, in)
		}
	}
}

// gitOutput returns what git prints.
func gitOutput(t *testing.T, dir string, args ...string) string {
	t.Helper()
	git(t, dir, "version") // skips without git
	out, err := command(dir, "git", args...).Output()
	if err != nil {
		t.Fatalf("git %q: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// annotations returns the workflow commands of a log that the runner obeys.
func (j *job) annotations() (list []string) {
	stopped := ""
	for line := range strings.Lines(j.log) {
		line = strings.TrimSpace(line)
		token, stop := strings.CutPrefix(line, "::stop-commands::")
		switch {
		case stopped != "":
			if line == "::"+stopped+"::" {
				stopped = ""
			}
		case stop:
			stopped = token
		case strings.HasPrefix(line, "::") && !strings.HasPrefix(line, "::group::") && line != "::endgroup::":
			list = append(list, line)
		}
	}
	if stopped != "" {
		list = append(list, "commands are stopped until the end")
	}
	return list
}

// want checks the exit status and the beginnings of the annotations.
func (j *job) want(t *testing.T, status int, annotations ...string) {
	t.Helper()
	got := j.annotations()
	ok := j.status == status && len(got) == len(annotations)
	for i := range annotations {
		ok = ok && strings.HasPrefix(got[i], annotations[i])
	}
	if !ok {
		t.Errorf("got exit status %d and annotations\n%s\nwant %d and\n%s\nlog:\n%s",
			j.status, strings.Join(got, "\n"), status, strings.Join(annotations, "\n"), j.log)
	}
}

const (
	priceAnnotation = "::warning file=store/store.go,line=6,"
	moreAnnotation  = "::warning file=store/more.go,line=6,"
)

func TestActionAnnotates(t *testing.T) {
	dir := module(t, price, clean)
	commitAll(t, dir)
	r := newRunner(t, dir)
	j := r.run(map[string]string{"cache": "off"})
	j.want(t, 1, priceAnnotation)
	if !strings.Contains(j.summary, "store/store.go") || j.outputs["exit-status"] != "1" || j.outputs["sarif"] != "" {
		t.Errorf("summary %q, outputs %v", j.summary, j.outputs)
	}
	text, err := os.ReadFile(j.outputs["json"])
	if err != nil {
		t.Fatal(err)
	}
	if found := report(t, text).Findings; len(found) != 1 {
		t.Errorf("%+v", found)
	}
	if got := gitOutput(t, dir, "status", "--porcelain"); got != "" {
		t.Errorf("left in the checkout: %s", got)
	}

	edit(t, dir, "cart/cart.go", "sum += p", "sum += q")
	j = r.run(map[string]string{"cache": "off"})
	j.want(t, 3, "::error file=cart/cart.go,line=4,", "::error file=cart/cart.go,line=5,", priceAnnotation)

	edit(t, dir, "cart/cart.go", "sum += q", "sum += p")
	r.run(map[string]string{"cache": "off", "args": "--exit-zero"}).want(t, 0, priceAnnotation)
	r.run(map[string]string{"cache": "off", "working-directory": "cart"}).want(t, 0)
}

// Values reach the program as they are, and nothing in them is run.
func TestActionTakesInputsAsTheyAre(t *testing.T) {
	const odd = "it's \"odd\" $(touch run) `touch run` ; touch run"
	dir := module(t, strings.ReplaceAll(price+clean, "-- ", "-- "+odd+"/"))
	commitAll(t, dir)
	out := t.TempDir()
	r := newRunner(t, dir)
	j := r.run(map[string]string{
		"cache":             "off",
		"working-directory": odd,
		"args":              "--format=checkstyle=" + filepath.Join(out, odd) + ".xml\r\n\n--only=goroutineleak\n./...",
	})
	if j.status != 1 || len(j.annotations()) != 1 {
		t.Errorf("%d, %s", j.status, j.log)
	}
	names, err := filepath.Glob(filepath.Join(out, "*"))
	if err != nil || !slices.Equal(names, []string{filepath.Join(out, odd) + ".xml"}) {
		t.Errorf("%q, %v", names, err)
	}
	// The program itself is shown what it was given.
	j = r.run(map[string]string{"cache": "off", "working-directory": odd, "args": "--config=" + odd + ".yml"})
	if j.status != 2 || !strings.Contains(j.log, odd) {
		t.Errorf("%d, %s", j.status, j.log)
	}
	if got := gitOutput(t, dir, "status", "--porcelain"); got != "" {
		t.Errorf("something was run: %s", got)
	}
}

func TestActionSaysWhatIsWrong(t *testing.T) {
	dir := module(t, price)
	commitAll(t, dir)
	r := newRunner(t, dir)
	tests := []struct {
		inputs map[string]string
		want   string
	}{
		{map[string]string{"cache": "yes\n::set-output"}, "the input cache is \"yes%0A::set-output\": want one of auto always restore off"},
		{map[string]string{"only-new": "True"}, "the input only-new is \"True\": want one of true false"},
		{map[string]string{"upload-sarif": "100%"}, "the input upload-sarif is \"100%25\""},
		{map[string]string{"working-directory": "no where"}, "there is no folder no where"},
		{map[string]string{"args": "--preview ./..."}, "each line of the input args is one argument"},
		{map[string]string{"args": "--only CL2012=x"}, "instead of \"--only CL2012=x\""},
	}
	for _, test := range tests {
		inputs := map[string]string{"cache": "off"}
		for name, value := range test.inputs {
			inputs[name] = value
		}
		j := r.run(inputs)
		if got := j.annotations(); j.status != 2 || len(got) != 1 || !strings.HasPrefix(got[0], "::error title=cloudlint::") || !strings.Contains(got[0], test.want) {
			t.Errorf("%v: got %d and %q, want %q\n%s", test.inputs, j.status, got, test.want, j.log)
		}
	}
}

// The tool that go.mod names is what runs, and a version of one's own comes before it.
func TestActionInstallsWhatIsPinned(t *testing.T) {
	dir := module(t, price)
	useTool(t, dir)
	commitAll(t, dir)
	r := newRunner(t, dir)
	r.install = true
	j := r.run(map[string]string{"cache": "off"})
	j.want(t, 1, priceAnnotation)
	if len(r.path) != 1 || !strings.HasPrefix(j.logs["Install"], "::stop-commands::") || !strings.Contains(j.logs["Install"], "\ncloudlint v0.0.0") {
		t.Errorf("not the tool of go.mod: path %q, %s", r.path, j.logs["Install"])
	}
	r.env["GOPROXY"] = "off"
	r.run(map[string]string{"cache": "off", "version": "v0.0.1 $(touch run)"}).want(t, 2, "::error title=cloudlint::there is no cloudlint v0.0.1 $(touch run) to install")
}

// On a fork's pull request the token may not upload. Then findings are annotations; else code scanning shows them.
func TestActionUpload(t *testing.T) {
	dir := module(t, price, clean)
	commitAll(t, dir)
	r := newRunner(t, dir)
	r.upload = "failure"
	j := r.run(map[string]string{"cache": "off", "upload-sarif": "true"})
	j.want(t, 1, priceAnnotation)
	if j.steps["Upload to code scanning"] != "failure" || !strings.Contains(j.logs["Report"], "could not be uploaded") {
		t.Errorf("%v\n%s", j.steps, j.logs["Report"])
	}
	r.upload = "success"
	j = r.run(map[string]string{"cache": "off", "upload-sarif": "true"})
	j.want(t, 1)
	if !strings.Contains(j.logs["Report"], "store/store.go:6:15") {
		t.Errorf("the log has no findings: %s", j.logs["Report"])
	}
}

// The run on the default branch fills the cache, a pull request uses it.
func TestActionCacheKeys(t *testing.T) {
	dir := module(t, price)
	commitAll(t, dir)
	r := newRunner(t, dir)
	saves := func(inputs map[string]string) bool {
		t.Helper()
		j := r.run(inputs)
		j.want(t, 1, priceAnnotation)
		if vet := strings.Contains(j.log, "vet driver"); j.steps["Save the cache"] == "success" && !vet {
			t.Errorf("only the vet driver fills the cache: %s", j.log)
		}
		return j.steps["Save the cache"] == "success"
	}
	next := func(ref string) {
		t.Helper()
		git(t, dir, "commit", "-q", "--allow-empty", "-m", "m")
		r.env["GITHUB_SHA"], r.env["GITHUB_REF"] = gitOutput(t, dir, "rev-parse", "HEAD"), ref
	}
	steps := []struct {
		ref         string
		inputs      map[string]string
		save, found bool
	}{
		{"refs/heads/topic", map[string]string{"cache": "restore"}, false, false},
		{"refs/heads/topic", nil, true, false}, // nothing to restore
		{"refs/heads/topic", nil, false, true},
		{"refs/heads/main", nil, true, true},
		{"refs/heads/topic", map[string]string{"cache": "always"}, true, true},
		{"refs/heads/main", map[string]string{"working-directory": ".", "args": "./store"}, true, true}, // of another job
	}
	for i, s := range steps {
		next(s.ref)
		if got := saves(s.inputs); got != s.save {
			t.Errorf("%d: saves %t", i, got)
		}
		if got := r.caches.restored[i] != ""; got != s.found {
			t.Errorf("%d: restored %q", i, r.caches.restored)
		}
	}
	if saves(steps[5].inputs) { // the same commit again
		t.Error("saves again")
	}
	var keys []string
	for _, s := range r.caches.saved {
		keys = append(keys, s.key)
	}
	if diff := cmp.Diff(keys[1], r.caches.restored[4]); diff != "" {
		t.Errorf("the latest cache of the job comes first: %q, %q", keys, r.caches.restored)
	}
}

// Two commits on main and one on a branch, on three fresh machines that share nothing but the cache. It compiles the
// standard library and cloudlint once, so .ci/full asks for it.
func TestActionCacheIsUsed(t *testing.T) {
	if os.Getenv("CLOUDLINT_CI") == "" {
		t.Skip("CLOUDLINT_CI is not set")
	}
	dir := module(t, price, clean)
	edit(t, dir, "go.mod", "go 1.26\n", "go 1.26.0\n\nrequire golang.org/x/sync v0.24.0\n")
	addFiles(t, dir, "-- cart/wait.go --\npackage cart\n\nimport \"golang.org/x/sync/errgroup\"\n\nvar Group errgroup.Group\n")
	if out, err := command(dir, "go", "mod", "tidy").CombinedOutput(); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
	commitAll(t, dir)
	r := newRunner(t, dir)
	r.install, r.caches.files = true, true
	machine := t.TempDir()
	r.env["GOCACHE"], r.env["GOMODCACHE"] = filepath.Join(machine, "build"), filepath.Join(machine, "mod")
	t.Cleanup(func() { discard(t, machine) })

	commits := []struct {
		ref, change string
		save        bool
		want        []string
	}{
		{"refs/heads/main", "", true, []string{priceAnnotation}},
		{"refs/heads/main", more, true, []string{moreAnnotation, priceAnnotation}},
		{"refs/heads/topic", "-- cart/price.go --\npackage cart\n\nconst Price = 1\n", false, []string{moreAnnotation, priceAnnotation}},
	}
	var first time.Duration
	for i, c := range commits {
		discard(t, machine)
		if c.change != "" {
			addFiles(t, dir, c.change)
			commitAll(t, dir)
		}
		r.env["GITHUB_SHA"], r.env["GITHUB_REF"] = gitOutput(t, dir, "rev-parse", "HEAD"), c.ref
		j := r.run(nil)
		j.want(t, 1, c.want...)
		t.Logf("commit %d: restored %q; user CPU time of installing %v, of running %v", i+1, r.caches.restored[i], j.user["Install"], j.user["Run"])
		if got := j.steps["Save the cache"] == "success"; got != c.save || !strings.Contains(j.logs["Run"], "vet driver") {
			t.Errorf("saved %t: %s", got, j.logs["Run"])
		}
		took := j.user["Install"] + j.user["Run"]
		if i == 0 {
			first = took
		} else if r.caches.restored[i] != r.caches.saved[i-1].key || 4*took > first {
			t.Errorf("the cache is not used: %v, first %v; restored %q", took, first, r.caches.restored)
		}
	}
}

// discard removes what is in a folder, module caches included, which are read-only.
func discard(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(name, 0o777)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		err = errors.Join(err, os.RemoveAll(name))
	}
	if err != nil {
		t.Fatal(err)
	}
}
