package driver

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

const workspace = `
-- go.work --
go 1.26

use (
	./x
	./y
)
-- x/go.mod --
module example.com/x

go 1.26
-- x/x.go --
package x

import "example.com/y"

func X() { y.Y() }
-- y/go.mod --
module example.com/y

go 1.26
-- y/y.go --
package y

import "time"

func Y() { time.Sleep(1); select {} }
-- beside/go.mod --
module example.com/beside

go 1.26
-- beside/deep/b.go --
package deep

import "time"

func B() { time.Sleep(1) }
-- docs/readme.md --
none
`

// TestP8 has the arguments and layouts that map to modules in their own ways.
func TestP8(t *testing.T) {
	t.Parallel()
	x, y, beside := "x/x.go:5:15: CL9002 Y never returns", "y/y.go:5:12: CL9001 sleeps", "beside/deep/b.go:5:12: CL9001 sleeps"
	for _, tt := range []struct {
		name     string
		dir      string
		patterns []string
		want     result
	}{
		{"the root of a workspace is in no module", ".", nil, result{Found: []string{x, y}}},
		{"named modules", ".", []string{"./x/...", "./y"}, result{Found: []string{x, y}}},
		{"work", ".", []string{"work"}, result{Found: []string{x, y}}},
		{"all means the main modules", "x", []string{"all"}, result{Found: []string{"x.go:5:15: CL9002 Y never returns", "../y/y.go:5:12: CL9001 sleeps"}}},
		{"... too", "y", []string{"..."}, result{Found: []string{"../x/x.go:5:15: CL9002 Y never returns", "y.go:5:12: CL9001 sleeps"}}},
		{"one module of a workspace", "x", nil, result{Found: []string{"x.go:5:15: CL9002 Y never returns"}}},
		{"the folder above", "x", []string{"../..."}, result{Found: []string{"x.go:5:15: CL9002 Y never returns", "../y/y.go:5:12: CL9001 sleeps"}}},
		{"a module beside the workspace", ".", []string{"./beside/..."}, result{Found: []string{beside}}},
		{"from within that module", "beside", []string{"./..."}, result{Found: []string{"deep/b.go:5:12: CL9001 sleeps"}}},
		{"a mixture with files", ".", []string{"beside/deep/b.go", "x/x.go", "example.com/y"}, result{Found: []string{beside, x, y}}},
		{"a file by its absolute name", ".", []string{"$DIR/y/y.go"}, result{Found: []string{y}}},
		{"no Go files below", ".", []string{"./docs/..."}, result{Err: "$DIR/docs is in no Go module: there is no go.mod there or above"}},
		{"no such folder", "x", []string{"./nope"}, result{Err: "./nope: stat nope: directory not found"}},
		{"no such folders", "x", []string{"./nope/..."}, result{Err: "pattern ./nope/...: lstat ./nope/: no such file or directory"}},
		{"no such file", ".", []string{"x/z.go"}, result{Err: "there is no file x/z.go"}},
		{"not Go", ".", []string{"docs/readme.md"}, result{Err: "docs/readme.md is not a Go file; name packages or Go files"}},
		{"a forgotten dot", ".", []string{"x"}, result{Err: "package x is not in std ($GOROOT/src/x); did you mean ./x?"}},
		{"unknown module", ".", []string{"example.com/z"}, result{Err: "no required module provides package example.com/z; to add it: go get example.com/z"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, mode Mode) {
				if tt.want.Err != "" && mode == Source {
					t.Skip("fails before a driver is chosen")
				}
				dir := unpack(t, workspace)
				patterns := slices.Clone(tt.patterns)
				for i := range patterns {
					patterns[i] = strings.ReplaceAll(patterns[i], "$DIR", dir)
				}
				got, _ := lint(t, Request{Dir: filepath.Join(dir, tt.dir), Mode: mode, Patterns: patterns})
				got.Err = strings.ReplaceAll(got.Err, goroot(t), "$GOROOT")
				slices.Sort(tt.want.Found)
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestP8Settings(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		var asked []string
		got, _ := lint(t, Request{Dir: unpack(t, workspace), Mode: mode, Patterns: []string{"./...", "./beside/..."}, Configure: func(m Module) (Settings, error) {
			asked = append(asked, m.Path)
			return Settings{Flags: []string{"-sleepy.verb=sleeps-in-" + m.Path}}, nil
		}})
		want := result{Found: []string{
			"beside/deep/b.go:5:12: CL9001 sleeps-in-example.com/beside",
			"x/x.go:5:15: CL9002 Y never returns",
			"y/y.go:5:12: CL9001 sleeps-in-example.com/y",
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"example.com/x", "example.com/y", "example.com/beside"}, asked); diff != "" {
			t.Errorf("modules that the configuration was asked for: %s", diff)
		}
	})
}

func TestP8Replaced(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, `
-- go.mod --
module m

go 1.26

require example.com/lib v1.0.0

replace example.com/lib => ./lib
-- m.go --
package m

import "example.com/lib"

func M() { lib.Wait() }
-- lib/go.mod --
module example.com/lib

go 1.26
-- lib/lib.go --
package lib

import "time"

func Wait() { time.Sleep(1); select {} }
`)
		call := "m.go:5:20: CL9002 Wait never returns"
		for _, tt := range []struct {
			patterns []string
			inside   []string
			want     []string
		}{
			{[]string{"./..."}, nil, nil}, // what lib does is not known
			{[]string{"./..."}, []string{"example.com/..."}, []string{call}},
			{[]string{"./...", "example.com/lib"}, nil, []string{"lib/lib.go:5:15: CL9001 sleeps", call}},
		} {
			got, out := lint(t, Request{Dir: dir, Mode: mode, Patterns: tt.patterns, Configure: func(Module) (Settings, error) {
				return Settings{Inside: tt.inside}, nil
			}})
			if diff := cmp.Diff(result{Found: tt.want}, got); diff != "" {
				t.Errorf("%v inside %v: %s", tt.patterns, tt.inside, diff)
			}
			for _, path := range []string{"m", "example.com/lib"} {
				if p, ok := out.Packages[path]; ok && p.Module.Main != (path == "m") {
					t.Errorf("%+v", p)
				}
			}
		}
	})
}

