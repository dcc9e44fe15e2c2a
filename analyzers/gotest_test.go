package analyzers_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/driver/unit"
)

// TestGoTestDirectory analyses the programs of Go's own test directory, the oddest correct Go that there is: nothing may
// panic, hang or be left out. Without CLOUDLINT_GOTEST=1 it takes a part of them.
func TestGoTestDirectory(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(strings.TrimSpace(string(goroot)), "test")
	if _, err := os.Stat(root); err != nil {
		t.Skip("this toolchain has no test directory")
	}
	all := analyzers.All()
	for _, a := range all {
		for _, option := range []string{"preview", "tests"} {
			if err := a.Flags.Set(option, "true"); err != nil {
				t.Fatal(err)
			}
		}
	}
	fset := token.NewFileSet()
	world := &gotests{fset: fset, importer: importer.ForCompiler(fset, "gc", nil), all: all}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		dir, _, _ := strings.Cut(filepath.ToSlash(name), "/")
		if os.Getenv("CLOUDLINT_GOTEST") == "" && dir != "chan" && dir != "typeparam" && dir != "ken" {
			return nil
		}
		world.analyse(t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d programs analysed, %d findings, %d functions given up; %d programs do not compile on their own", world.programs, world.findings, world.exhausted, world.broken)
	if world.programs < 100 {
		t.Errorf("only %d programs", world.programs)
	}
}

type gotests struct {
	fset     *token.FileSet
	importer types.Importer
	all      []*analysis.Analyzer

	programs, broken, findings, exhausted int
}

// analyse analyses the program in one file, if it is one.
func (w *gotests) analyse(t *testing.T, path string) {
	file, err := parser.ParseFile(w.fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		w.broken++
		return
	}
	p := &unit.Package{Fset: w.fset, Files: []*ast.File{file}, Info: unit.NewInfo(), Sizes: types.SizesFor("gc", "amd64"), ReadFile: os.ReadFile}
	conf := types.Config{Importer: w.importer, Sizes: p.Sizes, Error: func(error) {}}
	if p.Types, err = conf.Check("main", w.fset, p.Files, p.Info); err != nil {
		w.broken++
		return
	}
	p.Lookup = func(path string) *types.Package {
		imported, err := w.importer.Import(path)
		if err != nil {
			return nil
		}
		return imported
	}
	out, err := unit.Analyze(p, w.all)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	w.programs++
	for _, f := range out.Record.Failed {
		t.Errorf("%s: analyzer %s failed: %s", path, f.Analyzer, f.Message)
	}
	for _, f := range out.Record.Findings {
		t.Logf("%s:%d: %s %s", path, f.Pos.Line, f.Code, f.Message)
	}
	w.findings += len(out.Record.Findings)
	for _, n := range out.Record.Exhausted {
		w.exhausted += n
	}
}
