package serverdeadline

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// mayBound reports whether a function value of the user's, which gets each connection, may set deadlines: it does so
// itself, or it is not known.
func (c *checker) mayBound(hook ssa.Value) bool {
	if hook == nil {
		return true
	}
	origins, complete := c.graph.Origins(hook)
	if !complete {
		return true
	}
	for _, o := range origins {
		switch o := o.(type) {
		case *ssa.Const:
		case *ssa.Function:
			if setsDeadline(o) {
				return true
			}
		case *ssa.MakeClosure:
			if setsDeadline(o.Fn.(*ssa.Function)) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// maxHook bounds how many functions behind a hook are looked at.
const maxHook = 100

// setsDeadline reports whether a function, or one that it calls, sets a deadline on a connection, as far as can be seen:
// a function without a body that gets a connection may.
func setsDeadline(fn *ssa.Function) bool {
	seen := make(map[*ssa.Function]bool)
	var sets func(fn *ssa.Function) bool
	sets = func(fn *ssa.Function) bool {
		if origin := fn.Origin(); origin != nil {
			fn = origin
		}
		if seen[fn] {
			return false
		}
		seen[fn] = true
		if len(fn.Blocks) == 0 {
			return takesConn(fn.Signature)
		}
		if len(seen) > maxHook {
			return true
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok {
					continue
				}
				if isDeadline(call.Common()) {
					return true
				}
				if callee := call.Common().StaticCallee(); callee != nil && sets(callee) {
					return true
				}
			}
		}
		return false
	}
	return sets(fn)
}

func isDeadline(common *ssa.CallCommon) bool {
	name := ""
	if common.IsInvoke() {
		name = common.Method.Name()
	} else if callee := common.StaticCallee(); callee != nil && callee.Signature.Recv() != nil {
		name = callee.Name()
	}
	return name == "SetReadDeadline" || name == "SetDeadline"
}

// takesConn reports whether a function gets something that has deadlines.
func takesConn(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if hasDeadline(p.Type()) {
			return true
		}
	}
	return false
}

func hasDeadline(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "SetReadDeadline")
	_, ok := obj.(*types.Func)
	return ok
}

// deadlineListener reports whether a listener is of a type of the user's whose Accept sets deadlines.
func (c *checker) deadlineListener(listener ssa.Value) bool {
	origins, _ := c.graph.Origins(listener)
	for _, o := range origins {
		t := o.Type()
		if call := callOf(o); call != nil {
			// A listener that wraps another one may do so.
			for _, arg := range call.Args {
				if arg != listener && types.Identical(arg.Type(), listener.Type()) && c.deadlineListener(arg) {
					return true
				}
			}
		}
		obj, _, _ := types.LookupFieldOrMethod(t, true, c.pass.Pkg, "Accept")
		m, ok := obj.(*types.Func)
		if !ok || m.Pkg() != c.pass.Pkg || types.IsInterface(m.Signature().Recv().Type()) {
			continue
		}
		if fn := c.ssa.Pkg.Prog.FuncValue(m.Origin()); fn != nil && c.acceptBounds(fn) {
			return true
		}
	}
	return false
}

// acceptBounds reports whether an Accept method sets deadlines, or returns a connection of a type of the user's, which
// may set them when it reads.
func (c *checker) acceptBounds(fn *ssa.Function) bool {
	if setsDeadline(fn) {
		return true
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			ret, ok := instr.(*ssa.Return)
			if !ok || len(ret.Results) == 0 {
				continue
			}
			made, ok := ret.Results[0].(*ssa.MakeInterface)
			if !ok {
				continue
			}
			obj, _, _ := types.LookupFieldOrMethod(made.X.Type(), true, c.pass.Pkg, "Read")
			read, ok := obj.(*types.Func)
			if !ok || read.Pkg() != c.pass.Pkg {
				continue
			}
			if fn := c.ssa.Pkg.Prog.FuncValue(read.Origin()); fn != nil && setsDeadline(fn) {
				return true
			}
		}
	}
	return false
}
