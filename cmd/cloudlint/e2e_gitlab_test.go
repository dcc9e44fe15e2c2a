package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"
)

// A gitlabJob is the job of the template for GitLab CI.
type gitlabJob struct {
	Stage, Image string
	Needs        []string
	Rules        []struct{ If string }
	Variables    map[string]string
	Cache        struct {
		Key, When string
		Paths     []string
	}
	Script    []string
	Artifacts struct {
		When    string
		Reports struct{ Codequality string }
	}
}

func readGitLabJob(t *testing.T) gitlabJob {
	t.Helper()
	file, err := os.Open(filepath.Join(repository(t), "integrations", "gitlab", "cloudlint.yml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var jobs map[string]gitlabJob
	dec := yaml.NewDecoder(file)
	dec.KnownFields(true)
	if err := dec.Decode(&jobs); err != nil {
		t.Fatal(err)
	}
	job, ok := jobs["cloudlint"]
	if !ok || len(jobs) != 1 || len(job.Script) != 1 {
		t.Fatalf("%+v", jobs)
	}
	return job
}

// gitlab runs the job in a checkout as a runner would: with the job's variables, and over these the given ones.
func gitlab(t *testing.T, dir string, variables map[string]string) result {
	t.Helper()
	job := readGitLabJob(t)
	env := map[string]string{"CI": "true", "CI_PROJECT_DIR": dir}
	for name, value := range job.Variables {
		env[name] = strings.ReplaceAll(value, "$CI_PROJECT_DIR", dir)
	}
	// The machine's caches: nothing is compiled twice for the tests.
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		if !slices.Contains(job.Cache.Paths, strings.TrimPrefix(filepath.Dir(env[name]), dir+"/")+"/") {
			t.Errorf("%s is %s, and the cache keeps %q", name, env[name], job.Cache.Paths)
		}
		env[name] = strings.TrimSpace(execute(t, command(dir, "go", "env", name)).stdout)
	}
	maps.Copy(env, variables)
	cmd := command(dir, "sh", "-c", job.Script[0])
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return execute(t, cmd)
}

// quality returns the places in the report that GitLab would take.
func quality(t *testing.T, dir string) (places []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, readGitLabJob(t).Artifacts.Reports.Codequality))
	if err != nil {
		t.Fatal(err)
	}
	var entries []struct {
		Location struct{ Path string }
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		places = append(places, e.Location.Path)
	}
	return places
}

// useTool makes cloudlint, as it is here, a tool of the module in a folder. What it requires is copied, not found out.
func useTool(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	requires := "\tgithub.com/cloudlint/cloudlint v0.0.0-00010101000000-000000000000 // indirect\n"
	for _, r := range own.Require {
		requires += "\t" + r.Mod.Path + " " + r.Mod.Version + " // indirect\n"
	}
	sums, err := os.ReadFile(filepath.Join(repository(t), "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	addFiles(t, dir, "-- go.mod --\nmodule corp.example/shop\n\ngo "+own.Go.Version+"\n\ntool github.com/cloudlint/cloudlint/cmd/cloudlint\n\n"+
		"require (\n"+requires+")\n\nreplace github.com/cloudlint/cloudlint => "+repository(t)+"\n-- go.sum --\n"+string(sums))
}

func TestGitLabJob(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("names of files that Windows does not have")
	}
	dir := module(t, price, clean)
	commitAll(t, dir)
	r := gitlab(t, dir, nil)
	if r.status != 2 || !strings.Contains(r.stderr, "set CLOUDLINT_VERSION, or make cloudlint a tool of the module") {
		t.Errorf("without a version: %+v", r)
	}

	useTool(t, dir)
	commitAll(t, dir)
	old := gitOutput(t, dir, "rev-parse", "HEAD")
	gitlab(t, dir, nil).want(t, 1, aFinding)
	if diff := cmp.Diff([]string{"store/store.go"}, quality(t, dir)); diff != "" {
		t.Error(diff)
	}

	// The job fails for what the merge request brings. The report has the rest, which would else count as mended.
	addFiles(t, dir, more)
	commitAll(t, dir)
	mergeRequest := map[string]string{"CI_MERGE_REQUEST_DIFF_BASE_SHA": old}
	gitlab(t, dir, mergeRequest).want(t, 1, "store/more.go:6:15: CL1002 ")
	if diff := cmp.Diff([]string{"store/more.go", "store/store.go"}, quality(t, dir)); diff != "" {
		t.Error(diff)
	}
	mergeRequest["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] = gitOutput(t, dir, "rev-parse", "HEAD") // merged results: there already
	gitlab(t, dir, mergeRequest).want(t, 0)
	mergeRequest["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] = strings.Repeat("1", 40)
	if r := gitlab(t, dir, mergeRequest); r.status != 2 || !strings.Contains(r.stderr, strings.Repeat("1", 40)) {
		t.Errorf("the commit does not exist: %+v", r)
	}
	mergeRequest["CLOUDLINT_ONLY_NEW"] = "false"
	if r := gitlab(t, dir, mergeRequest); r.status != 1 || strings.Count(r.stdout, "CL1002") != 2 {
		t.Errorf("all: %+v", r)
	}

	// Variables are taken as they are.
	const odd = "it's \"odd\" $(touch run) `touch run` ; touch run"
	if err := os.Rename(filepath.Join(dir, "cart"), filepath.Join(dir, odd)); err != nil {
		t.Fatal(err)
	}
	commitAll(t, dir)
	out := t.TempDir()
	r = gitlab(t, dir, map[string]string{"CLOUDLINT_DIR": odd, "CLOUDLINT_ARGS": "--format=junit=" + filepath.Join(out, odd) + ".xml\n\n../store"})
	r.want(t, 1, "../store/more.go:6:15: CL1002 ", "../store/store.go:6:15: CL1002 ")
	if names, _ := filepath.Glob(filepath.Join(out, "*")); !slices.Equal(names, []string{filepath.Join(out, odd) + ".xml"}) {
		t.Errorf("%q", names)
	}
	// Neither report nor cache is a file of the work tree, which would be new.
	if got := gitOutput(t, dir, "status", "--porcelain"); got != "" {
		t.Errorf("left in the checkout: %s", got)
	}
}
