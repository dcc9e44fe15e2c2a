// Package unit analyses one type-checked package: it runs analyzers in the order of what they require, with the facts
// of imported packages, and returns what they found as a wire.Record, the facts for the packages that import this one,
// and the plain diagnostics. The vettool and the source driver both end here, so that their findings are the same.
package unit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/directive"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Package is a type-checked package without errors, parsed with its comments.
type Package struct {
	Fset         *token.FileSet
	Files        []*ast.File
	OtherFiles   []string
	IgnoredFiles []string
	Types        *types.Package
	Info         *types.Info
	Sizes        types.Sizes
	Module       *analysis.Module // nil: unknown, or the standard library
	ReadFile     func(string) ([]byte, error)

	// Facts holds the encoded facts of the packages that this one imports, by path. Packages without facts may be left
	// out.
	Facts map[string][]byte
	// Lookup returns a package that this one imports directly or indirectly, by its path, or nil.
	Lookup func(path string) *types.Package
}

// An Outcome is what the analyzers made of a package.
type Outcome struct {
	Record  wire.Record
	Facts   []byte   // encoded; empty if there are none
	Results []Result // of the analyzers that were asked for, in their order
}

// A Result is what one analyzer reported.
type Result struct {
	Analyzer    *analysis.Analyzer
	Diagnostics []analysis.Diagnostic
	Err         error
	Panicked    bool // Err is a panic's
}

// NewInfo returns the type information that analyzers expect, to be filled by the type checker.
func NewInfo() *types.Info {
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
}

// Analyze runs the analyzers on the package. An error says that the facts of an import cannot be read or those of the
// package cannot be written; an analyzer that fails is part of the outcome.
func Analyze(p *Package, analyzers []*analysis.Analyzer) (*Outcome, error) {
	registerFacts(analyzers)
	facts, err := decodeFacts(p)
	if err != nil {
		return nil, err
	}
	r := &runner{pkg: p, facts: facts, asked: analyzers, done: make(map[*analysis.Analyzer]*action)}
	for _, a := range analyzers {
		r.run(a)
	}
	out := &Outcome{Record: r.record(analyzers)}
	for _, a := range analyzers {
		act := r.done[a]
		out.Results = append(out.Results, Result{Analyzer: a, Diagnostics: act.diagnostics, Err: act.err, Panicked: act.panicked})
	}
	out.Facts, err = facts.encode()
	if err != nil {
		return nil, fmt.Errorf("package %s: %w", p.Types.Path(), err)
	}
	return out, nil
}

// record collects the results in an order that depends on nothing but the source.
func (r *runner) record(analyzers []*analysis.Analyzer) wire.Record {
	p := r.pkg
	rec := wire.Record{Package: p.Types.Path()}
	for _, f := range p.Files {
		if strings.HasSuffix(p.Fset.PositionFor(f.FileStart, false).Filename, "_test.go") {
			rec.Tests = true
		}
	}
	if index, ok := r.run(directive.Analyzer).result.(*directive.Index); ok {
		rec.Directives = r.directives(index)
	}
	for _, a := range analyzers {
		act := r.done[a]
		if act.err != nil {
			rec.Failed = append(rec.Failed, wire.Failure{Analyzer: a.Name, Message: act.err.Error()})
			continue
		}
		rec.Ran = append(rec.Ran, a.Name)
		result, ok := act.result.(*wire.Result)
		if !ok || result == nil {
			continue
		}
		rec.Findings = append(rec.Findings, result.Findings...)
		if result.Exhausted > 0 {
			if rec.Exhausted == nil {
				rec.Exhausted = make(map[string]int)
			}
			rec.Exhausted[a.Name] += result.Exhausted
		}
		if result.Explored.Roots > 0 {
			if rec.Explored == nil {
				rec.Explored = make(map[string]wire.Exploration)
			}
			rec.Explored[a.Name] = result.Explored
		}
	}
	slices.Sort(rec.Ran)
	slices.SortFunc(rec.Failed, func(a, b wire.Failure) int { return cmp.Compare(a.Analyzer, b.Analyzer) })
	slices.SortStableFunc(rec.Findings, func(a, b wire.Finding) int {
		return cmp.Or(
			comparePos(a.Pos, b.Pos),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
			cmp.Compare(encoded(a), encoded(b)),
		)
	})
	return rec
}

func (r *runner) directives(index *directive.Index) []wire.Directive {
	at := wire.NewLocator(r.pkg.Fset, r.pkg.Files, r.pkg.Types)
	var all []wire.Directive
	for _, d := range index.All {
		i := slices.IndexFunc(r.pkg.Files, func(f *ast.File) bool { return f.FileStart <= d.Pos && d.Pos <= f.FileEnd })
		all = append(all, wire.Directive{
			Pos: at.Pos(d.Pos, d.End), Kind: d.Kind, Names: d.Names, Reason: d.Reason,
			Test: i >= 0 && wire.IsTest(r.pkg.Fset, r.pkg.Files[i]),
		})
	}
	slices.SortStableFunc(all, func(a, b wire.Directive) int { return comparePos(a.Pos, b.Pos) })
	return all
}

func comparePos(a, b wire.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// encoded breaks ties between findings with the same message at the same place.
func encoded(f wire.Finding) string {
	data, _ := json.Marshal(f) // strings and numbers only
	return string(data)
}
