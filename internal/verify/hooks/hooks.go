// Package hooks makes the overlay by which `cloudlint verify` looks at a test run. It adds a few calls to package testing
// of the standard library, on lines that are there, and one file to it and to package runtime/pprof, which call the leak
// detection that the runtime has had since Go 1.26. No file of the user's is replaced, so that it serves every package:
// with a TestMain or without one, with external tests, under the race detector, with coverage.
package hooks

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The environment of the test run.
const (
	Dir   = "CLOUDLINT_VERIFY_DIR"   // an absolute folder for reports
	Watch = "CLOUDLINT_VERIFY_WATCH" // a duration: how often to report while tests run; empty: never
	// Witness is a list of steps, SITE.NTH, with blanks between: the order in which goroutines come to the sites. See
	// witness.go.txt for what else it says.
	Witness = "CLOUDLINT_VERIFY_WITNESS"
	// Sample is there if goroutines are to be counted while tests run, by go statement.
	Sample = "CLOUDLINT_VERIFY_SAMPLE"
	// TmpDir is there if GOTMPDIR is not the user's: what it was.
	TmpDir = "CLOUDLINT_VERIFY_GOTMPDIR"
)

// Label is the key of the pprof label that holds the name of the test which has started a goroutine.
const Label = "cloudlint.test"

//go:embed testing.go.txt
var testingFile string

//go:embed samples.go.txt
var samplesFile string

//go:embed witness.go.txt
var witnessFile string

//go:embed pprof.go.txt
var pprofFile string

// An edit replaces old in a file of the standard library, between texts with which it is there exactly once.
type edit struct{ file, before, old, after, new string }

var edits = []edit{
	{"testing/testing.go", "\tt.runner = callerName(0)", "", "\n", "; clStart(t.name)"},
	{"testing/testing.go", "\t", "", "defer m.after()\n", `defer clEnd(m, "end"); clWatch(m); `},
	{"testing/testing.go", "m.timer = time.AfterFunc(*timeout, func() {", "", "\n", ` clEnd(m, "timeout")`},
	{"testing/testing.go", "context.WithCancel(", "context.Background()", ")\n\tt = &T{", "clCtx(testName)"},
	{"testing/testing.go", "context.WithCancel(", "context.Background()", ")\n\tt2 := &T{", "clCtx(t.name)"},
	{"testing/testing.go", "\t\tt.report()", "", " // Report after all subtests have finished.\n", "; clTested(&t.common)"},
	{"testing/fuzz.go", "func fRunner(f *F, fn func(*F)) {", "", "\n", " clStart(f.name)"},
	{"testing/fuzz.go", "\t\tf.report()", "", "\n", "; clTested(&f.common)"},
	{"testing/run_example.go", "func runExample(eg InternalExample) (ok bool) {", "", "\n", " clStart(eg.Name); defer clRan(eg.Name, clNow())"},
	{"testing/benchmark.go", "func (b *B) runN(n int) {", "", "\n", " clStart(b.name); clQuiet.Add(1); defer clQuiet.Add(-1)"},
	{"testing/allocs.go", "func AllocsPerRun(runs int, f func()) (avg float64) {", "", "\n", " clQuiet.Add(1); defer clQuiet.Add(-1)"},
}

// ErrUnknown is the error for a standard library that is not as this package knows it.
var ErrUnknown = errors.New("this Go's package testing is not as cloudlint knows it")

// Files returns the contents of the overlay for a GOROOT: of files that are there and of new ones, by their path below
// GOROOT's src, with slashes. Each line keeps its number.
func Files(goroot string) (map[string]string, error) {
	files := map[string]string{
		"testing/zz_cloudlint.go":         testingFile,
		"testing/zz_cloudlint_samples.go": samplesFile,
		"testing/zz_cloudlint_witness.go": witnessFile,
		"runtime/pprof/zz_cloudlint.go":   pprofFile,
	}
	for _, e := range edits {
		if files[e.file] == "" {
			data, err := os.ReadFile(filepath.Join(goroot, "src", filepath.FromSlash(e.file)))
			if err != nil {
				return nil, fmt.Errorf("the standard library's source is needed: %w", err)
			}
			files[e.file] = string(data)
		}
		anchor := e.before + e.old + e.after
		if n := strings.Count(files[e.file], anchor); n != 1 {
			return nil, fmt.Errorf("%w: %s has %q %d times", ErrUnknown, e.file, anchor, n)
		}
		files[e.file] = strings.Replace(files[e.file], anchor, e.before+e.new+e.after, 1)
	}
	return files, nil
}

// Write writes the files of a GOROOT's overlay into a folder below dir, whose name is that of their contents, and returns
// what replaces what. What is there already is used again: the same names make the build cache's entries last.
func Write(goroot, dir string) (map[string]string, error) {
	files, err := Files(goroot)
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(files))
	sum := sha256.New()
	for _, name := range names {
		fmt.Fprintf(sum, "%s %d\n%s\n", name, len(files[name]), files[name])
	}
	folder := filepath.Join(dir, "std-"+hex.EncodeToString(sum.Sum(nil))[:16])
	replace := make(map[string]string)
	for _, name := range names {
		actual := filepath.Join(folder, filepath.FromSlash(name))
		if err := writeOnce(actual, files[name]); err != nil {
			return nil, err
		}
		replace[filepath.Join(goroot, "src", filepath.FromSlash(name))] = actual
	}
	return replace, nil
}

// writeOnce writes a file, unless it is there with these contents. Several processes may do so at a time.
func writeOnce(name, text string) error {
	data, err := os.ReadFile(name)
	if err == nil && string(data) == text {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".tmp-")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(text)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}
