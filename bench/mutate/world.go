package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/driver/source"
	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// measured are the analyzers that a mutant is shown to.
var measured = []string{"detachedgoroutine", "endlessgoroutine", "goroutineleak"}

// A world is a module with all that it needs, type-checked once.
type world struct {
	name, dir string
	packages  []*unit.Package // by path
	analyzers []*analysis.Analyzer
	findings  map[string][]wire.Finding // of the module as it is, by package
}

// load analyses a module without its tests, and keeps its packages.
func load(ctx context.Context, name, dir string, jobs int) (*world, error) {
	w := &world{name: name, dir: dir, findings: make(map[string][]wire.Finding)}
	for _, a := range analyzers.All() {
		if slices.Contains(measured, a.Name) {
			w.analyzers = append(w.analyzers, a)
		}
	}
	if len(w.analyzers) == 0 {
		return nil, errors.New("none of the analyzers is there")
	}
	var mu sync.Mutex
	var problems []finding.Error
	err := source.Run(ctx, source.Config{
		Dir: dir, Patterns: []string{"./..."}, Jobs: jobs, Analyzers: w.analyzers,
		Record: func(r wire.Record) { w.findings[r.Package] = r.Findings },
		Error:  func(e finding.Error) { problems = append(problems, e) },
		Unit: func(p *unit.Package) {
			mu.Lock()
			defer mu.Unlock()
			w.packages = append(w.packages, p)
		},
	})
	if err != nil {
		return nil, err
	}
	if len(w.packages) == 0 {
		return nil, fmt.Errorf("no package could be analysed: %v", problems)
	}
	slices.SortFunc(w.packages, func(a, b *unit.Package) int { return strings.Compare(a.Types.Path(), b.Types.Path()) })
	return w, nil
}

// silent reports whether nothing is found in a package as it is. Findings that a comment in the source suppresses count:
// where one is suppressed already, a further one might be as well.
func (w *world) silent(p *unit.Package) bool { return len(w.findings[p.Types.Path()]) == 0 }

// baseline says how many findings there are without a mutation, and in how many packages.
func (w *world) baseline() (findings, packages int) {
	for _, p := range w.packages {
		if n := len(w.findings[p.Types.Path()]); n > 0 {
			findings += n
			packages++
		}
	}
	return findings, packages
}

// analyse type-checks and analyses the package with another text of one file. Errors of the type checker are returned.
func (w *world) analyse(p *unit.Package, file int, src []byte) ([]wire.Finding, []types.Error, error) {
	name := p.Fset.PositionFor(p.Files[file].FileStart, false).Filename
	changed, err := parser.ParseFile(p.Fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	mutant := *p
	mutant.Files = slices.Clone(p.Files)
	mutant.Files[file] = changed
	mutant.Info = unit.NewInfo()
	var wrong []types.Error
	conf := types.Config{
		Importer: imported(p),
		Sizes:    p.Sizes,
		Error: func(err error) {
			if e := (types.Error{}); errors.As(err, &e) {
				wrong = append(wrong, e)
			}
		},
	}
	if p.Module != nil {
		conf.GoVersion = p.Module.GoVersion
	}
	mutant.Types, _ = conf.Check(p.Types.Path(), p.Fset, mutant.Files, mutant.Info) // errors have been collected
	if len(wrong) > 0 {
		return nil, wrong, nil
	}
	out, err := unit.Analyze(&mutant, w.analyzers)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range out.Record.Failed {
		return nil, nil, fmt.Errorf("%s failed on %s: %s", f.Analyzer, filepath.Base(name), f.Message)
	}
	return out.Record.Findings, nil, nil
}

// An importer finds packages by the path in the source.
type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) {
	if pkg := i[path]; pkg != nil {
		return pkg, nil
	}
	return nil, errors.New("the package did not import it before")
}

// imported is what the files of a package import.
func imported(p *unit.Package) importer {
	imp := importer{"unsafe": types.Unsafe}
	for _, f := range p.Files {
		for _, spec := range f.Imports {
			var obj types.Object
			if spec.Name != nil {
				obj = p.Info.Defs[spec.Name]
			} else {
				obj = p.Info.Implicits[spec]
			}
			path := strings.Trim(spec.Path.Value, "`\"")
			if name, ok := obj.(*types.PkgName); ok {
				imp[path] = name.Imported()
			}
		}
	}
	// What is imported for its effects, or into the file's own scope, has no name.
	for _, pkg := range p.Types.Imports() {
		if imp[pkg.Path()] == nil {
			imp[pkg.Path()] = pkg
		}
	}
	return imp
}

// function returns the declaration of a function around a line of a file, or nil.
func function(p *unit.Package, file *ast.File, line int) *ast.FuncDecl {
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if ok && p.Fset.PositionFor(fn.Pos(), false).Line <= line && line <= p.Fset.PositionFor(fn.End(), false).Line {
			return fn
		}
	}
	return nil
}
