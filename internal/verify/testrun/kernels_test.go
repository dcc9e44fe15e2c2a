package testrun_test

import (
	"context"
	"fmt"
	"go/format"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/kernels"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

var registered = regexp.MustCompile(`register\("(\w+)", (\w+)\)`)

// writeKernels makes a module in dir of a part of the programs with leaks of the Go distribution, with a test for each.
func writeKernels(t testing.TB, dir, part string) {
	t.Helper()
	writePrograms(t, dir, readPrograms(t, part))
}

// readPrograms returns the texts of a part of the programs, by the names of their files.
func readPrograms(t testing.TB, part string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(kernels.Dir(t, part), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	programs := make(map[string]string)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// They print their own profile, which there is only with an experiment of Go 1.26.
		programs[filepath.Base(file)] = strings.NewReplacer("prof.WriteTo(os.Stdout, 2)", "_, _ = prof, os.Stdout").Replace(string(data))
	}
	return programs
}

// writePrograms makes a module in dir of programs, with a test for each.
func writePrograms(t testing.TB, dir string, programs map[string]string) {
	t.Helper()
	var tests strings.Builder
	tests.WriteString("package main\n\nimport \"testing\"\n\n")
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		write(t, dir, name, programs[name])
		for _, m := range registered.FindAllStringSubmatch(programs[name], -1) {
			fmt.Fprintf(&tests, "func Test%s(t *testing.T) { %s() }\n", m[1], m[2])
		}
	}
	source, err := format.Source([]byte(tests.String()))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "main_test.go", string(source))
	write(t, dir, "go.mod", "module corp.example/kernels\n\ngo 1.26\n")
}

// The programs with leaks of the Go distribution, run as tests: what the runtime's own test expects is reported, at those
// functions, in those operations, of that test, and nothing else is called proven.
func TestKernels(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	parts := []string{kernels.Patterns}
	if os.Getenv("CLOUDLINT_GOKER") != "" { // of .ci/full: these take as long as all others together
		parts = append(parts, kernels.Goker)
	}
	for _, part := range parts {
		t.Run(part, func(t *testing.T) {
			dir := t.TempDir()
			writeKernels(t, dir, part)
			result, err := testrun.Run(context.Background(), testrun.Options{
				Dir: dir, Patterns: []string{"."}, Self: self(t), Cache: cache(t), Stdout: io.Discard, Stderr: os.Stderr,
				// The stress tests are for the detector, not for us, and a program of Go 1.27 ends the process.
				Flags: []string{"-skip", "SpawnGC|DaisyChain|SelectNoCasesMain"},
			})
			if err != nil || result.Status != 0 || result.Lost != 0 {
				t.Fatalf("%+v, %v", result, err)
			}
			known := kernels.Expectations(t)
			seen := make(map[*regexp.Regexp]bool)
			programs := make(map[string]bool)
			for _, l := range verify.Leaks(result.Reports, verify.Places{GOROOT: result.GOROOT, Dir: func(string) string { return "" }}) {
				if l.Class != verify.Proven {
					continue
				}
				names := []string{l.Example.Frames[len(l.Example.Frames)-1].Func}
				if l.Created != nil {
					names = append(names, l.Created.Func+".gowrap1") // which the runtime hides from stacks
				}
				for _, test := range l.Tests {
					program := strings.TrimPrefix(test.Name, "Test")
					expected := false
					for _, e := range known {
						// A timer's goroutine has no test.
						if e.Name != program && program != "" {
							continue
						}
						for _, re := range e.Leaks {
							if slices.ContainsFunc(names, func(name string) bool { return re.MatchString(name + "() [" + l.Example.State + "]") }) {
								expected, seen[re], programs[e.Name] = true, true, true
							}
						}
					}
					if !expected {
						t.Errorf("%s leaks %v [%s], which the runtime's test does not know", test.Name, names, l.Example.State)
					}
				}
			}
			all := 0
			for _, e := range known {
				all += len(e.Leaks)
				for _, re := range e.Leaks {
					if part == kernels.Patterns && programs[e.Name] && !seen[re] {
						t.Errorf("%s: missed %v", e.Name, re)
					}
				}
			}
			t.Logf("%d programs leak, %d of the %d leaks that the runtime's test knows of both parts", len(programs), len(seen), all)
			if least := map[string]int{kernels.Patterns: 18, kernels.Goker: 50}[part]; len(programs) < least {
				t.Errorf("only %d programs leak, want %d at least", len(programs), least)
			}
		})
	}
}
