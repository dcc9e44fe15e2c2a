// Package flow follows configured objects through a package: values of a few named struct types, such as http.Server
// or http.Client, whose fields decide how a service behaves when its peer does not.
//
// For every place that makes such an object it answers three questions: which of its fields are written, which
// functions outside the package get it, and whether it leaves the part of the program that can be seen. An analyzer
// reads like a specification on top of that:
//
//	for _, o := range flow.New(p, cfg).Objects() {
//		if o.Escapes(nil) || o.Field("ReadTimeout") != flow.Unset {
//			continue
//		}
//		for _, c := range o.Calls() {
//			if serves[c.Name] { report(o, c) }
//		}
//	}
//
// # How it works
//
// The engine is an inclusion-based, flow-insensitive points-to analysis on the SSA form of one package. It works on
// demand: it starts at the places that make objects and goes forward over the uses of the values that hold them;
// only where an object is stored through a pointer, or handed to a function value, does it ask backward for what that
// pointer or function may be. Each allocation is an object of its own. Struct fields of other types are told apart by
// field, not by instance; elements of an array, slice, map or channel are not told apart. A copy of a struct value
// starts a second life: what happens to the copy counts for the original as well, what happens to the original's
// memory does not count for other originals.
//
// Functions outside the package are known by facts where the analyzer ran on them (see Summary), else they are calls
// that the analyzer judges by name. Whatever the engine does not understand is an escape: silence, never a finding.
package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A Config says what to follow.
type Config struct {
	// Types are the named struct types whose objects are followed, as "net/http.Server".
	Types []string
	// Fact makes a fact of the analyzer's own type, which embeds Summary. It is nil where objects are not followed
	// across packages. The analyzer that uses it must list the type in its FactTypes.
	Fact func() Fact
	// Note is kept with a call, also across packages: it is the place to say what only the calling package can see,
	// for example a constant address. It may be nil.
	Note func(*Graph, Call) string
	// Tests tells to follow objects through the functions of test files too. Without it the findings in other files are
	// the same whether the package is analysed with its tests or without; with it no facts are exported.
	Tests bool
	// Budget bounds the number of steps; 0 is the default. When it runs out there are no objects, and the pass is told.
	Budget int
}

const defaultBudget = 1 << 20

// A Graph is the flow of all followed objects of one package.
type Graph struct {
	pass *pass.Pass
	cfg  Config
	pkg  *ssa.Package

	tracked map[string][]string // the full names of the followed types, by their last part
	fns     []*ssa.Function     // all functions with a body, in source order; the package's initialiser last
	indexed *index              // made when it is first needed

	values   map[ssa.Value]*node
	tuples   map[part]*node
	results  map[result]*node
	slots    map[*types.Var]*Object
	cells    map[ssa.Value]*Object // by the instruction that makes the memory
	demanded map[ssa.Value]bool
	leaked   map[leakKey]bool
	literals map[token.Pos]*ast.CompositeLit
	names    map[*ast.CompositeLit]string
	assigned map[token.Pos]*ast.CompositeLit // by the variable that gets it
	unknown  *Object

	objects []*Object // the followed ones
	work    []item
	budget  int
}

// New follows the objects of the package of p, whose analyzer must require buildssa.Analyzer. It exports facts as the
// configuration says.
func New(p *pass.Pass, cfg Config) *Graph {
	in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	g := &Graph{
		pass:     p,
		cfg:      cfg,
		pkg:      in.Pkg,
		tracked:  make(map[string][]string),
		values:   make(map[ssa.Value]*node),
		tuples:   make(map[part]*node),
		results:  make(map[result]*node),
		slots:    make(map[*types.Var]*Object),
		cells:    make(map[ssa.Value]*Object),
		demanded: make(map[ssa.Value]bool),
		leaked:   make(map[leakKey]bool),
		literals: make(map[token.Pos]*ast.CompositeLit),
		names:    make(map[*ast.CompositeLit]string),
		assigned: make(map[token.Pos]*ast.CompositeLit),
		budget:   cfg.Budget,
	}
	if g.budget == 0 {
		g.budget = defaultBudget
	}
	for _, name := range cfg.Types {
		last := name[strings.LastIndexByte(name, '.')+1:]
		g.tracked[last] = append(g.tracked[last], name)
	}
	g.fns = irutil.Functions(in)
	if !cfg.Tests {
		g.fns = slices.DeleteFunc(g.fns, func(fn *ssa.Function) bool { return p.IsTest(fn.Pos()) })
	}
	if !g.concerned() {
		return g
	}
	g.unknown = &Object{graph: g, kind: unknownObject}
	g.findLiterals()
	g.seed()
	g.solve()
	if g.budget <= 0 {
		g.objects = nil
		p.Exhausted()
		return g
	}
	g.export()
	return g
}

// concerned reports whether the package has any expression whose type is followed. Most packages have none.
func (g *Graph) concerned() bool {
	for _, tv := range g.pass.TypesInfo.Types {
		if tv.Type != nil && g.trackedName(tv.Type) != "" {
			return true
		}
		if tuple, ok := tv.Type.(*types.Tuple); ok {
			for v := range tuple.Variables() {
				if g.trackedName(v.Type()) != "" {
					return true
				}
			}
		}
	}
	for _, obj := range g.pass.TypesInfo.Defs {
		if v, ok := obj.(*types.Var); ok && g.trackedName(v.Type()) != "" {
			return true
		}
	}
	return false
}

// trackedName returns the name of the followed type that t is, or points to, else "".
func (g *Graph) trackedName(t types.Type) string {
	if named := irutil.NamedOf(t); named != nil {
		return g.structName(named)
	}
	return ""
}

// structName returns the name of the followed type that t itself is, else "".
func (g *Graph) structName(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	// Only a type that has the name of a followed one is worth making a string for.
	for _, name := range g.tracked[named.Obj().Name()] {
		if path, ok := strings.CutSuffix(name, "."+named.Obj().Name()); ok && path == named.Obj().Pkg().Path() {
			return name
		}
	}
	return ""
}

// Objects returns the followed objects in the order of their places: those made in this package, parts of structs and
// variables whose zero value is used, those that functions outside return, and globals of other packages. Parameters
// are not among them, nor variables that only ever hold a copy of another object.
func (g *Graph) Objects() []*Object {
	var all []*Object
	for _, o := range g.objects {
		if o.Origin != Parameter && !o.overwritten {
			all = append(all, o)
		}
	}
	return all
}

// Holding returns the followed objects that a value of this package may be, point to or hold.
func (g *Graph) Holding(v ssa.Value) []*Object {
	var all []*Object
	if n := g.values[v]; n != nil {
		for _, o := range n.objs {
			if o.kind == followedObject {
				all = append(all, o)
			}
		}
	}
	return all
}

// Slot returns the object, or objects, that live in a field of a struct: the struct value itself, or what the
// field's pointer is known to point to.
func (g *Graph) Slot(field *types.Var) []*Object {
	o := g.slots[field.Origin()]
	switch {
	case o == nil:
		return nil
	case o.kind == followedObject:
		return []*Object{o}
	}
	var all []*Object
	for _, o := range o.content.objs {
		if o.kind == followedObject {
			all = append(all, o)
		}
	}
	return all
}

// Functions returns all functions of the package that have a body, closures included, in the order of the source; the
// initialisation of the package comes last.
func (g *Graph) Functions() []*ssa.Function { return g.fns }