func TestP8Vendor(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, `
-- go.mod --
module m

go 1.26

require example.com/lib v1.0.0
-- m.go --
package m

import "example.com/lib"

func M() { lib.Wait() }
-- vendor/modules.txt --
# example.com/lib v1.0.0
## explicit; go 1.26
example.com/lib
-- vendor/example.com/lib/lib.go --
package lib

import "time"

func Wait() { time.Sleep(1); select {} }
`)
		got, _ := lint(t, Request{Dir: dir, Mode: mode})
		if diff := cmp.Diff(result{}, got); diff != "" {
			t.Error(diff)
		}
		got, out := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"example.com/lib"}})
		if diff := cmp.Diff(result{Found: []string{"vendor/example.com/lib/lib.go:5:15: CL9001 sleeps"}}, got); diff != "" {
			t.Error(diff)
		}
		if got, want := out.Packages["example.com/lib"].Module.Dir, filepath.Join(dir, "vendor", "example.com", "lib"); got != want {
			t.Errorf("the module lies in %s, want %s", got, want)
		}
	})
}

// TestP8ModuleCache lints a dependency from a module that only requires it. The imports of its tests cannot be resolved.
func TestP8ModuleCache(t *testing.T) {
	proxy(t, "example.com/lib", "v1.0.0", `
-- go.mod --
module example.com/lib

go 1.26
-- lib.go --
package lib

import "time"

func Wait() { time.Sleep(1); select {} }
-- lib_test.go --
package lib

import "no.such/module"

func init() { module.Init() }
-- cmd/c/main.go --
package main

import (
	"time"

	"example.com/lib/internal/i"
)

func main() { i.I(); time.Sleep(1) }
-- internal/i/i.go --
package i

func I() { select {} }
`)
	both(t, func(t *testing.T, mode Mode) {
		for _, value := range []string{"-modcacherw", "-modcacherw -mod=mod"} {
			t.Setenv("GOFLAGS", value)
			dir := unpack(t, `
-- go.mod --
module scratch

go 1.26

require example.com/lib v1.0.0
`)
			cmd := exec.Command("go", "mod", "download", "all")
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			got, out := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"example.com/lib", "example.com/lib/cmd/c"}})
			if len(got.Found) != 3 {
				t.Errorf("found: %q", got.Found)
			}
			if len(got.Errors) != 1 || !strings.Contains(got.Errors[0], "lib_test.go:3:8: ") || got.NotAnalysed != nil {
				t.Errorf("%+v", got)
			}
			if p := out.Packages["example.com/lib"]; p.Module.Path != "example.com/lib" || p.Module.Main {
				t.Errorf("%+v", p)
			}

			got, _ = lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"example.com/lib"}, NoTests: true})
			if len(got.Found) != 1 || len(got.Errors) != 0 {
				t.Errorf("without tests: %+v", got)
			}
		}
	})
}

func TestP8StandardLibrary(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		for _, dir := range []string{unpack(t, service), t.TempDir()} {
			got, out := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"net/http/httptrace", "unsafe"}, NoTests: true})
			if got.Err != "" || len(got.Errors) > 0 || len(out.Records) == 0 {
				t.Errorf("%+v", got)
			}
			if p := out.Packages["net/http/httptrace"]; p.Module.Path != "" || !strings.HasPrefix(p.Dir, goroot(t)) {
				t.Errorf("%+v", p)
			}
		}
	})
}

