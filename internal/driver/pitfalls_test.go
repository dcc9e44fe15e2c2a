package driver

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// The pitfalls of research/driver.md, section 3, each under both drivers where it concerns both.

func TestP1DependencyFirst(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, `
-- go.mod --
module m

go 1.26
-- a/a.go --
package a

import "m/b"

func A() { b.B() }
-- b/b.go --
package b

import "time"

func B() { time.Sleep(1) }
`)
		first, _ := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"./a"}})
		if diff := cmp.Diff(result{}, first); diff != "" {
			t.Errorf("./a: %s", diff)
		}
		for _, pattern := range []string{"./b", "./..."} {
			got, _ := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{pattern}})
			want := result{Found: []string{"b/b.go:5:12: CL9001 sleeps"}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s after ./a: %s", pattern, diff)
			}
		}
	})
}

func TestP3Panic(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, service)
		req := Request{Dir: dir, Mode: mode, Patterns: []string{"./a"}, Configure: flags("-sleepy.panic=true")}
		for range 2 { // the second run reads the cache
			got, _ := lint(t, req)
			want := result{Found: []string{"a/a.go:9:33: CL9002 Wait never returns"}}
			errors := got.Errors
			got.Errors = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if len(errors) != 1 || !strings.HasPrefix(errors[0], "m/a: analyzer sleepy failed: internal error: panic: sleepy panics as it was told") {
				t.Errorf("errors: %q", errors)
			}
		}
	})
}

