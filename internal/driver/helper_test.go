package driver

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
)

// TestMain makes the test binary the vet tool, too.
func TestMain(m *testing.M) {
	if vettool.Main(os.Args[1:], unittest.Analyzers) {
		return
	}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GIT_") {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	for name, value := range map[string]string{
		"GOFLAGS": " ", "GOWORK": "", "GO111MODULE": "", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOENV": "off", "CI": "",
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// unpack writes the files of a txtar archive to a fresh folder.
func unpack(t *testing.T, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	unpackTo(t, dir, archive)
	return dir
}

func unpackTo(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// A result is an outcome in words.
type result struct {
	Found       []string // "dir/file:line:col: code message", dir relative to the request's
	Errors      []string // "package: message"
	NotAnalysed []string
	Err         string
}

// lint runs the driver and puts the outcome in words.
func lint(t *testing.T, req Request) (result, *Outcome) {
	t.Helper()
	req.Analyzers = unittest.Analyzers
	if req.Mode == "" {
		req.Mode = Vet
	}
	out, err := Run(context.Background(), req)
	var res result
	if err != nil {
		res.Err = strings.ReplaceAll(err.Error(), req.Dir, "$DIR")
		return res, nil
	}
	for _, rec := range out.Records {
		for _, f := range rec.Findings {
			p, ok := out.Packages[f.Pos.Package]
			if !ok {
				t.Errorf("Packages lacks %s", f.Pos.Package)
			}
			dir, err := filepath.Rel(req.Dir, p.Dir)
			if err != nil {
				t.Error(err)
			}
			line := fmt.Sprintf("%s:%d:%d: %s %s", filepath.ToSlash(filepath.Join(dir, f.Pos.File)), f.Pos.Line, f.Pos.Column, f.Code, f.Message)
			for _, s := range f.Steps {
				if _, ok := out.Packages[s.Pos.Package]; !ok {
					t.Errorf("Packages lacks %s", s.Pos.Package)
				}
			}
			res.Found = append(res.Found, line)
		}
	}
	slices.Sort(res.Found)
	res.Found = slices.Compact(res.Found)
	for _, e := range out.Errors {
		res.Errors = append(res.Errors, strings.ReplaceAll(e.Package+": "+e.Message, req.Dir, "$DIR"))
	}
	res.NotAnalysed = out.NotAnalysed
	return res, out
}

// encoded is the outcome as bytes.
func encoded(t *testing.T, out *Outcome) string {
	t.Helper()
	data, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// both runs a test under both drivers.
func both(t *testing.T, test func(t *testing.T, mode Mode)) {
	t.Helper()
	for _, mode := range []Mode{Vet, Source} {
		t.Run(string(mode), func(t *testing.T) { test(t, mode) })
	}
}
