package vettool_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A vetConfig is a vet.cfg file for a package without imports.
type vetConfig struct {
	ID, ImportPath, GoVersion string
	Dir                       string
	GoFiles                   []string
	PackageVetx               map[string]string `json:",omitempty"`
	ModulePath                string            `json:",omitempty"`
	ModuleVersion             string            `json:",omitempty"`
	Module                    *analysis.Module  `json:",omitempty"`
	VetxOnly                  bool
	VetxOutput, Stdout        string
}

// A direct is one start of the tool, without go vet.
type direct struct {
	status         int
	stdout, stderr string
	records        []wire.Record
	printed, facts bool // the files exist
}

// start runs the tool on a package with one file.
func start(t *testing.T, src string, configure func(*vetConfig), args ...string) direct {
	t.Helper()
	dir := t.TempDir()
	c := vetConfig{
		ID: "corp.example/p", ImportPath: "corp.example/p", GoVersion: "go1.26.0",
		Dir: dir, GoFiles: []string{filepath.Join(dir, "p.go")},
		ModulePath: "corp.example/p",
		VetxOutput: filepath.Join(dir, "vet.out"), Stdout: filepath.Join(dir, "vet.stdout"),
	}
	if configure != nil {
		configure(&c)
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"p.go": src, "vet.cfg": string(data)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	r := exe(t, append(args, filepath.Join(dir, "vet.cfg"))...)
	r.stderr = strings.ReplaceAll(r.stderr, dir, "$DIR")
	out, err := os.ReadFile(c.Stdout)
	if r.printed = err == nil; r.printed && strings.Contains(strings.Join(args, " "), "-record") {
		r.records = unittest.Decode(t, string(out))
	}
	_, err = os.Stat(c.VetxOutput)
	r.facts = err == nil
	return r
}

func exe(t *testing.T, args ...string) direct {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return direct{status: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
}

const forever = "package p\n\nfunc Wait() { select {} }\n\nfunc Call() { Wait() }\n"

func TestMainIsOnlyAskedByGo(t *testing.T) {
	for _, args := range [][]string{nil, {"./..."}, {"run", "vet.cfg"}, {"-V=short"}, {"-flags", "./..."}, {"--help"}, {"-json", "./..."}} {
		if vettool.Main(args, func() []*analysis.Analyzer { t.Error("it makes analyzers"); return nil }) {
			t.Errorf("%q is not for the vettool", args)
		}
	}
}

func TestVersion(t *testing.T) {
	first, second := exe(t, "-V=full"), exe(t, "-V=full")
	if first.stdout != second.stdout || !regexp.MustCompile(`^\S+ version devel \S+ buildID=[0-9a-f]{64}\n$`).MatchString(first.stdout) {
		t.Errorf("%q", first.stdout)
	}
}

func TestFlagsForGo(t *testing.T) {
	var list []struct {
		Name  string
		Bool  bool
		Usage string
	}
	if err := json.Unmarshal([]byte(exe(t, "-flags").stdout), &list); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	for _, f := range list {
		got[f.Name] = f.Bool
	}
	want := map[string]bool{"json": true, "record": true, "inside": false, "exits": false, "models": false, "preview": true, "tests": true, "unsafe-fixes": true,
		"sleepy": true, "sleepy.verb": false, "sleepy.panic": true, "forever": true, "forever.preview": true}
	for name, isBool := range want {
		if is, ok := got[name]; !ok || is != isBool {
			t.Errorf("-%s: there is one: %t, boolean: %t", name, ok, is)
		}
	}
}

func TestUnits(t *testing.T) {
	found := []string{"p/p.go:5:19: CL9002: Wait never returns (p/p.go:3: it blocks here)"}
	tests := []struct {
		name      string
		configure func(*vetConfig)
		args      []string
		want      []string // findings; nil: the unit is outside
	}{
		{"the main module before Go 1.27", nil, nil, found},
		{"the main module", func(c *vetConfig) { c.ModulePath, c.Module = "", &analysis.Module{Path: "corp.example/p", Main: true} }, nil, found},
		{"a workspace's module that replaces a version", func(c *vetConfig) {
			c.ModulePath, c.Module = "", &analysis.Module{Path: "corp.example/p", Version: "v1.0.0", Main: true}
		}, nil, found},
		{"a dependency before Go 1.27", func(c *vetConfig) { c.ModuleVersion = "v1.0.0" }, nil, nil},
		{"a dependency", func(c *vetConfig) {
			c.ModulePath, c.Module = "", &analysis.Module{Path: "corp.example/p", Version: "v1.0.0"}
		}, nil, nil},
		{"the standard library", func(c *vetConfig) { c.ModulePath = "" }, nil, nil},
		{"files", func(c *vetConfig) { c.ModulePath, c.ImportPath = "", "command-line-arguments" }, nil,
			[]string{"command-line-arguments/p.go:5:19: CL9002: Wait never returns (command-line-arguments/p.go:3: it blocks here)"}},
		{"a pattern that matches", func(c *vetConfig) { c.ModuleVersion = "v1.0.0" }, []string{"-inside=other,corp.example/..."}, found},
		{"a pattern that does not", nil, []string{"-inside=other"}, nil},
		{"the last patterns", nil, []string{"-inside=corp.example/p", "--inside=other"}, nil},
		{"patterns in an argument of their own", nil, []string{"-sleepy.verb", "x", "-inside", "other"}, nil},
		{"patterns in an argument of their own that match", nil, []string{"-inside", "corp.example/p"}, found},
		{"a dependency inside", func(c *vetConfig) { c.VetxOnly = true }, nil, found},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, forever, tt.configure, append(tt.args, "-record", "-json")...)
			if r.status != 0 || r.stdout != "" || r.stderr != "" || !r.facts {
				t.Errorf("status %d, facts %t, %s%s", r.status, r.facts, r.stdout, r.stderr)
			}
			if r.printed != (tt.want != nil) {
				t.Errorf("a record: %t", r.printed)
			}
			expect(t, r.records, tt.want...)
		})
	}
}

