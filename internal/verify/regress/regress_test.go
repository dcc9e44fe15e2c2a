package regress

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// sources is a package with tests of every kind.
const sources = `
-- a.go --
package a

var strings, leavesNothingIn int
-- a_test.go --
package a

import "testing"

func TestPlain(t *testing.T) {}

func TestPlainLeavesNothingInRun() {}

func TestParallel(t *testing.T) { func() { t.Parallel() }() }

func TestUnnamed(*testing.T) {}

func TestMain(m *testing.M) {}

func TestGeneric[T any](t *testing.T) {}

type suite struct{}

func (suite) TestMethod(t *testing.T) {}
-- a_linux_test.go --
//go:build cgo || !cgo

package a

import . "testing"

func TestDot(t *T) {}
-- none_test.go --
//go:build none

package a

func TestPlainLeavesNothingInRun2() {}

func TestNone(t *testing.T) {}
-- x_test.go --
package a_test

import "testing"

func TestOutside(t *testing.T) {}

func ExampleA() {}
-- y_test.go --
//go:build tagged

package a_test

import "testing"

func TestTagged(t *testing.T) {}
`

func planned(t *testing.T, goVersion string, leaks ...Leak) (*Plan, string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(sources)).Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for i := range leaks {
		leaks[i].Func, leaks[i].Function, leaks[i].Place, leaks[i].Code = "corp.example/a.run", "run", "a.go:7", "CL1901"
	}
	return New(leaks, map[string]Package{"corp.example/a": {
		Dir: dir, Name: "a", GoVersion: goVersion,
		Tests: []string{"a_test.go", "a_linux_test.go", "x_test.go", "y_test.go", "b_test.go"},
		// A file that only the overlay has.
		Replace: map[string]string{filepath.Join(dir, "b_test.go"): overlaid(t)},
	}}), dir
}

