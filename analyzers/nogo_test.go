package analyzers_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/analyzers/clientdeadline"
	"github.com/cloudlint/cloudlint/analyzers/contextdeadline"
	"github.com/cloudlint/cloudlint/analyzers/contextdrop"
	"github.com/cloudlint/cloudlint/analyzers/detachedgoroutine"
	"github.com/cloudlint/cloudlint/analyzers/endlessgoroutine"
	"github.com/cloudlint/cloudlint/analyzers/goroutineleak"
	"github.com/cloudlint/cloudlint/analyzers/lostwait"
	"github.com/cloudlint/cloudlint/analyzers/serverdeadline"
)

// forNogo is the list that Bazel's nogo generates from the import paths in a BUILD file.
func forNogo() []*analysis.Analyzer {
	return []*analysis.Analyzer{
		clientdeadline.Analyzer,
		contextdeadline.Analyzer,
		contextdrop.Analyzer,
		detachedgoroutine.Analyzer,
		endlessgoroutine.Analyzer,
		goroutineleak.Analyzer,
		lostwait.Analyzer,
		serverdeadline.Analyzer,
	}
}

// Nogo links packages, each with a variable Analyzer, sees to it that they are valid together, sets no flags, and knows
// neither the list of this package nor the command.
func TestNogoContract(t *testing.T) {
	list := forNogo()
	if err := analysis.Validate(list); err != nil {
		t.Fatal(err)
	}
	var names, all []string
	for _, a := range list {
		names = append(names, a.Name)
	}
	for _, a := range analyzers.All() {
		all = append(all, a.Name)
	}
	if diff := cmp.Diff(all, names); diff != "" {
		t.Errorf("analyzers that nogo gets (-all +nogo):\n%s", diff)
	}
	docs, err := os.ReadFile("../docs/bazel.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if want := `"@com_github_cloudlint_cloudlint//analyzers/` + name + `",`; !strings.Contains(string(docs), want) {
			t.Errorf("docs/bazel.md does not have %s", want)
		}
	}
}

// Nogo itself, built by .ci/judge/nogo.sh as Bazel's rules build it, on the shop: package by package, in the order of
// imports, with the facts of what each imports.
func TestNogoProgram(t *testing.T) {
	nogo := os.Getenv("CLOUDLINT_NOGO")
	if nogo == "" {
		t.Skip("CLOUDLINT_NOGO names no program; .ci/full nogo builds one")
	}
	dir := unpackShop(t)
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Standard,Imports", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir, "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles, Imports        []string
		Standard                bool
	}
	var importcfg strings.Builder
	facts := make(map[string]string)
	var got []string
	line := regexp.MustCompile(`(?m)^(\S+\.go:\d+):\d+: (CL\d+): `)
	for packages := json.NewDecoder(strings.NewReader(string(out))); packages.More(); {
		var p listed
		if err := packages.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if p.Export != "" {
			importcfg.WriteString("packagefile " + p.ImportPath + "=" + p.Export + "\n")
		}
		if p.Standard { // of which nogo has no facts
			continue
		}
		tmp := t.TempDir()
		cfg := filepath.Join(tmp, "importcfg")
		if err := os.WriteFile(cfg, []byte(importcfg.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		facts[p.ImportPath] = filepath.Join(tmp, "facts")
		args := []string{"-p", p.ImportPath, "-importcfg", cfg, "-x", facts[p.ImportPath], "-fix_dir", tmp}
		for _, path := range p.Imports {
			if file, ok := facts[path]; ok {
				args = append(args, "-fact", path+"="+file)
			}
		}
		for _, file := range p.GoFiles {
			args = append(args, filepath.Join(p.Dir, file))
		}
		said, err := exec.Command(nogo, args...).CombinedOutput()
		if exit := new(exec.ExitError); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 3) { // 3: findings
			t.Fatalf("%s: %v\n%s", p.ImportPath, err, said)
		}
		t.Logf("%s\n%s", p.ImportPath, said)
		for _, m := range line.FindAllStringSubmatch(string(said), -1) {
			got = append(got, m[2]+" "+place(dir, m[1]))
		}
	}
	slices.Sort(got)
	want := []string{
		"CL1001 feed/feed.go:12", "CL1002 feed/relay.go:10", "CL1010 feed/feed.go:29",
		"CL1022 feed/relay.go:25", "CL1022 feed/relay.go:8", // for want of a list, no analyzer leaves a cause to another
		"CL2011 api/api.go:12", // known by a fact about another package
		"CL2012 store/store.go:11",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
