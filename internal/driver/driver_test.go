package driver

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
)

const service = `
-- go.mod --
module m

go 1.26
-- a/a.go --
package a

import (
	"time"

	"m/b"
)

func A() { time.Sleep(1); b.Wait() }
-- b/b.go --
package b

import "time"

func Wait() { time.Sleep(2); select {} }
-- b/b_test.go --
package b

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) { time.Sleep(3) }
-- c/c_test.go --
package c_test

import (
	"testing"
	"time"

	"m/b"
)

func TestWait(t *testing.T) { time.Sleep(3); b.Wait() }
`

// An error of the configuration is the caller's: it ends the run and comes back as it is.
func TestConfigureFails(t *testing.T) {
	want := errors.New("line 3: unknown key")
	_, err := Run(context.Background(), Request{Dir: unpack(t, service), Configure: func(Module) (Settings, error) { return Settings{}, want }})
	if !errors.Is(err, want) {
		t.Errorf("Run returned %v", err)
	}
}

// TestUsageErrors tells mistakes of the user from what is wrong with the code or the machine.
func TestUsageErrors(t *testing.T) {
	t.Parallel()
	dir := unpack(t, service+"-- nomodule/go.mod --\n?\n-- nomodule/n.go --\npackage n\n")
	for _, tt := range []struct {
		req   Request
		usage bool
	}{
		{Request{Dir: filepath.Join(dir, "nowhere")}, true},
		{Request{Dir: dir, Patterns: []string{"./nowhere"}}, true},
		{Request{Dir: dir, Patterns: []string{"a/nowhere.go"}}, true},
		{Request{Dir: dir, Overlay: "nowhere.json"}, true},
		{Request{Dir: dir, Overlay: "go.mod"}, true},
		{Request{Dir: t.TempDir()}, false},
		{Request{Dir: filepath.Join(dir, "nomodule")}, false},
	} {
		_, err := Run(context.Background(), tt.req)
		var usage *UsageError
		if err == nil || errors.As(err, &usage) != tt.usage {
			t.Errorf("%+v: %T %v", tt.req, err, err)
		}
	}
}

// A module that go refuses does not keep others from being analysed.
func TestOneModuleOfTwo(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, service+"-- torn/go.mod --\nmodul torn\n-- torn/t.go --\npackage torn\n")
		got, _ := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"torn/t.go", "a/a.go"}})
		want := result{
			Found:  []string{"a/a.go:9:12: CL9001 sleeps", "a/a.go:9:33: CL9002 Wait never returns"},
			Errors: []string{": in torn: go list: errors parsing go.mod: go.mod:1: unknown directive: modul"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// A vet tool that does not start is an error of the run, not one of each package.
func TestNoTool(t *testing.T) {
	t.Parallel()
	got, _ := lint(t, Request{Dir: unpack(t, service), Self: filepath.Join(t.TempDir(), "nowhere")})
	if !strings.HasPrefix(got.Err, "go vet failed: ") || !strings.Contains(got.Err, "nowhere") {
		t.Errorf("%+v", got)
	}
}

func TestAuto(t *testing.T) {
	for _, tt := range []struct {
		name string
		ci   string
		warm bool // the cache
		none bool // no analyzers in this process
		want Mode
	}{
		{"at the desk", "", true, false, Vet},
		{"on a new machine", "", false, false, Source},
		{"in CI with a cache", "true", true, false, Vet},
		{"in CI without", "true", false, false, Source},
		{"no source driver", "true", false, true, Vet},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("CI", tt.ci)
			files := "-- go.mod --\nmodule m\n\ngo 1.26\n-- m.go --\npackage m\n"
			if !tt.none { // what is not in the cache would be compiled for the vet driver
				files += "\nimport _ \"errors\"\n"
			}
			dir := unpack(t, files)
			if !tt.warm {
				t.Setenv("GOCACHE", t.TempDir())
			} else if out, err := exec.Command("go", "build", "errors").CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			req := Request{Dir: dir, Analyzers: unittest.Analyzers}
			if tt.none {
				req.Analyzers = nil
			}
			out, err := Run(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			if out.Driver != tt.want {
				t.Errorf("it chose %s", out.Driver)
			}
			if diff := cmp.Diff(1, len(out.Records)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMostlyStale asks about a cache that has other things only.
func TestMostlyStale(t *testing.T) {
	t.Setenv("CI", "true")
	t.Setenv("GOCACHE", t.TempDir())
	for i := range 256 {
		sub := filepath.Join(os.Getenv("GOCACHE"), string("0123456789abcdef"[i/16])+string("0123456789abcdef"[i%16]))
		for _, name := range []string{"x-a", "x-d"} {
			if err := os.MkdirAll(sub, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(sub, name), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, err := Run(context.Background(), Request{Dir: unpack(t, service), Analyzers: unittest.Analyzers})
	if err != nil {
		t.Fatal(err)
	}
	if out.Driver != Source {
		t.Errorf("it chose %s", out.Driver)
	}
}

func TestInside(t *testing.T) {
	var few, many insideList
	b := &batch{modules: []listedModule{{Path: "m"}, {Path: "n"}}}
	few.add(b, Module{Path: "m", Main: true}, &listed{ImportPath: "m/z"}, Settings{Inside: []string{"corp.example/..."}})
	few.add(b, Module{Path: "lib.example/l"}, &listed{ImportPath: "lib.example/l"}, Settings{})
	few.add(b, Module{}, &listed{ImportPath: "net/http"}, Settings{})
	if diff := cmp.Diff([]string{"corp.example/...", "lib.example/l/...", "m/...", "n/...", "net/http"}, few.patterns()); diff != "" {
		t.Error(diff)
	}
	for range maxStd + 1 {
		many.add(b, Module{}, &listed{ImportPath: "net/http"}, Settings{})
	}
	many.add(b, Module{Path: "m", Main: true}, &listed{ImportPath: "m/z"}, Settings{Inside: []string{"exact"}})
	if diff := cmp.Diff([]string{"exact", "m/...", "n/...", "net/..."}, many.patterns()); diff != "" {
		t.Error(diff)
	}
}

func TestChunks(t *testing.T) {
	var all []*state
	for range 100_000 {
		all = append(all, &state{listed: &listed{ImportPath: strings.Repeat("x", 99)}})
	}
	n := 0
	for _, part := range chunks(all) {
		size := 0
		for _, path := range part {
			size += len(path) + 1
		}
		if n += len(part); size > 1<<20 || len(part) == 0 {
			t.Errorf("a portion of %d bytes", size)
		}
	}
	if n != len(all) {
		t.Errorf("%d of %d", n, len(all))
	}
}
