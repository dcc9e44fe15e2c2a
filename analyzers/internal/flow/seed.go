package flow

import (
	"cmp"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// seed starts the followed objects of the package.
func (g *Graph) seed() {
	for _, fn := range g.fns {
		if g.callable(fn) {
			g.seedParameters(fn)
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				g.seedFrom(instr)
			}
		}
	}
	for _, member := range sortedMembers(g.pkg) {
		if v, ok := member.(*ssa.Global); ok && g.structName(irutil.Deref(v.Type())) != "" {
			g.global(v)
		}
	}
}

func sortedMembers(pkg *ssa.Package) []ssa.Member {
	names := make([]string, 0, len(pkg.Members))
	for name := range pkg.Members {
		names = append(names, name)
	}
	slices.Sort(names)
	members := make([]ssa.Member, len(names))
	for i, name := range names {
		members[i] = pkg.Members[name]
	}
	return members
}

func (g *Graph) seedFrom(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Alloc:
		if name := g.structName(irutil.Deref(instr.Type())); name != "" {
			g.seedAlloc(instr, name)
		}
	case *ssa.FieldAddr:
		g.seedField(irutil.FieldOf(instr.X.Type(), instr.Field))
	case *ssa.Field:
		g.seedField(irutil.FieldOf(instr.X.Type(), instr.Field))
	case *ssa.UnOp:
		if v, ok := instr.X.(*ssa.Global); ok && v.Pkg != g.pkg && g.trackedName(irutil.Deref(v.Type())) != "" {
			g.global(v)
		}
	case *ssa.Call:
		g.seedCall(instr)
	}
}

func (g *Graph) seedAlloc(a *ssa.Alloc, name string) {
	o := &Object{graph: g, Type: name, Origin: Zero, Value: a, Pos: a.Pos()}
	if lit := g.literals[a.Pos()]; lit != nil && a.Comment == "complit" {
		o.Origin, o.Literal, o.Name = Literal, lit, g.names[lit]
	} else if a.Comment != "new" && a.Comment != "complit" {
		o.Name = a.Comment
		// A literal without elements leaves only the variable.
		if lit := g.assigned[a.Pos()]; lit != nil && len(lit.Elts) == 0 {
			o.Origin, o.Literal = Literal, lit
		}
	}
	g.objects = append(g.objects, o)
	g.add(g.value(a), o, nil, nil)
}

// seedField starts the object that lives in a field, or of a struct of another package the one it points to.
func (g *Graph) seedField(f *types.Var) {
	if f == nil {
		return
	}
	if g.structName(f.Type()) != "" || f.Pkg() != g.pass.Pkg && g.trackedName(f.Type()) != "" {
		g.slot(f)
	}
}

// seedCall starts the objects that a function outside returns.
func (g *Graph) seedCall(call *ssa.Call) {
	count := tupleLen(call)
	callee := call.Call.StaticCallee()
	if callee != nil && g.index().local[normal(callee)] {
		return
	}
	if _, ok := call.Call.Value.(*ssa.Builtin); ok {
		return
	}
	var fn *types.Func
	if callee != nil {
		fn, _ = normal(callee).Object().(*types.Func)
	} else if call.Call.IsInvoke() {
		fn = call.Call.Method
	} else {
		return // a function value: what it returns comes from its functions, as far as they are known
	}
	for i := range count {
		t := call.Type()
		if tuple, ok := t.(*types.Tuple); ok {
			t = tuple.At(i).Type()
		}
		if callee != nil && fn != nil && g.applyResult(call, fn, i, count) {
			continue
		}
		if name := g.trackedName(t); name != "" {
			o := &Object{graph: g, Type: name, Origin: Foreign, Value: call, Pos: call.Pos(), Func: fn}
			g.objects = append(g.objects, o)
			g.add(g.partOf(call, i, count), o, nil, nil)
		}
	}
}

// seedParameters starts what a fact can tell about the parameters of a function.
func (g *Graph) seedParameters(fn *ssa.Function) {
	if g.cfg.Fact == nil || !g.importable() {
		return
	}
	for i, p := range fn.Params {
		if i == 0 && fn.Signature.Recv() != nil {
			continue
		}
		if name := g.trackedName(p.Type()); name != "" {
			o := &Object{graph: g, Type: name, Origin: Parameter, Value: p, Pos: p.Pos(), Name: p.Name(), owner: fn, param: i}
			g.objects = append(g.objects, o)
			g.add(g.value(p), o, nil, nil)
		}
	}
}

// sortObjects puts the objects in the order of their places.
func (g *Graph) sortObjects() {
	slices.SortStableFunc(g.objects, func(a, b *Object) int { return cmp.Compare(a.Pos, b.Pos) })
}
