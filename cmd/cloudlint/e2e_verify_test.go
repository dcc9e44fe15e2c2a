package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// leaky is a module whose packages leave goroutines in different ways.
const leaky = `
-- go.mod --
module corp.example/leaky

go 1.26
-- known/known.go --
package known

// Ask leaves its goroutine behind where nobody asks for the answer.
func Ask(wait bool) int {
	answer := make(chan int)
	go func() {
		answer <- 6 * 7
	}()
	if !wait {
		return 0
	}
	return <-answer
}
-- known/known_test.go --
package known

import "testing"

func TestAsk(t *testing.T) { Ask(false) }
-- found/found.go --
package found

type Pool struct{ jobs map[string]chan func() }

// Start is called for one name, and Stop for another.
func (p *Pool) Start(name string) {
	if p.jobs == nil {
		p.jobs = make(map[string]chan func())
	}
	jobs := make(chan func())
	p.jobs[name] = jobs
	go func() {
		for job := range jobs {
			job()
		}
	}()
}

func (p *Pool) Stop(name string) {
	if jobs, ok := p.jobs[name]; ok {
		close(jobs)
		delete(p.jobs, name)
	}
}
-- found/found_test.go --
package found

import "testing"

func TestStop(t *testing.T) {
	var p Pool
	p.Start("a")
	p.Start("b")
	p.Stop("b")
}
-- left/left_test.go --
package left

import (
	"testing"
	"time"
)

func TestLeft(t *testing.T) { go time.Sleep(time.Hour) }
-- clean/clean_test.go --
package clean

import "testing"

func TestClean(t *testing.T) { t.Log("clean") }
-- fails/fails_test.go --
package fails

import (
	"testing"

	"corp.example/leaky/known"
)

func TestFails(t *testing.T) {
	known.Ask(false)
	t.Error("no")
}
-- dies/dies_test.go --
package dies

import (
	"os"
	"testing"
)

func TestDies(t *testing.T) { os.Exit(3) }
-- hangs/hangs_test.go --
package hangs

import "testing"

func TestHangs(t *testing.T) { <-make(chan int) }
`

// evidence lists what a report says of the run: a line for each finding that it knows something of.
func evidence(t *testing.T, file string) (lines []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report finding.Report
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		line := strings.Join([]string{f.Code, f.File}, " ")
		if e := f.Evidence; e != nil {
			line += " " + string(e.Status) + " " + e.Class
			for _, test := range e.Tests {
				line += " " + test.Package + " " + test.Test
			}
		}
		lines = append(lines, line)
	}
	for _, e := range report.Errors {
		lines = append(lines, "error "+e.Package)
	}
	return lines
}

// Standard output and the exit status are those of go test, but for one status that says that a leak is proven.
func TestVerify(t *testing.T) {
	dir := module(t, leaky)
	const known, found = "CL1001 known/known.go confirmed proven", "CL1901 found/found.go runtime-only proven"
	for _, test := range []struct {
		name   string
		args   []string
		status int
		want   []string
	}{
		{"a finding is confirmed", []string{"./known"}, 4, []string{known + " corp.example/leaky/known TestAsk"}},
		{"only the run finds it", []string{"./found"}, 4, []string{found + " corp.example/leaky/found TestStop"}},
		{"a leak that is not to fail", []string{"--exit-zero", "./found"}, 0, []string{found + " corp.example/leaky/found TestStop"}},
		{"a survivor", []string{"./left"}, 0, []string{"CL1902 left/left_test.go runtime-only survivor corp.example/leaky/left TestLeft"}},
		{"nothing", []string{"./clean"}, 0, nil},
		{"go test's stream", []string{"./clean", "--", "-json", "-v"}, 0, nil},
		{"tests that fail", []string{"--exit-zero", "./fails", "./known"}, 1, []string{known + " corp.example/leaky/fails TestFails corp.example/leaky/known TestAsk"}},
		{"tests that end too early", []string{"./dies"}, 1, []string{"error corp.example/leaky/dies"}},
		{"a test is not run", []string{"./found", "--", "-run=^$"}, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "report.json")
			r := cloudlint(t, dir, append([]string{"verify", "--format", "json=" + file}, test.args...)...)
			if r.status != test.status {
				t.Errorf("exit status %d, want %d\n%s%s", r.status, test.status, r.stdout, r.stderr)
			}
			if diff := cmp.Diff(test.want, evidence(t, file)); diff != "" {
				t.Errorf("%s\n%s%s", diff, r.stdout, r.stderr)
			}
			args := []string{"test", "-count=1"}
			for _, arg := range test.args {
				if arg != "--" && arg != "--exit-zero" {
					args = append(args, arg)
				}
			}
			steady := regexp.MustCompile(`"Time":"[^"]*"|"Elapsed":[0-9.]+|[0-9.]+s\b`).ReplaceAllString
			plain := execute(t, command(dir, "go", args...))
			if diff := cmp.Diff(steady(plain.stdout, ""), steady(r.stdout, "")); diff != "" {
				t.Errorf("standard output is another one than go test's: %s", diff)
			}
		})
	}
}

