package testrun_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// Packages with and without a TestMain of each kind, external tests, examples, seeds, timers, bubbles: in one run. The
// watch finds nothing that the end does not.
func TestHealthy(t *testing.T) {
	t.Parallel()
	p := unpack(t, t.TempDir(), "healthy")
	result := p.run(t, runCase{leaks: p.leaks, watch: 50 * time.Millisecond})
	if !slices.ContainsFunc(result.Reports, func(r *testrun.Report) bool { return r.Reason == testrun.Watch && r.Package == p.module+"/slow" }) {
		t.Error("there is no report from the middle of a test")
	}
}

// Tests that fail, panic, exit, hang, or do not compile.
func TestSick(t *testing.T) {
	t.Parallel()
	p := unpack(t, t.TempDir(), "sick")
	hanging := make(map[string]time.Time) // since when they are known to
	p.run(t, runCase{
		// In which order a dump has goroutines is chance.
		flags: []string{"-timeout=10s"}, status: 1, leaks: p.leaks, leaked: true, anyOrder: true,
		watch: time.Second, watched: func(r *testrun.Report) {
			for _, l := range verify.Leaks([]*testrun.Report{r}, verify.Places{Dir: func(string) string { return "" }}) {
				if name := l.Tests[0].Name; l.Hang && hanging[name].IsZero() {
					hanging[name] = time.Now()
				}
			}
		},
		silent: []string{p.module + "/exits", p.module + "/goexit", p.module + "/panics"},
	})
	if at := hanging["TestHangs/sub"]; len(hanging) != 1 || time.Since(at) < time.Second {
		t.Errorf("the tests that hang are known since %v", hanging)
	}
}

// goleak says the same as ever; where it looks after the last test, a goroutine's state has the word "leaked".
func TestGoleak(t *testing.T) {
	t.Parallel()
	p := unpack(t, t.TempDir(), "goleak")
	// News of a download is not the tests'.
	download := exec.Command("go", "mod", "download")
	download.Dir = p.dir
	if out, err := download.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.run(t, runCase{status: 1, leaks: p.leaks, leaked: true})
}

func needC(t *testing.T) {
	t.Helper()
	out, err := exec.Command("go", "env", "CC", "CGO_ENABLED").Output()
	if err != nil {
		t.Fatal(err)
	}
	cc, enabled, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if _, err := exec.LookPath(cc); err != nil || enabled == "0" {
		t.Skip("there is no C compiler")
	}
}

// Flags of go test do what they do.
func TestFlags(t *testing.T) {
	// Blanks in names are no matter.
	p := unpack(t, mkdir(t, t.TempDir(), "a b", "c d"), "flags")
	leaks := func(tests ...string) []string {
		for i, test := range tests {
			tests[i] = p.module + " " + test
		}
		return []string{"proven " + strings.Join(tests, ", ") + ": chan send @send, by @sendgo"}
	}
	all := leaks("ExampleSend 1", "FuzzSend/seed#0 1", "TestAlone 1", "TestParts/first 1", "TestParts/second 1")
	for _, c := range []runCase{
		{name: "verbose", flags: []string{"-v", "-trimpath"}, leaks: all},
		{name: "json", flags: []string{"-json", "-run=TestAlone"}, leaks: leaks("TestAlone 1"), anyOrder: true},
		{name: "shuffle twice", flags: []string{"-shuffle=7", "-count=2", "-v", "-run", "TestParts/second"}, leaks: leaks("TestParts/second 2")},
		{name: "list", flags: []string{"-list=.", "-v"}},
		{name: "nothing to run", flags: []string{"-run=^$"}},
		{name: "arguments, another folder for go", env: []string{"GOTMPDIR=" + p.dir}, flags: []string{"-v", "-run=TestParts/first", "-args", "-word", "y", "z"}, patterns: []string{"."}, leaks: leaks("TestParts/first 1")},
		{name: "a flag of the test's own", flags: []string{"-v", "-run=TestParts/first", "-word=y", "z"}, patterns: []string{"."}, leaks: leaks("TestParts/first 1")},
		{name: "cover", flags: []string{"-cover"}, leaks: all},
		{name: "cover packages", flags: []string{"-coverpkg=./...", "-covermode=atomic", "-run=Alone"}, leaks: leaks("TestAlone 1")},
		{name: "bench", flags: []string{"-bench=.", "-benchtime=3x", "-run=^$"}, leaks: leaks("BenchmarkSend/more 3", "BenchmarkSend 1")},
		{name: "fuzz", flags: []string{"-fuzz=FuzzSend", "-fuzztime=20x", "-run=Alone|Fuzz"}, patterns: []string{"."}, leaks: leaks("TestAlone 1")},
		{name: "race", flags: []string{"-race", "-run=Alone"}, patterns: []string{"."}, leaks: leaks("TestAlone 1")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "race" {
				needC(t)
			}
			p.run(t, c)
		})
	}
}

func mkdir(t *testing.T, elements ...string) string {
	t.Helper()
	dir := filepath.Join(elements...)
	write(t, dir, ".keep", "")
	return dir
}