func TestNoModule(t *testing.T) {
	t.Parallel()
	dir := unpack(t, "-- a.go --\npackage a\n-- sub/mod/go.mod --\nmodule m\n-- sub/mod/a.go --\npackage m\n")
	for _, patterns := range [][]string{nil, {"a.go"}} {
		got, _ := lint(t, Request{Dir: dir, Patterns: patterns})
		want := result{Err: "$DIR is in no Go module (no go.mod there or above, and no go.work); there are modules below it: try cloudlint ./sub/mod/..."}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	got, _ := lint(t, Request{Dir: dir, Patterns: []string{"./sub/mod/..."}})
	if diff := cmp.Diff(result{}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNoPackages(t *testing.T) {
	t.Parallel()
	dir := unpack(t, "-- go.mod --\nmodule m\n\ngo 1.26\n-- docs/a.md --\ntext\n-- p/p.go --\npackage p\n")
	got, _ := lint(t, Request{Dir: dir, Patterns: []string{"./docs/..."}})
	if diff := cmp.Diff(result{Err: "no Go packages match ./docs/..."}, got); diff != "" {
		t.Error(diff)
	}
	got, _ = lint(t, Request{Dir: dir, Patterns: []string{"./docs/...", "./p"}})
	if diff := cmp.Diff(result{Errors: []string{": ./docs/... matches no packages"}}, got); diff != "" {
		t.Error(diff)
	}
}

// Hooks pass the files of a commit, also those that it deletes.
func TestDeletedFiles(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir := unpack(t, service+"-- gone/g.go --\npackage gone\n-- a/more.go --\npackage a\n")
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=n", "-c", "user.email=e@x.y", "commit", "-qm", "m"}, {"rm", "-q", "gone/g.go", "a/more.go"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	var log bytes.Buffer
	got, _ := lint(t, Request{Dir: dir, Patterns: []string{"gone/g.go"}, Log: logTo(&log)})
	if diff := cmp.Diff(result{}, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(log.String(), "gone/g.go is deleted") {
		t.Errorf("log: %s", &log)
	}
	got, _ = lint(t, Request{Dir: dir, Patterns: []string{"gone/g.go", "a/more.go"}})
	if diff := cmp.Diff(result{Found: []string{"a/a.go:9:12: CL9001 sleeps", "a/a.go:9:33: CL9002 Wait never returns"}}, got); diff != "" {
		t.Error(diff)
	}
	got, _ = lint(t, Request{Dir: dir, Patterns: []string{"a/more.go", "a/never.go"}})
	if diff := cmp.Diff(result{Err: "there is no file a/never.go"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, service+"-- a/tagged.go --\n//go:build special\n\npackage a\n\nimport \"time\"\n\nfunc T() { time.Sleep(1) }\n")
		got, _ := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"a/tagged.go"}, Tags: "other,special"})
		want := result{Found: []string{"a/a.go:9:12: CL9001 sleeps", "a/a.go:9:33: CL9002 Wait never returns", "a/tagged.go:7:12: CL9001 sleeps"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		got, _ = lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"a/tagged.go"}})
		want.Found = want.Found[:2]
		want.Errors = []string{": a/tagged.go is not analysed: build constraints or its name exclude it from its package (GOOS=$GOOS GOARCH=$GOARCH)"}
		if diff := cmp.Diff(want, platformless(got)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTwoModulesOfOneName(t *testing.T) {
	dir := unpack(t, "-- a/go.mod --\nmodule m\n-- a/a.go --\npackage m\n-- b/go.mod --\nmodule m\n-- b/b.go --\npackage m\n")
	got, _ := lint(t, Request{Dir: dir, Patterns: []string{"./a", "./b"}})
	want := result{Err: "the packages in $DIR/a and $DIR/b are both named m: run cloudlint once for each"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// proxy makes a module proxy with one module, and an empty module cache, for the test.
func proxy(t *testing.T, path, version, archive string) {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, filepath.FromSlash(path), "@v")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{".info": []byte(`{"Version":"` + version + `","Time":"2026-01-01T00:00:00Z"}`)}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		w, err := z.Create(path + "@" + version + "/" + f.Name)
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "go.mod" {
			files[".mod"] = f.Data
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files[".zip"] = buf.Bytes()
	for ext, data := range files {
		if err := os.WriteFile(filepath.Join(dir, version+ext), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(root))
	t.Setenv("GONOSUMDB", "*")
	t.Setenv("GONOSUMCHECK", "1")
	t.Setenv("GOMODCACHE", filepath.Join(root, "modcache"))
}