func TestP4Noise(t *testing.T) {
	t.Parallel()
	dir := unpack(t, service)
	for range 2 {
		got, _ := lint(t, Request{Dir: dir, Patterns: []string{"./b"}, Configure: flags("-sleepy.print=true")})
		want := result{Found: []string{"b/b.go:5:15: CL9001 sleeps", "b/b_test.go:8:31: CL9001 sleeps"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestP6OtherCheckout(t *testing.T) {
	both(t, func(t *testing.T, mode Mode) {
		t.Setenv("GOFLAGS", "-trimpath")
		// Both checkouts have the same content, so that the second one's records are the first one's.
		var outs []string
		for range 2 {
			dir := unpack(t, service)
			got, out := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"./a"}})
			want := result{Found: []string{"a/a.go:9:12: CL9001 sleeps", "a/a.go:9:33: CL9002 Wait never returns"}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if got, want := out.Packages["m/b"].Dir, filepath.Join(dir, "b"); got != want {
				t.Errorf("m/b lies in %s, want %s", got, want)
			}
			outs = append(outs, strings.ReplaceAll(encoded(t, out), dir, "$DIR"))
		}
		if diff := cmp.Diff(outs[0], outs[1]); diff != "" {
			t.Error(diff)
		}
	})
}

func TestP6OtherFolder(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, service)
		got, _ := lint(t, Request{Dir: filepath.Join(dir, "a"), Mode: mode, Patterns: []string{".", "../b"}, NoTests: true})
		want := result{Found: []string{"../b/b.go:5:15: CL9001 sleeps", "a.go:9:12: CL9001 sleeps", "a.go:9:33: CL9002 Wait never returns"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// Names of files mean what the overlay makes of them; only what needs a folder of the overlay is left to the source
// driver.
func TestP6OverlayArguments(t *testing.T) {
	t.Parallel()
	dir := unpack(t, service+`
-- new.txt --
package fresh

import "time"

func New() { time.Sleep(9) }
-- user.txt --
package user

import "m/fresh"

func Use() { fresh.New() }
-- overlay.json --
{"Replace": {"fresh/fresh.go": "new.txt", "b/b_test.go": "", "user/user.go": "user.txt", "nested/go.mod": "", "user/nested/go.mod": "go.mod"}}
-- nested/go.mod --
module nested
-- nested/n.go --
package nested

import "time"

func N() { time.Sleep(1) }
-- user/user.go --
package user
-- user/nested/n.go --
package m

import "time"

func N() { time.Sleep(1) }
`)
	tests := []struct {
		args   []string
		want   result
		driver Mode
	}{
		{[]string{"fresh/fresh.go"}, result{Found: []string{"fresh/fresh.go:5:14: CL9001 sleeps"}}, Source},
		{[]string{"b/b_test.go"}, result{Err: "there is no file b/b_test.go in the overlay; with --staged, add it by git add first"}, Vet},
		{[]string{"nested/n.go"}, result{Found: []string{"nested/n.go:5:12: CL9001 sleeps"}}, Vet},
		{[]string{"user/nested/n.go"}, result{Found: []string{"user/nested/n.go:5:12: CL9001 sleeps"}}, Vet},
		{[]string{"./user"}, result{}, Source},
	}
	for _, test := range tests {
		got, out := lint(t, Request{Dir: dir, Mode: Vet, Overlay: "overlay.json", Patterns: test.args})
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: %s", test.args, diff)
		}
		if out != nil && out.Driver != test.driver {
			t.Errorf("%q: by %s, want %s", test.args, out.Driver, test.driver)
		}
	}
}

func TestP6Overlay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, service+`
-- overlay/unsaved1234.go --
package b

import "time"

func Wait() {}

func More() { time.Sleep(9) }
-- overlay/new.go --
package fresh

import "time"

func New() { time.Sleep(9) }
-- overlay.json --
{"Replace": {"b/b.go": "overlay/unsaved1234.go", "b/b_test.go": "", "fresh/fresh.go": "overlay/new.go"}}
`)
		want := result{Found: []string{"a/a.go:9:12: CL9001 sleeps", "b/b.go:7:15: CL9001 sleeps", "fresh/fresh.go:5:14: CL9001 sleeps"}}
		req := Request{Dir: dir, Mode: mode, Overlay: "overlay.json", Patterns: []string{"./a", "./b", "./fresh"}}
		got, _ := lint(t, req)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}

		unpackTo(t, dir, "-- overlay/unsaved1234.go --\npackage b\n\nfunc Wait() { undefined() }\n")
		got, _ = lint(t, req)
		want = result{
			Found:       []string{"fresh/fresh.go:5:14: CL9001 sleeps"},
			Errors:      []string{"m/a: not analysed, because it imports m/b, which has errors", "m/b: b/b.go:3:15: undefined: undefined"},
			NotAnalysed: []string{"m/a", "m/b"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestP6LineDirective(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, `
-- go.mod --
module m

go 1.26
-- p/p.go --
package p

import "time"

//line grammar.y:10
func P() { time.Sleep(1) }

//line ../other/o.y:20:3
func Q() { time.Sleep(1) }
`)
		got, _ := lint(t, Request{Dir: dir, Mode: mode})
		want := result{Found: []string{"other/o.y:20:14: CL9001 sleeps", "p/grammar.y:10:0: CL9001 sleeps"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestP7Cgo(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no C compiler")
	}
	archive := `
-- go.mod --
module m

go 1.26
-- c.go --
package c

// static int two() { return 2; }
import "C"
import "time"

func Two() { C.two(); time.Sleep(1) }
-- other.go --
package c

import "time"

func Other() { time.Sleep(1) }
`
	both(t, func(t *testing.T, mode Mode) {
		t.Setenv("CGO_ENABLED", "1")
		got, out := lint(t, Request{Dir: unpack(t, archive), Mode: mode})
		want := result{Found: []string{"c.go:7:23: CL9001 sleeps", "other.go:5:16: CL9001 sleeps"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if got := out.Packages["m"].Dir; strings.Contains(got, "cloudlint-") {
			t.Errorf("the package lies in %s", got)
		}
	})
	both(t, func(t *testing.T, mode Mode) {
		t.Setenv("CGO_ENABLED", "0")
		dir := unpack(t, archive)
		got, _ := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"c.go"}})
		want := result{
			Found:  []string{"other.go:5:16: CL9001 sleeps"},
			Errors: []string{": c.go is not analysed: build constraints or its name exclude it from its package (GOOS=$GOOS GOARCH=$GOARCH)"},
		}
		if diff := cmp.Diff(want, platformless(got)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestP9Variants(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, service)
		all := []string{
			"a/a.go:9:12: CL9001 sleeps",
			"a/a.go:9:33: CL9002 Wait never returns",
			"b/b.go:5:15: CL9001 sleeps",
			"b/b_test.go:8:31: CL9001 sleeps",
			"c/c_test.go:10:31: CL9001 sleeps",
			"c/c_test.go:10:52: CL9002 Wait never returns",
		}
		got, out := lint(t, Request{Dir: dir, Mode: mode})
		if diff := cmp.Diff(result{Found: all}, got); diff != "" {
			t.Error(diff)
		}
		if p := out.Packages["m/c"]; !p.Named || p.Dir != filepath.Join(dir, "c") || p.Module.Path != "m" {
			t.Errorf("m/c, which has tests only: %+v", p)
		}
		// The same bytes again, from the cache and with another number of workers.
		for _, jobs := range []int{0, 1} {
			_, again := lint(t, Request{Dir: dir, Mode: mode, Jobs: jobs})
			if diff := cmp.Diff(encoded(t, out), encoded(t, again)); diff != "" {
				t.Errorf("jobs %d: %s", jobs, diff)
			}
		}

		got, out = lint(t, Request{Dir: dir, Mode: mode, NoTests: true})
		if diff := cmp.Diff(result{Found: all[:3]}, got); diff != "" {
			t.Errorf("without tests: %s", diff)
		}
		for _, rec := range out.Records {
			if rec.Tests {
				t.Errorf("without tests: %s has some", rec.Package)
			}
		}
		got, _ = lint(t, Request{Dir: dir, Mode: mode, NoTests: true, Patterns: []string{"./c", "./b"}})
		if diff := cmp.Diff(result{Found: all[2:3]}, got); diff != "" {
			t.Errorf("without tests: %s", diff)
		}
		got, _ = lint(t, Request{Dir: dir, Mode: mode, NoTests: true, Patterns: []string{"c/c_test.go"}})
		if diff := cmp.Diff(result{}, got); diff != "" {
			t.Errorf("without tests: %s", diff)
		}
		if _, ok := out.Packages["m/c"]; ok {
			t.Error("without tests: m/c is listed")
		}
	})
}

// TestBothDriversAgree compares whole outcomes.
func TestBothDriversAgree(t *testing.T) {
	t.Parallel()
	dir := unpack(t, service)
	var outs []string
	both(t, func(t *testing.T, mode Mode) {
		_, out := lint(t, Request{Dir: dir, Mode: mode})
		out.Driver = ""
		// The vet driver also sees what other packages import of a package with tests.
		out.Records = slices.DeleteFunc(out.Records, func(r wire.Record) bool { return r.Package == "m/b" && !r.Tests })
		outs = append(outs, encoded(t, out))
	})
	if diff := cmp.Diff(outs[0], outs[1]); diff != "" {
		t.Error(diff)
	}
}

func TestP10Settings(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, service)
		for _, verb := range []string{"naps", "dozes", "naps"} {
			got, _ := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"./a"}, Configure: flags("-sleepy.verb=" + verb)})
			want := result{Found: []string{"a/a.go:9:12: CL9001 " + verb, "a/a.go:9:33: CL9002 Wait never returns"}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// Flags of vet tools are no business of ours, and what changes go's output would be a nuisance.
func TestP10Goflags(t *testing.T) {
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, service)
		for _, value := range []string{"-sleepy.verb=yawns", "-json -diff -fix -n -x -v -work -c=3", "-vettool=/nowhere", "-tags=never '-ldflags=-s -w'"} {
			t.Setenv("GOFLAGS", value)
			got, _ := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"./a"}})
			want := result{Found: []string{"a/a.go:9:12: CL9001 sleeps", "a/a.go:9:33: CL9002 Wait never returns"}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("GOFLAGS=%s: %s", value, diff)
			}
		}
	})
}

func TestProgress(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		var got []string
		var last Progress
		lint(t, Request{Dir: unpack(t, service), Mode: mode, Progress: func(p Progress) {
			got = append(got, p.Package)
			last = p
		}})
		if len(got) == 0 || got[0] != "" {
			t.Errorf("the run is not announced: %q", got)
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"", "m/a", "m/b", "m/c"}, got); diff != "" {
			t.Error(diff)
		}
		if last.Done != 3 || last.Total != 3 {
			t.Errorf("last progress: %+v", last)
		}
	})
}

// flags configures all modules alike.
func flags(all ...string) func(Module) (Settings, error) {
	return func(Module) (Settings, error) { return Settings{Flags: all}, nil }
}

// platformless replaces the names of the system that the test runs on.
func platformless(r result) result {
	for i, e := range r.Errors {
		if at := strings.Index(e, "(GOOS="); at >= 0 {
			r.Errors[i] = e[:at] + "(GOOS=$GOOS GOARCH=$GOARCH)"
		}
	}
	return r
}

// logTo returns a logger that writes to buf.
func logTo(buf *bytes.Buffer) logrus.FieldLogger {
	l := logrus.New()
	l.SetOutput(buf)
	l.SetLevel(logrus.DebugLevel)
	return l
}