func TestTypeErrors(t *testing.T) {
	const src = "package p\n\nfunc F() int { return missing }\n\nvar x int = \"\"\n"
	r := start(t, src, nil, "-record", "-json")
	want := "$DIR/p.go:3:23: undefined: missing\n$DIR/p.go:5:13: cannot use \"\" (untyped string constant) as int value in variable declaration\n"
	if r.status != 1 || r.stderr != want || r.facts {
		t.Errorf("status %d, facts %t: %s", r.status, r.facts, r.stderr)
	}
	// Nobody asked for it now, but what is kept may be replayed when somebody does.
	r = start(t, src, func(c *vetConfig) { c.VetxOnly = true }, "-record", "-json")
	if r.status != 0 || r.stderr != "" || !r.facts || len(r.records) != 1 || len(r.records[0].Failed) != 1 {
		t.Errorf("status %d, facts %t, records %v: %s", r.status, r.facts, r.records, r.stderr)
	}
	if r = start(t, "package p\n\nfunc {\n", nil); r.status != 1 || !strings.HasPrefix(r.stderr, "$DIR/p.go:3:6: expected 'IDENT'") {
		t.Errorf("a syntax error: status %d: %s", r.status, r.stderr)
	}
	many := "package p\n\n" + strings.Repeat("var _ = missing\n", 30)
	if r = start(t, many, nil); strings.Count(r.stderr, "\n") != 11 || !strings.HasSuffix(r.stderr, "too many errors\n") {
		t.Errorf("many errors: %s", r.stderr)
	}
}

func TestP14NewerGo(t *testing.T) {
	r := start(t, forever, func(c *vetConfig) { c.GoVersion = "go1.99.1" }, "-record", "-json")
	if r.status != 1 || !strings.HasPrefix(r.stderr, "cloudlint: package corp.example/p needs go1.99, but this cloudlint was built with go1.") ||
		!strings.HasSuffix(r.stderr, "install it again with GOTOOLCHAIN=go1.99.1 or newer\n") {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
}

func TestCorruptInput(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "lib.vetx")
	if err := os.WriteFile(bad, []byte("cloudlint facts 1\nxx"), 0o666); err != nil {
		t.Fatal(err)
	}
	r := start(t, forever, func(c *vetConfig) { c.PackageVetx = map[string]string{"corp.example/lib": bad} })
	if r.status != 1 || !strings.HasPrefix(r.stderr, "cloudlint: the facts of package corp.example/lib cannot be read") || r.facts {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
	name := filepath.Join(t.TempDir(), "vet.cfg")
	if err := os.WriteFile(name, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if r := exe(t, name); r.status != 1 || !strings.HasPrefix(r.stderr, "cloudlint: reading "+name) {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
	if r := start(t, forever, nil, "-nope"); r.status != 2 || !strings.HasPrefix(r.stderr, "cloudlint: flag provided but not defined: -nope") {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
}

// Sizes are those of the architecture that is analysed.
func TestSizes(t *testing.T) {
	const src = "package p\n\nconst word = 4 << (^uint(0) >> 63)\n\nvar _ [4]int = [word]int{}\n"
	t.Setenv("GOARCH", "386")
	if r := start(t, src, nil); r.status != 0 {
		t.Error(r.stderr)
	}
	t.Setenv("GOARCH", "amd64")
	if r := start(t, src, nil); r.status != 1 {
		t.Errorf("status %d", r.status)
	}
	t.Setenv("GOARCH", "pdp11")
	if r := start(t, src, nil); r.status != 1 || !strings.Contains(r.stderr, "unknown architecture pdp11") {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
}

// Before Go 1.26 the go command asks for no JSON.
func TestText(t *testing.T) {
	r := start(t, forever, nil)
	if diff := cmp.Diff("$DIR/p.go:5:19: CL9002: Wait never returns\n", r.stderr); diff != "" || r.status != 1 {
		t.Errorf("status %d: %s", r.status, diff)
	}
	r = start(t, forever, func(c *vetConfig) { c.VetxOnly = true })
	if r.status != 0 || r.stderr != "" {
		t.Errorf("a dependency: status %d: %s", r.status, r.stderr)
	}
}
