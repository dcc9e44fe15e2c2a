package unit

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// A world is a set of packages that import each other.
type world struct {
	t        *testing.T
	fset     *token.FileSet
	packages map[string]*Package
}

func newWorld(t *testing.T) *world {
	return &world{t: t, fset: token.NewFileSet(), packages: make(map[string]*Package)}
}

// Import implements types.Importer.
func (w *world) Import(path string) (*types.Package, error) {
	if p := w.packages[path]; p != nil {
		return p.Types, nil
	}
	return importer.Default().Import(path)
}

// check adds a package of one file.
func (w *world) check(path, src string) *Package {
	w.t.Helper()
	file, err := parser.ParseFile(w.fset, "/src/"+path+"/file.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		w.t.Fatal(err)
	}
	p := &Package{Fset: w.fset, Files: []*ast.File{file}, Info: NewInfo(), Sizes: types.SizesFor("gc", "amd64"), Facts: make(map[string][]byte)}
	conf := types.Config{Importer: w, Sizes: p.Sizes}
	if p.Types, err = conf.Check(path, w.fset, p.Files, p.Info); err != nil {
		w.t.Fatal(err)
	}
	p.Lookup = func(path string) *types.Package {
		if p := w.packages[path]; p != nil {
			return p.Types
		}
		return nil
	}
	w.packages[path] = p
	return p
}

// analyze adds a package and analyses it with the facts of what it imports.
func (w *world) analyze(path, src string, facts map[string][]byte, analyzers ...*analysis.Analyzer) *Outcome {
	w.t.Helper()
	p := w.check(path, src)
	p.Facts = facts
	out, err := Analyze(p, analyzers)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// noteFact and markFact are facts; their order by name is not the order of their declaration.
type noteFact struct{ Text string }

func (*noteFact) AFact() {}

func (f *noteFact) String() string { return "note " + f.Text }

type markFact struct {
	N    int
	List []string
}

func (*markFact) AFact() {}

func (f *markFact) String() string { return fmt.Sprintf("mark %d %v", f.N, f.List) }

// silentFact has nothing that package gob can encode.
type silentFact struct{ _ func() }

func (*silentFact) AFact() {}

// analyzer returns an analyzer with the facts above.
func analyzer(name string, run func(*analysis.Pass) (any, error), requires ...*analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:      name,
		Doc:       name,
		Run:       run,
		Requires:  requires,
		FactTypes: []analysis.Fact{new(noteFact), new(markFact)},
	}
}
