package unittest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Checkout is a folder with Go modules.
type Checkout struct {
	Dir string
	Env []string // added to that of the go command

	t *testing.T
}

// Unpack writes the files of a txtar archive to a fresh folder.
func Unpack(t *testing.T, archive string) *Checkout {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := &Checkout{t: t, Dir: dir}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		c.Write(f.Name, string(f.Data))
	}
	return c
}

// Open returns the checkout in a folder.
func Open(t *testing.T, dir string) *Checkout { return &Checkout{t: t, Dir: dir} }

// Write writes a file of the checkout.
func (c *Checkout) Write(name, text string) {
	c.t.Helper()
	name = filepath.Join(c.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		c.t.Fatal(err)
	}
}

// An Outcome is what a run of go vet printed. The Checkout's folder is $DIR.
type Outcome struct {
	Stdout, Stderr string
	Status         int
}

// Environ returns the environment for the go command: no network, and no settings of the machine.
func (c *Checkout) Environ() []string {
	return slices.Concat(os.Environ(), []string{"GOFLAGS=", "GOWORK=", "GOTOOLCHAIN=local", "GOPROXY=off", "PWD=" + c.Dir}, c.Env)
}

// Vet runs go vet with this program as the tool.
func (c *Checkout) Vet(args ...string) Outcome {
	c.t.Helper()
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command("go", append([]string{"vet", "-vettool=" + self}, args...)...)
	cmd.Dir = c.Dir
	cmd.Env = c.Environ()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	clean := func(b *bytes.Buffer) string { return strings.ReplaceAll(b.String(), c.Dir, "$DIR") }
	return Outcome{clean(&stdout), clean(&stderr), cmd.ProcessState.ExitCode()}
}

// Records runs go vet as the front does.
func (c *Checkout) Records(args ...string) ([]wire.Record, Outcome) {
	c.t.Helper()
	out := c.Vet(append([]string{"-json", "-record"}, args...)...)
	return Decode(c.t, out.Stdout), out
}

// Decode reads the stream of units, sorted by package.
func Decode(t *testing.T, stream string) []wire.Record {
	t.Helper()
	var all []wire.Record
	dec := json.NewDecoder(strings.NewReader(stream))
	for {
		var units map[string]map[string][]wire.Record
		if err := dec.Decode(&units); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the output is not a stream of records: %v\n%s", err, stream)
		}
		for _, analyzers := range units {
			all = append(all, analyzers["cloudlint"]...)
		}
	}
	slices.SortFunc(all, func(a, b wire.Record) int { return cmp.Compare(a.Package, b.Package) })
	return all
}

// Found lists the findings, once each.
func Found(records []wire.Record) []string {
	var lines []string
	for _, r := range records {
		for _, f := range r.Findings {
			line := fmt.Sprintf("%s/%s:%d:%d: %s: %s", f.Pos.Package, f.Pos.File, f.Pos.Line, f.Pos.Column, f.Code, f.Message)
			for _, s := range f.Steps {
				line += fmt.Sprintf(" (%s/%s:%d: %s)", s.Pos.Package, s.Pos.File, s.Pos.Line, s.Message)
			}
			if f.SuppressedBy != nil {
				line += fmt.Sprintf(" (suppressed in line %d)", f.SuppressedBy.Line)
			}
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// Packages lists the packages of the records.
func Packages(records []wire.Record) []string {
	var paths []string
	for _, r := range records {
		paths = append(paths, r.Package)
	}
	return slices.Compact(paths)
}

// Distinct sorts the records and drops repetitions: a dependency that is also named is analysed twice by go vet.
func Distinct(records []wire.Record) []wire.Record {
	key := func(r wire.Record) string {
		data, err := json.Marshal(r)
		if err != nil {
			panic(err)
		}
		return string(data)
	}
	records = slices.SortedFunc(slices.Values(records), func(a, b wire.Record) int { return cmp.Compare(key(a), key(b)) })
	return slices.CompactFunc(records, func(a, b wire.Record) bool { return key(a) == key(b) })
}
