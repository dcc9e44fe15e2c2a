package adopt

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

const gomod = "-- go.mod --\nmodule corp.example/shop\n\ngo 1.26.1\n"

// repository writes the files of txtar archives to a new folder.
func repository(t *testing.T, archives ...string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(strings.Join(archives, ""))).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func propose(t *testing.T, root, dir string, only ...Part) *Proposal {
	t.Helper()
	project, err := Examine(root, filepath.Join(root, filepath.FromSlash(dir)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Propose(project, Options{Only: only, Ref: "v0.1.0"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func paths(p *Proposal) []string {
	var names []string
	for _, c := range p.Changes {
		names = append(names, c.Path)
	}
	return names
}

func writeFile(path string, text []byte) error { return os.WriteFile(path, text, 0o666) }

const everything = gomod + `-- .github/workflows/test.yml --
on: push
-- .gitlab-ci.yml --
build:
  script: [make]
-- .pre-commit-config.yaml --
repos:
  - repo: local
-- lefthook.yml --
pre-commit:
  jobs:
    - run: make
-- renovate.json --
{}
`

// What is written is proposed no more, whatever was there before.
func TestProposeTwice(t *testing.T) {
	root := repository(t, everything)
	p := propose(t, root, ".")
	want := []string{".cloudlint.yml", ".github/workflows/cloudlint.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml", "lefthook.yml"}
	if diff := cmp.Diff(want, paths(p)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(p.Notes) != 1 || !strings.HasPrefix(p.Notes[0], "renovate.json: ") || len(p.Done) > 0 {
		t.Errorf("notes %q, done %q", p.Notes, p.Done)
	}
	if err := p.Write(writeFile); err != nil {
		t.Fatal(err)
	}
	again := propose(t, root, ".")
	if len(again.Changes)+len(again.Notes) > 0 || len(again.Diff()) > 0 {
		t.Errorf("the second time: %q, %q", paths(again), again.Notes)
	}
	if diff := cmp.Diff(want, again.Done); diff != "" {
		t.Errorf("done: -want +got:\n%s", diff)
	}
}

func TestProposeParts(t *testing.T) {
	tests := []struct {
		name, files string
		only        []Part
		want        []string
	}{
		{"nothing in use", gomod, nil, []string{".cloudlint.yml"}},
		{"asked for without a sign of it", gomod, []Part{GitHub, GitLab, PreCommit, Lefthook},
			[]string{".github/workflows/cloudlint.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml", "lefthook.yml"}},
		{"one of several in use", everything, []Part{PreCommit}, []string{".pre-commit-config.yaml"}},
		{"a comment is no use", gomod + "-- .pre-commit-config.yaml --\nrepos:\n- repo: local # not cloudlint\n", []Part{PreCommit}, []string{".pre-commit-config.yaml"}},
		{"another name", gomod + "-- .cloudlint.yaml --\nversion: 1\n", nil, nil},
		{"a job of another workflow", gomod + "-- .github/workflows/ci.yaml --\njobs: {a: {steps: [{run: go tool cloudlint}]}}\n", []Part{GitHub}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, paths(propose(t, repository(t, test.files), ".", test.only...))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Where the place is not certain, nothing is changed, and the text to add is told.
func TestProposeByHand(t *testing.T) {
	tests := []struct {
		name, files string
		part        Part
		want        []string
	}{
		{"flow list", "-- .pre-commit-config.yaml --\nrepos: []\n", PreCommit, []string{"not certain", "    - repo: https://github.com/cloudlint/cloudlint", "      rev: v0.1.0"}},
		{"other stages", "-- .gitlab-ci.yml --\nstages: [build, deploy]\n", GitLab, []string{"the stages here are build, deploy", "    cloudlint:\n      image: "}},
		{"another kind of hook", "-- lefthook.yml --\npre-commit:\n  scripts: {}\n", Lefthook, []string{"already", "    pre-commit:\n      commands:"}},
		{"no YAML", "-- lefthook.toml --\n", Lefthook, []string{"lefthook.toml: init writes YAML only"}},
		{"an include that is no list", "-- .gitlab-ci.yml --\ninclude: ours.yml\n", GitLab, []string{"not written as a block", "      - remote: https://"}},
		{"broken", "-- .gitlab-ci.yml --\na: [\n", GitLab, []string{"not certain"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := propose(t, repository(t, gomod, test.files), ".", test.part)
			if len(p.Changes) > 0 || len(p.Notes) != 1 {
				t.Fatalf("changes %q, notes %q", paths(p), p.Notes)
			}
			for _, part := range test.want {
				if !strings.Contains(p.Notes[0], part) {
					t.Errorf("no %q in\n%s", part, p.Notes[0])
				}
			}
		})
	}
}

func TestProposeModules(t *testing.T) {
	const two = "-- api/go.mod --\nmodule corp.example/api\n\ngo 1.26\n-- worker/go.mod --\nmodule corp.example/worker\n\ngo 1.27rc1\n" +
		"-- node_modules/x/go.mod --\nmodule x\n-- worker/testdata/m/go.mod --\nmodule m\n"
	tests := []struct {
		name, files, dir string
		config           string
		workflow, job    []string // lines
	}{
		{"one in the root", gomod, ".", ".cloudlint.yml", []string{"go-version-file: go.mod"}, []string{"image: golang:1.26"}},
		{"several", two, ".", ".cloudlint.yml", []string{"go-version-file: api/go.mod", "args: |", "./api/...", "./worker/..."}, []string{"image: golang:1.27", "CLOUDLINT_ARGS: |", "./api/...", "./worker/..."}},
		{"a workspace", two + "-- go.work --\ngo 1.27\n", ".", ".cloudlint.yml", []string{"go-version-file: go.work"}, nil},
		{"one of several", two, "worker", "worker/.cloudlint.yml", []string{"go-version-file: worker/go.mod", "working-directory: worker"}, []string{"CLOUDLINT_DIR: worker"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := propose(t, repository(t, test.files), test.dir, Config, GitHub, GitLab)
			if len(p.Changes) != 3 || p.Changes[0].Path != test.config {
				t.Fatalf("got %q", paths(p))
			}
			for i, lines := range [][]string{test.workflow, test.job} {
				for _, line := range lines {
					if !strings.Contains(string(p.Changes[i+1].New), " "+line+"\n") {
						t.Errorf("no line %q in\n%s", line, p.Changes[i+1].New)
					}
				}
			}
		})
	}
	if _, err := Examine(t.TempDir(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "no go.mod") {
		t.Errorf("without a module: %v", err)
	}
}

func TestProposeGolangci(t *testing.T) {
	p := propose(t, repository(t, gomod, "-- .golangci.yml --\nversion: \"2\"\nlinters:\n  default: none\n  enable: [noctx, bodyclose, fatcontext, gosec]\n-- .custom-gcl.yml --\nversion: v2.15.0\n"), ".", Config)
	notes := strings.Join(p.Notes, "\n")
	for _, part := range []string{"noctx ", "CL2012, CL2013, CL2032, CL2034", "gosec G114", "bodyclose, fatcontext find; keep them", ".custom-gcl.yml: "} {
		if !strings.Contains(notes, part) {
			t.Errorf("no %q in\n%s", part, notes)
		}
	}
	for _, part := range []string{"contextcheck", "lostcancel", "spancheck"} {
		if strings.Contains(notes, part) {
			t.Errorf("%q in\n%s", part, notes)
		}
	}
}

// Nothing is written through a symbolic link, be it the file or a folder above it.
func TestProposeLinks(t *testing.T) {
	outside := repository(t, "-- workflows/x.yml --\non: push\n-- hooks.yaml --\nrepos:\n- repo: local\n")
	root := repository(t, gomod)
	for name, target := range map[string]string{".github": outside, ".pre-commit-config.yaml": filepath.Join(outside, "hooks.yaml"), ".cloudlint.yml": filepath.Join(outside, "nowhere")} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Skip(err)
		}
	}
	p := propose(t, root, ".", GitHub, PreCommit, Config)
	if len(p.Changes) > 0 || len(p.Notes) != 2 {
		t.Fatalf("changes %q, notes %q", paths(p), p.Notes)
	}
	for i, want := range []string{".github is a symbolic link", "    - repo: https://github.com/cloudlint/cloudlint\n"} {
		if !strings.Contains(p.Notes[i], want) {
			t.Errorf("no %q in\n%s", want, p.Notes[i])
		}
	}
}

func TestWriteFails(t *testing.T) {
	t.Run("the folder is a file", func(t *testing.T) {
		root := repository(t, gomod, "-- .github --\nfile\n")
		err := propose(t, root, ".", Config, GitHub).Write(writeFile)
		if err == nil || !strings.Contains(err.Error(), ".github/workflows/cloudlint.yml") || !strings.Contains(err.Error(), "written before: .cloudlint.yml") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("read-only", func(t *testing.T) {
		if os.Getuid() == 0 || runtime.GOOS == "windows" {
			t.Skip("permissions do not hold")
		}
		root := repository(t, gomod)
		if err := os.Chmod(root, 0o555); err != nil {
			t.Fatal(err)
		}
		err := propose(t, root, ".", Config).Write(writeFile)
		if err == nil || !strings.Contains(err.Error(), ".cloudlint.yml cannot be written: permission denied; nothing is written") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("changed meanwhile", func(t *testing.T) {
		root := repository(t, everything)
		p := propose(t, root, ".")
		if err := os.WriteFile(filepath.Join(root, "lefthook.yml"), []byte("a: 1\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		err := p.Write(writeFile)
		if err == nil || !strings.Contains(err.Error(), "nothing is written: lefthook.yml has changed") {
			t.Errorf("got %v", err)
		}
		if _, err := os.Stat(filepath.Join(root, ".cloudlint.yml")); !errors.Is(err, os.ErrNotExist) {
			t.Error("something is written all the same")
		}
	})
}

func TestParseParts(t *testing.T) {
	parts, err := ParseParts([]string{"github", "pre-commit", "github"})
	if diff := cmp.Diff([]Part{GitHub, PreCommit}, parts); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := ParseParts([]string{"githup"}); err == nil || !strings.Contains(err.Error(), "did you mean github?") {
		t.Errorf("got %v", err)
	}
}

// The lines of a list of includes, and of the job, stand where they belong.
func TestProposeGitLab(t *testing.T) {
	p := propose(t, repository(t, gomod, "-- .gitlab-ci.yml --\ninclude:\n  - local: a.yml # ours\n\nbuild:\n  script: [make]\n"), ".", GitLab)
	const want = `include:
  - local: a.yml # ours
  - remote: https://raw.githubusercontent.com/cloudlint/cloudlint/v0.1.0/integrations/gitlab/cloudlint.yml

build:
  script: [make]

cloudlint:
  image: golang:1.26
  variables:
    CLOUDLINT_VERSION: v0.1.0
`
	if len(p.Changes) != 1 {
		t.Fatalf("%q", p.Notes)
	}
	if diff := cmp.Diff(want, string(p.Changes[0].New)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The pages of the documentation show what init writes.
func TestPagesShowTheTemplates(t *testing.T) {
	v := Values{Ref: "v0.1.0", Go: "1.26", GoVersionFile: "go.mod", Packages: []string{"./..."}}
	tests := []struct {
		page, template string
		indented       int
	}{
		{"init.md", "cloudlint", 0},
		{"init.md", "github", 0},
		{"init.md", "gitlab-include", 2},
		{"init.md", "gitlab-job", 0},
		{"init.md", "pre-commit", 2},
		{"init.md", "lefthook-command", 4},
		{"init.md", "lefthook-job", 4},
		{"pre-commit.md", "lefthook-job", 4},
		{"ci/github.md", "github", 0},
		{"ci/gitlab.md", "gitlab-include", 2},
		{"ci/gitlab.md", "gitlab-job", 0},
	}
	for _, test := range tests {
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", filepath.FromSlash(test.page)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := Text(test.template, v)
		if err != nil {
			t.Fatal(err)
		}
		if text = indent(text, test.indented); !strings.Contains(strings.ReplaceAll(string(page), "\r\n", "\n"), "\n"+text) {
			t.Errorf("docs/%s does not show the template %s:\n%s", test.page, test.template, text)
		}
	}
}
