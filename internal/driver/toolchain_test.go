package driver

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestP14 has the ways in which a Go toolchain does not fit.
func TestP14(t *testing.T) {
	module := func(version string) string {
		return "-- go.mod --\nmodule m\n\ngo " + version + "\n-- m.go --\npackage m\n"
	}
	script := func(t *testing.T, text string) {
		t.Helper()
		if runtime.GOOS == "windows" {
			t.Skip("needs a shell")
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+text), 0o777); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", dir)
	}
	for _, tt := range []struct {
		name  string
		setup func(t *testing.T)
		files string
		want  string
	}{
		{"no go", func(t *testing.T) { t.Setenv("PATH", t.TempDir()) }, module("1.26"),
			"cloudlint needs the go command on PATH, and there is none"},
		{"wrong GOROOT", func(t *testing.T) { t.Setenv("GOROOT", "/nowhere") }, module("1.26"),
			"the go command does not work: go env: cannot find GOROOT directory: /nowhere"},
		{"not the go command", func(t *testing.T) { script(t, "echo welcome") }, module("1.26"),
			"the go command on PATH does not work: go env -json: invalid character 'w' looking for beginning of value"},
		{"no cache", func(t *testing.T) { t.Setenv("GOCACHE", "off") }, module("1.26"),
			"cloudlint needs Go's build cache, and GOCACHE=off turns it off"},
		{"GOPATH mode", func(t *testing.T) { t.Setenv("GO111MODULE", "off") }, module("1.26"),
			"cloudlint works with Go modules only, and GO111MODULE=off turns them off"},
		{"the module wants a newer go than there is", nil, module("1.999"),
			"go list: go.mod requires go >= 1.999 (running $VERSION; GOTOOLCHAIN=local)"},
		{"go.mod cannot be read", nil, "-- go.mod --\nmodul m\n-- m.go --\npackage m\n",
			"go list: errors parsing go.mod: go.mod:1: unknown directive: modul"},
		{"go.sum lacks something", nil, "-- go.mod --\nmodule m\n\ngo 1.26\n\nrequire example.com/lib v1.0.0\n-- m.go --\npackage m\n\nimport _ \"example.com/lib\"\n",
			""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := unpack(t, tt.files)
			if tt.setup != nil {
				tt.setup(t)
			}
			got, _ := lint(t, Request{Dir: dir})
			got.Err = strings.ReplaceAll(got.Err, strings.Replace(runtime.Version(), "go", "go ", 1), "$VERSION")
			if tt.want == "" {
				if len(got.Errors) == 0 || got.NotAnalysed == nil {
					t.Errorf("%+v", got)
				}
				return
			}
			if diff := cmp.Diff(result{Err: tt.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCheckVersion has the combinations that need several toolchains.
func TestCheckVersion(t *testing.T) {
	const text = "this cloudlint was built with go1.26, and module m needs go1.27: reinstall with `GOTOOLCHAIN=%s go install github.com/cloudlint/cloudlint/cmd/cloudlint@latest`"
	for _, tt := range []struct{ module, built, installed, toolchain string }{
		{"1.27.4", "go1.26.8", "go1.27.4", "go1.27.4"},
		{"1.27", "go1.26.8", "go1.27.5", "go1.27.5"},
		{"1.27", "go1.26.8", "go1.26.8", "go1.27.0"},
		{"1.27rc1", "go1.26.8", "go1.26.8", "go1.27rc1"},
		{"1.26.9", "go1.26.8", "go1.26.9", ""}, // the language is the same
		{"1.26", "go1.26.8", "go1.27.4", ""},
		{"1.26", "go1.27-20260901 cl/1", "go1.26.8", ""},
		{"1.27", "devel +abc", "go1.27.0", ""},
		{"", "go1.26.8", "go1.26.8", ""},
	} {
		want := ""
		if tt.toolchain != "" {
			want = strings.Replace(text, "%s", tt.toolchain, 1)
		}
		got := ""
		if err := checkVersion(Module{Path: "m", GoVersion: tt.module}, tt.built, tt.installed); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("module %s, built with %s, installed %s: %s", tt.module, tt.built, tt.installed, diff)
		}
	}
}

// TestOldGo runs with a go command that says it is an old one.
func TestOldGo(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	script := "#!/bin/sh\nif test $1 = env; then " + real + " \"$@\" | sed 's/\"GOVERSION\": .*/\"GOVERSION\": \"go1.25.4\",/'; else exec " + real + " \"$@\"; fi\n"
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	dir := unpack(t, service)
	got, _ := lint(t, Request{Dir: dir, Patterns: []string{"./b"}, NoTests: true})
	want := result{Err: "the vet driver needs Go 1.26 or newer, and the go command here is go1.25.4: use the source driver"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got, out := lint(t, Request{Dir: dir, Mode: Auto, Patterns: []string{"./b"}, NoTests: true})
	if diff := cmp.Diff(result{Found: []string{"b/b.go:5:15: CL9001 sleeps"}}, got); diff != "" {
		t.Error(diff)
	}
	if out != nil && out.Driver != Source {
		t.Errorf("auto chose %s", out.Driver)
	}
}