func overlaid(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "1.go")
	if err := os.WriteFile(name, []byte("package a\n\nfunc TestOverlaid(t *testing.T) {}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

func of(op string, tests ...string) Leak {
	l := Leak{Op: op}
	for _, name := range tests {
		l.Starters = append(l.Starters, Starter{"corp.example/a", name})
	}
	return l
}

// Which function is called, in which file, under which name, and whether in a bubble.
func TestPlan(t *testing.T) {
	const send = "chan send"
	for _, test := range []struct {
		leak       Leak
		goVersion  string
		file, name string // of the test
		bubble     string // why it is not run in one: this is in the reason
		refused    string // why there is none
	}{
		{leak: of(send, "TestPlain"), file: "cloudlint_leak_test.go", name: "TestPlainLeavesNothingInRun3"},
		{leak: of(send, "TestUnnamed"), file: "cloudlint_leak_test.go", name: "TestUnnamedLeavesNothingInRun"},
		{leak: of(send, "TestOverlaid"), file: "cloudlint_leak_test.go", name: "TestOverlaidLeavesNothingInRun"},
		{leak: of(send, "TestDot"), file: "cloudlint_leak_linux_test.go", name: "TestDotLeavesNothingInRun"},
		{leak: of(send, "TestOutside"), file: "cloudlint_leak_x_test.go", name: "TestOutsideLeavesNothingInRun"},
		{leak: of(send, "TestTagged"), file: "cloudlint_leak_x_test.go", name: "TestTaggedLeavesNothingInRun"},
		{leak: of(send, "ExampleA"), file: "cloudlint_leak_x_test.go", name: "TestExampleALeavesNothingInRun"},
		{leak: of(send, "TestPlain"), goVersion: "1.24.3", file: "cloudlint_leak_test.go", name: "TestPlainLeavesNothingInRun3", bubble: "the module is for Go 1.24.3"},
		{leak: of("sync.Mutex.Lock", "TestPlain"), file: "cloudlint_leak_test.go", name: "TestPlainLeavesNothingInRun3", bubble: "(sync.Mutex.Lock) counts as one that runs"},
		{leak: of(send, "TestParallel"), file: "cloudlint_leak_test.go", name: "TestParallelLeavesNothingInRun", bubble: "TestParallel calls t.Parallel"},
		{leak: of(send, "TestPlain/a/b"), file: "cloudlint_leak_test.go", name: "TestPlainLeavesNothingInRun3", bubble: "TestPlain has subtests"},
		// One that may run in a bubble is preferred, and any to none.
		{leak: of(send, "FuzzA/seed#0", "TestPlain/a", "TestUnnamed"), file: "cloudlint_leak_test.go", name: "TestUnnamedLeavesNothingInRun"},
		{leak: of(send, "", "TestParallel", "TestPlain/a"), file: "cloudlint_leak_test.go", name: "TestParallelLeavesNothingInRun", bubble: "calls t.Parallel"},
		{leak: of(send), refused: "no test of its own"},
		{leak: of(send, ""), refused: "no test of its own"},
		{leak: of(send, "FuzzA/seed#0"), refused: "FuzzA is a fuzz test"},
		{leak: of(send, "BenchmarkA"), refused: "BenchmarkA is a benchmark"},
		{leak: of(send, "TestMethod"), refused: "no file of the tests declares TestMethod"},
		{leak: of(send, "TestMain"), refused: "no file of the tests declares TestMain"},
		{leak: of(send, "TestGeneric"), refused: "no file of the tests declares TestGeneric"},
		{leak: of(send, "TestNone"), refused: "no file of the tests declares TestNone"},
		{leak: Leak{Op: send, Starters: []Starter{{"corp.example/b", "TestB"}}}, refused: "corp.example/b is no package of this module"},
	} {
		t.Run(strings.Join([]string{test.name, test.refused, test.bubble}, " "), func(t *testing.T) {
			if test.goVersion == "" {
				test.goVersion = "1.25"
			}
			plan, dir := planned(t, test.goVersion, test.leak)
			if test.refused != "" {
				if len(plan.Tests) > 0 || len(plan.Refused) != 1 || !strings.Contains(plan.Refused[0].Why, test.refused) {
					t.Fatalf("planned %v, refused %v", plan.Tests, plan.Refused)
				}
				return
			}
			if len(plan.Tests) != 1 || len(plan.Refused) != 0 {
				t.Fatalf("planned %v, refused %v", plan.Tests, plan.Refused)
			}
			got := plan.Tests[0]
			if got.Name != test.name || (got.NoBubble == "") != (test.bubble == "") || !strings.Contains(got.NoBubble, test.bubble) {
				t.Errorf("%s, without a bubble because %q", got.Name, got.NoBubble)
			}
			for _, form := range []Form{Bubble, Check} {
				got.Form = form
				files, err := Files(plan.Tests)
				if err != nil || len(files) != 1 || files[0].Path != filepath.Join(dir, test.file) {
					t.Fatalf("files %v, %v", files, err)
				}
				if _, err := parser.ParseFile(token.NewFileSet(), "", files[0].Text, 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Tests of one build constraint share a file, and helpers of files that are in one build have different names.
func TestFilesByConstraint(t *testing.T) {
	plan, dir := planned(t, "1.25", of("chan send", "TestOutside"), of("chan send", "TestTagged"), of("chan send", "ExampleA"), of("chan send", "TestPlain"))
	for _, test := range plan.Tests {
		test.Form = Bubble
	}
	files, err := Files(plan.Tests)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]string)
	for _, f := range files {
		name := filepath.Base(f.Path)
		for _, test := range f.Tests {
			got[name] = append(got[name], test.Name)
		}
		for _, line := range strings.Split(string(f.Text), "\n") {
			if strings.HasPrefix(line, "//go:build") || strings.HasPrefix(line, "func leaves") || strings.Contains(line, `"strings"`) || strings.Contains(line, "ExampleA()") {
				got[name] = append(got[name], strings.TrimSpace(line))
			}
		}
	}
	const params = "(t *testing.T, function, name string, test func(*testing.T)) {"
	want := map[string][]string{
		"cloudlint_leak_test.go": {"TestPlainLeavesNothingInRun3", `strings2 "strings"`, "func leavesNothingInBubble3" + params},
		"cloudlint_leak_x_test.go": {
			"TestOutsideLeavesNothingInRun", "TestExampleALeavesNothingInRun", `strings2 "strings"`,
			`leavesNothingInBubble(t, "corp.example/a.run", "ExampleA", func(*testing.T) { ExampleA() })`, "func leavesNothingInBubble" + params,
		},
		"cloudlint_leak_x2_test.go": {"TestTaggedLeavesNothingInRun", "//go:build tagged", `strings2 "strings"`, "func leavesNothingInBubble2" + params},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if list := plan.Existing(); len(list) > 0 {
		t.Errorf("there is already %v", list)
	}
	if err := os.WriteFile(filepath.Join(dir, "cloudlint_leak_x2_test.go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "cloudlint_leak_x2_test.go")}, plan.Existing()); diff != "" {
		t.Error(diff)
	}
}

func TestSuffix(t *testing.T) {
	for name, want := range map[string]string{
		"a_test.go": "", "a_linux_test.go": "_linux", "a_linux_amd64_test.go": "_linux_amd64", "a_amd64_test.go": "_amd64",
		"linux_test.go": "", "a_unix_test.go": "", "a_linux_b_test.go": "", "a_b_windows_test.go": "_windows",
	} {
		if got := suffix(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