// A workspace, a vendor folder, and C.
func TestLayouts(t *testing.T) {
	p := unpack(t, t.TempDir(), "layout")
	for _, c := range []runCase{
		{name: "workspace", patterns: []string{"./a", "./b"}, leaks: []string{
			"proven corp.example/layout/a TestA 1, corp.example/layout/b TestB 1: chan send @a, by @ago",
		}},
		{name: "vendor", dir: "v", env: []string{"GOWORK=off"}, leaks: []string{"proven corp.example/layout/v TestV 1: chan send @dep, by @depgo"}},
		{name: "C", dir: "c", env: []string{"GOWORK=off"}, leaks: []string{
			"proven corp.example/layout/c TestC 1: chan send @c, by @cgo", "survivor corp.example/layout/c TestInC 1: syscall @inc, by @incgo",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "C" {
				needC(t)
			}
			p.run(t, c)
		})
	}
}

// A user's own overlay holds, wherever it is named. Its names are relative to the folder of the run.
func TestUsersOverlay(t *testing.T) {
	p := unpack(t, t.TempDir(), "overlay")
	leaks := []string{"proven corp.example/overlay TestSend 1: chan send x.go:5, by x.go:5"}
	for _, c := range []runCase{
		{name: "flag", flags: []string{"-overlay=build/overlay.json"}, leaks: leaks},
		{name: "flag and value", flags: []string{"--overlay", "build/overlay.json"}, leaks: leaks},
		{name: "variable", env: []string{"GOFLAGS=-overlay=build/overlay.json"}, leaks: leaks},
		{name: "option", overlay: "build/overlay.json", leaks: leaks},
	} {
		t.Run(c.name, func(t *testing.T) { p.run(t, c) })
	}
}

// An old Go is told from a new one before anything is run.
func TestOldGo(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the go command of this test is a shell script")
	}
	bin := t.TempDir()
	for version, old := range map[string]bool{"go1.25.9": true, "go1.9": true, "": true, "go1.26.0": false, "go1.27.4": false, "go1.28-devel_0a1b2c": false} {
		script := fmt.Sprintf("#!/bin/sh\n[ \"$1\" = env ] || exit 9\necho '{\"GOVERSION\": %q, \"GOROOT\": \"/nowhere\"}'\n", version)
		write(t, bin, "go", script)
		if err := os.Chmod(filepath.Join(bin, "go"), 0o777); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
		_, err := testrun.Run(context.Background(), testrun.Options{
			Dir: bin, Patterns: []string{"."}, Self: self(t), Cache: t.TempDir(), Stdout: io.Discard, Stderr: io.Discard,
		})
		// Of the others the standard library is missing.
		usage := new(testrun.UsageError)
		if errors.As(err, &usage) != old || old && !strings.Contains(err.Error(), "needs Go 1.26 or newer") || err == nil {
			t.Errorf("%q: error %v", version, err)
		}
	}
}

// What cannot work is said in a sentence, and no test has run.
func TestUsage(t *testing.T) {
	p := unpack(t, t.TempDir(), "overlay")
	write(t, p.dir, "bad.json", "{")
	for name, c := range map[string]struct {
		options testrun.Options
		want    string
	}{
		"overlay that is not there": {testrun.Options{Flags: []string{"-overlay=nowhere.json"}}, "the overlay cannot be read"},
		"overlay that is none":      {testrun.Options{Overlay: "bad.json"}, "the overlay cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.options
			o.Dir, o.Patterns, o.Self, o.Cache, o.Stdout, o.Stderr = p.dir, []string{"./..."}, self(t), cache(t), io.Discard, io.Discard
			_, err := testrun.Run(context.Background(), o)
			if usage := new(testrun.UsageError); !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// The files of a package's tests are those of the build that the flags choose, with what the overlay adds.
func TestTestSources(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module corp.example/a\n\ngo 1.26\n")
	write(t, dir, "a.go", "package a\n")
	write(t, dir, "a_test.go", "package a\n")
	write(t, dir, "race_test.go", "//go:build race\n\npackage a\n")
	write(t, dir, "tag_test.go", "//go:build tag\n\npackage a\n")
	write(t, dir, "x_test.go", "package a_test\n")
	write(t, dir, "overlay.json", `{"Replace": {"added_test.go": "a_test.go"}}`)
	for flags, want := range map[string]string{
		"":                             "a_test.go x_test.go",
		"-tags=tag -run X":             "a_test.go tag_test.go x_test.go",
		"-overlay overlay.json -short": "a_test.go added_test.go x_test.go",
		"-v -args -tags=tag":           "a_test.go x_test.go",
		"-race":                        "a_test.go race_test.go x_test.go",
	} {
		t.Run(flags, func(t *testing.T) {
			if flags == "-race" {
				needC(t)
			}
			sources, err := testrun.TestSources(context.Background(), testrun.Options{Dir: dir, Flags: strings.Fields(flags)}, []string{"corp.example/a"})
			if err != nil {
				t.Fatal(err)
			}
			a := sources["corp.example/a"]
			if got := strings.Join(a.Tests, " "); got != want || a.Name != "a" || (len(a.Replace) == 1) != strings.Contains(flags, "overlay") {
				t.Errorf("%+v, want %s", a, want)
			}
		})
	}
}
