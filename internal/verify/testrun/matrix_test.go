package testrun_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// A project is a module, or several, in a folder.
type project struct {
	dir    string
	leaks  []string          // what is expected of a run of everything, in the form of tell
	marks  map[string]string // the names of places, by "file:line"
	module string
}

// mark is how a place gets a name.
var mark = regexp.MustCompile(`// (@\w+)$`)

// unpack writes an archive of testdata to dir.
func unpack(t testing.TB, dir, archive string) *project {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", archive+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		t.Fatal(err)
	}
	p := &project{dir: dir, marks: make(map[string]string), module: "corp.example/" + archive}
	for _, f := range a.Files {
		if f.Name == "want" {
			p.leaks = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
			slices.Sort(p.leaks)
			continue
		}
		write(t, dir, f.Name, string(f.Data))
		for i, line := range strings.Split(string(f.Data), "\n") {
			if m := mark.FindStringSubmatch(line); m != nil {
				p.marks[fmt.Sprintf("%s:%d", f.Name, i+1)] = m[1]
			}
		}
	}
	return p
}

// places are those of the project's packages, each of which lies in the folder of its name.
func (p *project) places(r *testrun.Result) verify.Places {
	return verify.Places{GOROOT: r.GOROOT, Dir: func(pkg string) string {
		if rest, ok := strings.CutPrefix(pkg, p.module); ok {
			return filepath.Join(p.dir, filepath.FromSlash(rest))
		}
		return ""
	}}
}

// tell writes leaks down, one a line: the class, who started how many, what they wait for, where, and where they were
// started.
func (p *project) tell(r *testrun.Result) []string {
	places := p.places(r)
	at := func(f stacks.Frame) string {
		if places.Standard(f) {
			return f.Func
		}
		rel, err := filepath.Rel(p.dir, places.File(f))
		if err != nil {
			rel = f.File
		}
		place := fmt.Sprintf("%s:%d", filepath.ToSlash(rel), f.Line)
		if name := p.marks[place]; name != "" {
			return name
		}
		return place
	}
	var lines []string
	for _, l := range verify.Leaks(r.Reports, places) {
		var tests []string
		for _, test := range l.Tests {
			tests = append(tests, fmt.Sprintf("%s %s %d", test.Package, test.Name, test.Count))
		}
		line := fmt.Sprintf("%s %s: %s %s", l.Class, strings.Join(tests, ", "), l.Op, at(l.At))
		if l.Hang {
			line = "hang " + line
		} else if l.Created != nil {
			line += ", by " + at(*l.Created)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// What differs between two runs of the same tests.
var chance = []struct {
	re *regexp.Regexp
	by string
}{
	{regexp.MustCompile(`"(Time|Elapsed)":("[^"]*"|[0-9.e-]+)`), `"$1":0`},
	{regexp.MustCompile(`\d+(\.\d+)?(ms|µs|s)\b`), "0s"},
	{regexp.MustCompile(`\b\d+(\.\d+)? ns/op`), "0 ns/op"},
	{regexp.MustCompile(`\b0x[0-9a-f]+\??`), "0x0"},
	{regexp.MustCompile(`\bgoroutine \d+`), "goroutine 0"},
	{regexp.MustCompile(`Goroutine (\d+) in state`), "Goroutine 0 in state"},
	{regexp.MustCompile(`, \d+ minutes\]`), "]"},
	{regexp.MustCompile(`/go-build\d+`), "/go-build0"},
	{regexp.MustCompile(`go-test-overlay\d+`), "go-test-overlay0"},
	// How often a fuzzer tells where it is depends on how fast it is.
	{regexp.MustCompile(`(?m)^fuzz: elapsed: .*\n`), ""},
	{regexp.MustCompile(`[ \t]+(\n|$)`), "$1"},
	{regexp.MustCompile(`[ \t]{2,}`), " "},
}

func steady(text string) string {
	for _, c := range chance {
		text = c.re.ReplaceAllString(text, c.by)
	}
	return text
}

func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// A runCase is one way to run tests.
type runCase struct {
	name     string
	dir      string // below the project's
	flags    []string
	patterns []string // empty: ./...
	env      []string
	overlay  string        // as an option, not as a flag
	watch    time.Duration // 0: never
	watched  func(*testrun.Report)
	status   int
	leaks    []string
	silent   []string
	// anyOrder says that the lines come in an order that is chance.
	anyOrder bool
	// leaked says that the output has dumps, in which leaked goroutines are called so: that much is different.
	leaked bool
}

// run runs the tests of a project as go test does and as we do, and compares everything.
func (p *project) run(t *testing.T, c runCase) *testrun.Result {
	t.Helper()
	if len(c.patterns) == 0 {
		c.patterns = []string{"./..."}
	}
	for _, v := range c.env {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	dir := filepath.Join(p.dir, c.dir)
	flags, rest := c.flags, []string(nil)
	if i := slices.Index(flags, "-args"); i >= 0 {
		flags, rest = flags[:i], flags[i:]
	}
	args := []string{"test"}
	if !slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, "-count") }) {
		args = append(args, "-count=1")
	}
	if c.overlay != "" {
		args = append(args, "-overlay", c.overlay)
	}
	plain := exec.Command("go", slices.Concat(args, c.patterns, flags, rest)...)
	plain.Dir = dir
	var wantOut, wantErr, gotOut, gotErr bytes.Buffer
	plain.Stdout, plain.Stderr = &wantOut, &wantErr
	if err := plain.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	if got := plain.ProcessState.ExitCode(); got != c.status {
		t.Fatalf("go test itself: exit status %d, want %d\n%s%s", got, c.status, &wantOut, &wantErr)
	}
	result, err := testrun.Run(context.Background(), testrun.Options{
		Dir: dir, Patterns: c.patterns, Flags: c.flags, Overlay: c.overlay, Watch: c.watch, Watched: c.watched, Sample: true,
		Self: self(t), Cache: cache(t), Stdout: &gotOut, Stderr: &gotErr,
	})
	if err != nil {
		t.Fatalf("%v\n%s%s", err, &gotOut, &gotErr)
	}
	if result.Status != c.status || result.Lost != 0 {
		t.Errorf("exit status %d, want %d; %d lost reports", result.Status, c.status, result.Lost)
	}
	// A toolchain of the module cache has a second name.
	goroot, err := filepath.EvalSymlinks(result.GOROOT)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		name      string
		want, got *bytes.Buffer
	}{{"output", &wantOut, &gotOut}, {"error", &wantErr, &gotErr}} {
		want, got := steady(s.want.String()), steady(strings.ReplaceAll(s.got.String(), result.GOROOT, goroot))
		if c.anyOrder {
			want, got = sorted(want), sorted(got)
		}
		if c.leaked {
			if n := strings.Count(got, " (leaked)"); s.name == "output" && n == 0 {
				t.Error("no goroutine in the output is called leaked: is the exception needed?")
			}
			got = strings.ReplaceAll(got, " (leaked)", "")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("standard %s is another one than go test's: %s", s.name, diff)
		}
	}
	if diff := cmp.Diff(c.leaks, p.tell(result)); diff != "" {
		t.Errorf("leaks: %s\n%s%s", diff, &gotOut, &gotErr)
	}
	checkSamples(t, result.Reports)
	if diff := cmp.Diff(c.silent, verify.Silent(result.Reports)); diff != "" {
		t.Errorf("processes that do not report: %s", diff)
	}
	return result
}
