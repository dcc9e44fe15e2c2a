package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// maxOrigins bounds the search of Origins.
const maxOrigins = 200

// Origins returns where a value of any type comes from: calls of functions outside, constants, allocations and the
// like, through variables, fields, parameters, results and conversions. complete reports whether that is all: it is
// false where others may also give the value, for instance through a parameter of an exported function.
func (g *Graph) Origins(v ssa.Value) (origins []ssa.Value, complete bool) {
	s := originSearch{g: g, seen: make(map[ssa.Value]bool), complete: true}
	s.visit(v)
	return s.found, s.complete
}

type originSearch struct {
	g        *Graph
	seen     map[ssa.Value]bool
	found    []ssa.Value
	complete bool
}

func (s *originSearch) visit(v ssa.Value) {
	if s.seen[v] {
		return
	}
	s.seen[v] = true
	if len(s.seen) > maxOrigins {
		s.complete = false
		return
	}
	switch v := v.(type) {
	case *ssa.ChangeType:
		s.visit(v.X)
	case *ssa.ChangeInterface:
		s.visit(v.X)
	case *ssa.MakeInterface:
		s.visit(v.X)
	case *ssa.TypeAssert:
		s.visit(v.X)
	case *ssa.Phi:
		for _, e := range v.Edges {
			s.visit(e)
		}
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Call:
			s.visitCall(t, v, v.Index)
		case *ssa.TypeAssert:
			s.visit(t.X)
		default:
			s.found = append(s.found, v)
		}
	case *ssa.Call:
		s.visitCall(v, v, 0)
	case *ssa.UnOp:
		s.visitLoad(v)
	case *ssa.Field:
		s.visitField(irutil.FieldOf(v.X.Type(), v.Field), v)
	case *ssa.Parameter:
		s.visitParameter(v)
	case *ssa.FreeVar:
		s.visitFreeVar(v, s.visit)
	default:
		s.found = append(s.found, v)
	}
}

func (s *originSearch) visitCall(call *ssa.Call, v ssa.Value, i int) {
	callee := call.Call.StaticCallee()
	if callee == nil || !s.g.index().local[normal(callee)] {
		s.found = append(s.found, v)
		return
	}
	for _, ret := range s.g.index().returns[normal(callee)] {
		if i < len(ret.Results) {
			s.visit(ret.Results[i])
		}
	}
}

func (s *originSearch) visitParameter(v *ssa.Parameter) {
	fn := v.Parent()
	callers := s.g.index().callers[fn]
	if len(callers) == 0 || s.g.callable(fn) || len(s.g.index().asValue[fn]) > 0 || len(s.g.index().closures[fn]) > len(callers) ||
		fn.Signature.Recv() != nil && len(s.g.index().invokes[fn.Name()]) > 0 {
		s.complete = false
	}
	for i, p := range fn.Params {
		if p != v {
			continue
		}
		for _, c := range callers {
			if args := c.Common().Args; i < len(args) && !irutil.IsBound(c.Common().StaticCallee()) {
				s.visit(args[i])
			} else {
				s.complete = false
			}
		}
	}
}

func (s *originSearch) visitFreeVar(v *ssa.FreeVar, visit func(ssa.Value)) {
	for i, fv := range v.Parent().FreeVars {
		if fv != v {
			continue
		}
		for _, c := range s.g.index().closures[v.Parent()] {
			visit(c.Bindings[i])
		}
	}
}

// visitLoad visits all that is stored where a load reads.
func (s *originSearch) visitLoad(v *ssa.UnOp) {
	switch v.Type().Underlying().(type) {
	case *types.Struct, *types.Array:
		s.found = append(s.found, v)
		return
	}
	switch addr := v.X.(type) {
	case *ssa.Alloc, *ssa.FreeVar:
		s.visitStores(addr, v)
	case *ssa.Global:
		if addr.Pkg != s.g.pkg {
			s.found = append(s.found, addr)
			return
		}
		if obj, ok := addr.Object().(*types.Var); ok && s.g.reachable(obj) {
			s.complete = false
		}
		s.visitUsers(s.g.index().globals[addr], addr)
	case *ssa.FieldAddr:
		s.visitField(irutil.FieldOf(addr.X.Type(), addr.Field), v)
	default:
		s.found = append(s.found, v)
		s.complete = false
	}
}

// visitField visits all that is stored into a field of any instance.
func (s *originSearch) visitField(f *types.Var, v ssa.Value) {
	if f == nil || f.Pkg() != s.g.pass.Pkg {
		s.found = append(s.found, v)
		s.complete = false
		return
	}
	if s.g.reachable(f) {
		s.complete = false
	}
	for _, instr := range s.g.index().fields[f] {
		if addr, ok := instr.(*ssa.FieldAddr); ok {
			s.visitUsers(*addr.Referrers(), addr)
		}
	}
}

// visitStores visits what is stored into a local variable, also by closures.
func (s *originSearch) visitStores(addr ssa.Value, v ssa.Value) {
	switch addr := addr.(type) {
	case *ssa.Alloc:
		if s.seen[addr] {
			return
		}
		s.seen[addr] = true
		s.visitUsers(*addr.Referrers(), addr)
	case *ssa.FreeVar:
		s.visitFreeVar(addr, func(b ssa.Value) { s.visitStores(b, v) })
	default:
		s.complete = false
	}
}

func (s *originSearch) visitUsers(users []ssa.Instruction, addr ssa.Value) {
	for _, use := range users {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr == addr {
				s.visit(use.Val)
			} else {
				s.complete = false
			}
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			fn := use.Fn.(*ssa.Function)
			for i, b := range use.Bindings {
				if b == addr && i < len(fn.FreeVars) && !s.seen[fn.FreeVars[i]] {
					s.seen[fn.FreeVars[i]] = true
					s.visitUsers(*fn.FreeVars[i].Referrers(), fn.FreeVars[i])
				}
			}
		default:
			s.complete = false
		}
	}
}
