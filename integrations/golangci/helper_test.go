package golangci_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The programs that the tests run, and a folder for golangci-lint's caches.
var bin struct{ linter, command, stock, work string }

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "golangci")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin.work = dir
	for _, p := range []struct {
		path      *string
		dir, name string
	}{
		{&bin.linter, ".", "./cmd/golangci-cloudlint"},
		{&bin.stock, ".", "github.com/golangci/golangci-lint/v2/cmd/golangci-lint"},
		{&bin.command, filepath.Join("..", ".."), "./cmd/cloudlint"},
	} {
		*p.path = filepath.Join(dir, filepath.Base(p.name))
		cmd := exec.Command("go", "build", "-C", p.dir, "-ldflags=-s -w", "-o", *p.path, p.name)
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n%s", cmd, err, out)
			return 1
		}
	}
	return m.Run()
}

// shop returns a copy of the module that the tests of the plugin analyse.
func shop(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "plugin", "testdata", "shop"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, text string, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// edit replaces text in a file.
func edit(t *testing.T, file, old, new string) {
	t.Helper()
	before := read(t, file)
	after := strings.ReplaceAll(before, old, new)
	if after == before {
		t.Fatalf("%s: there is no %q", file, old)
	}
	write(t, after, file)
}

// config is a .golangci.yml with our linters, all with the same settings.
func config(settings string, linters ...string) string {
	var b strings.Builder
	b.WriteString("version: \"2\"\nlinters:\n  default: none\n  enable: [" + strings.Join(linters, ", ") + "]\n  settings:\n")
	b.WriteString("    nolintlint: {require-explanation: false}\n    custom:\n")
	for _, name := range linters {
		if strings.HasPrefix(name, "cloudlint") {
			fmt.Fprintf(&b, "      %s:\n        type: module\n        settings: {%s}\n", name, settings)
		}
	}
	b.WriteString("issues:\n  max-issues-per-linter: 0\n  max-same-issues: 0\n  uniq-by-line: false\n")
	return b.String()
}

// A run is what a run of golangci-lint did.
type run struct {
	issues []issue
	stderr string
	code   int
}

type issue struct {
	FromLinter, Text string
	SuggestedFixes   []any
	Pos              struct {
		Filename     string
		Line, Column int
	}
}

// lint runs golangci-lint with the plugin in a folder, where a .golangci.yml is.
func lint(t *testing.T, dir string, args ...string) run {
	t.Helper()
	return start(t, bin.linter, dir, append([]string{"run", "--output.json.path=stdout", "--show-stats=false", "--allow-serial-runners"}, args...)...)
}

func start(t *testing.T, program, dir string, args ...string) run {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = environ("GOLANGCI_LINT_CACHE=" + filepath.Join(bin.work, "cache"))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	r := run{stderr: stderr.String(), code: cmd.ProcessState.ExitCode()}
	if stdout.Len() > 0 {
		var report struct{ Issues []issue }
		// golangci-lint --fix may print an empty line.
		if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
			t.Fatalf("%v in\n%s%s", err, stdout.Bytes(), stderr.Bytes())
		}
		r.issues = report.Issues
	}
	return r
}

func environ(more ...string) []string {
	return append(os.Environ(), append([]string{"GOFLAGS=-mod=mod", "GOWORK=off", "NO_COLOR=1"}, more...)...)
}

var code = regexp.MustCompile(`^(?:cloudlint: )?(CL\d{4}) (error|warning|note): `)

// found returns the issues of our linters as "file:line CODE severity".
func found(t *testing.T, r run) []string {
	t.Helper()
	lines := []string{}
	for _, i := range r.issues {
		if !strings.HasPrefix(i.FromLinter, "cloudlint") {
			continue
		}
		m := code.FindStringSubmatch(i.Text)
		if m == nil {
			t.Errorf("text %q", i.Text)
			continue
		}
		lines = append(lines, fmt.Sprintf("%s:%d %s %s", filepath.ToSlash(i.Pos.Filename), i.Pos.Line, m[1], m[2]))
	}
	slices.Sort(lines)
	return lines
}

// command runs the cloudlint command in a folder, and returns its findings in the same form.
func command(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(bin.command, append([]string{"--exit-zero", "--format=json"}, args...)...)
	cmd.Dir = dir
	cmd.Env = environ()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var report struct {
		Root     string
		Findings []struct {
			Code, Severity, File string
			Line                 int
		}
	}
	if err := cmp.Or(err, json.Unmarshal(out, &report)); err != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr.Bytes())
	}
	lines := []string{}
	for _, f := range report.Findings {
		file := f.File
		if rel, err := filepath.Rel(dir, filepath.Join(report.Root, f.File)); err == nil && !filepath.IsAbs(f.File) {
			file = filepath.ToSlash(rel)
		}
		lines = append(lines, fmt.Sprintf("%s:%d %s %s", file, f.Line, f.Code, f.Severity))
	}
	slices.Sort(lines)
	return lines
}
