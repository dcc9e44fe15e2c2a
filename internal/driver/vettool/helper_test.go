package vettool_test

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

	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// TestMain makes the test binary the vet tool, too.
func TestMain(m *testing.M) {
	if vettool.Main(os.Args[1:], unittest.Analyzers) {
		return
	}
	os.Exit(m.Run())
}

// A checkout is a folder with Go modules.
type checkout struct {
	t   *testing.T
	dir string
	env []string
}

// unpack writes the files of a txtar archive to a fresh folder.
func unpack(t *testing.T, archive string) *checkout {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := &checkout{t: t, dir: dir}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		c.write(f.Name, string(f.Data))
	}
	return c
}

func (c *checkout) write(name, text string) {
	c.t.Helper()
	name = filepath.Join(c.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		c.t.Fatal(err)
	}
}

// An outcome is what a run of go vet printed. The checkout's folder is $DIR.
type outcome struct {
	stdout, stderr string
	status         int
}

// vet runs go vet with this program as the tool.
func (c *checkout) vet(args ...string) outcome {
	c.t.Helper()
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command("go", append([]string{"vet", "-vettool=" + self}, args...)...)
	cmd.Dir = c.dir
	// A version that the module asks for would be downloaded.
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=", "GOTOOLCHAIN=local", "GOPROXY=off", "PWD="+c.dir)
	cmd.Env = append(cmd.Env, c.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	clean := func(b *bytes.Buffer) string { return strings.ReplaceAll(b.String(), c.dir, "$DIR") }
	return outcome{clean(&stdout), clean(&stderr), cmd.ProcessState.ExitCode()}
}

// records runs go vet as the front does.
func (c *checkout) records(args ...string) ([]wire.Record, outcome) {
	c.t.Helper()
	out := c.vet(append([]string{"-json", "-record"}, args...)...)
	return decode(c.t, out.stdout), out
}

// decode reads the stream of units, sorted by package.
func decode(t *testing.T, stream string) []wire.Record {
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

// found lists the findings, once each.
func found(records []wire.Record) []string {
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

// packages lists the packages of the records.
func packages(records []wire.Record) []string {
	var paths []string
	for _, r := range records {
		paths = append(paths, r.Package)
	}
	return slices.Compact(paths)
}