// A test that hangs is told of at once, and the tests go on until go test ends them.
func TestVerifyHang(t *testing.T) {
	t.Parallel() // it mostly waits
	dir := module(t, leaky)
	r := cloudlint(t, dir, "verify", "--watch=500ms", "./hangs", "--", "-timeout=15s")
	if r.status != 1 || !strings.Contains(r.stdout, "panic: test timed out after 15s") {
		t.Errorf("exit status %d\n%s", r.status, r.stdout)
	}
	for _, want := range []string{
		"TestHangs of corp.example/leaky/hangs waits for ever at hangs/hangs_test.go:5 (chan receive)",
		"hangs/hangs_test.go:5: CL1901 the goroutine of a test waits for ever in TestHangs",
	} {
		if strings.Count(r.stderr, want) != 1 {
			t.Errorf("there is not once %q in\n%s", want, r.stderr)
		}
	}
}

// An overlay is one for the analysis and for the run, wherever it is named.
func TestVerifyOverlay(t *testing.T) {
	dir := module(t, leaky, `
-- build/overlay.json --
{"Replace": {"clean/ask.go": "build/ask.go.txt", "clean/clean_test.go": "build/clean_test.go.txt"}}
-- build/ask.go.txt --
package clean

func Ask(wait bool) int {
	answer := make(chan int)
	go func() {
		answer <- 6 * 7
	}()
	if !wait {
		return 0
	}
	return <-answer
}
-- build/clean_test.go.txt --
package clean

import "testing"

func TestAsk(t *testing.T) { Ask(false) }
`)
	for _, test := range []struct {
		name  string
		flags string
		args  []string
	}{
		{"option", "", []string{"--overlay=build/overlay.json", "./clean"}},
		{"go test's flag", "", []string{"./clean", "--", "-overlay", "build/overlay.json"}},
		{"GOFLAGS", "-overlay=build/overlay.json", []string{"./clean"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "report.json")
			cmd := command(dir, binary, append([]string{"verify", "--format", "json=" + file}, test.args...)...)
			cmd.Env = append(cmd.Env, "GOFLAGS="+test.flags)
			r := execute(t, cmd)
			want := []string{"CL1001 clean/ask.go confirmed proven corp.example/leaky/clean TestAsk"}
			if diff := cmp.Diff(want, evidence(t, file)); diff != "" || r.status != 4 {
				t.Errorf("exit status %d, %s\n%s%s", r.status, diff, r.stdout, r.stderr)
			}
		})
	}
}

// Reports that show it know how many goroutines there were while the tests ran.
func TestVerifyOverTime(t *testing.T) {
	dir := module(t, leaky)
	file, page := filepath.Join(t.TempDir(), "report.json"), filepath.Join(t.TempDir(), "report.html")
	r := cloudlint(t, dir, "verify", "--format", "json="+file, "--format", "html="+page, "./known")
	if r.status != 4 {
		t.Fatalf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report finding.Report
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	e := report.Findings[0].Evidence
	if len(e.OverTime) != 1 {
		t.Fatalf("%d series in %s", len(e.OverTime), data)
	}
	o := e.OverTime[0]
	if o.Package != "corp.example/leaky/known" || o.Created != *e.Created || o.Samples[0].Goroutines != 0 || o.Samples[len(o.Samples)-1].Goroutines != e.Goroutines ||
		len(o.Tests) != 1 || o.Tests[0].Test != "TestAsk" || !o.Tests[0].Started || o.Ended == 0 {
		t.Errorf("%+v", o)
	}
	html, err := os.ReadFile(page)
	if err != nil || strings.Count(string(html), "<svg") != 1 || !strings.Contains(string(html), "when the tests had ended") {
		t.Errorf("%v, %d charts", err, strings.Count(string(html), "<svg"))
	}
}
