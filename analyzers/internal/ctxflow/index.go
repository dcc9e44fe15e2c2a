package ctxflow

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// An index finds the callers of functions and the stores to variables, which package ssa has no referrers of.
type index struct {
	local   map[*ssa.Function]bool
	callers map[*ssa.Function][]ssa.CallInstruction
	asValue map[*ssa.Function]bool // used other than by calling it
	invokes map[string]bool        // names of methods called through an interface
	returns map[*ssa.Function][]*ssa.Return
	globals map[*ssa.Global][]ssa.Instruction
	fields  map[*types.Var][]*ssa.FieldAddr // of contexts and requests
	main    bool
}

func newIndex(in *buildssa.SSA, ignore func(token.Pos) bool) index {
	ix := index{
		local:   make(map[*ssa.Function]bool),
		callers: make(map[*ssa.Function][]ssa.CallInstruction),
		asValue: make(map[*ssa.Function]bool),
		invokes: make(map[string]bool),
		returns: make(map[*ssa.Function][]*ssa.Return),
		globals: make(map[*ssa.Global][]ssa.Instruction),
		fields:  make(map[*types.Var][]*ssa.FieldAddr),
		main:    in.Pkg.Pkg.Name() == "main",
	}
	for _, fn := range irutil.Functions(in) {
		ix.local[fn] = true
		if !ignore(fn.Pos()) {
			ix.add(fn)
		}
	}
	return ix
}

func (ix *index) add(fn *ssa.Function) {
	var operands [10]*ssa.Value
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			var callee ssa.Value
			switch instr := instr.(type) {
			case *ssa.FieldAddr:
				if field := irutil.FieldOf(instr.X.Type(), instr.Field); field != nil && irutil.IsContext(field.Type()) {
					ix.fields[field] = append(ix.fields[field], instr)
				}
			case *ssa.Return:
				ix.returns[fn] = append(ix.returns[fn], instr)
			case *ssa.MakeClosure:
				callee = instr.Fn
				if !onlyCalled(instr) || irutil.IsBound(instr.Fn.(*ssa.Function)) {
					ix.asValue[normal(instr.Fn.(*ssa.Function))] = true
				}
			case ssa.CallInstruction:
				common := instr.Common()
				if common.IsInvoke() {
					ix.invokes[common.Method.Name()] = true
					break
				}
				callee = common.Value
				if f := common.StaticCallee(); f != nil && !irutil.IsBound(f) {
					ix.callers[normal(f)] = append(ix.callers[normal(f)], instr)
				}
			}
			for _, op := range instr.Operands(operands[:0]) {
				switch v := (*op).(type) {
				case *ssa.Global:
					ix.globals[v] = append(ix.globals[v], instr)
				case *ssa.Function:
					if *op != callee {
						ix.asValue[normal(v)] = true
					}
				}
			}
		}
	}
}

// callersOf returns the calls of fn in the package. all is false if there may be others.
func (ix *index) callersOf(fn *ssa.Function) (calls []ssa.CallInstruction, all bool) {
	calls = ix.callers[fn]
	obj := fn.Object()
	switch {
	case len(calls) == 0 || ix.asValue[fn]:
		return calls, false
	case obj == nil: // a closure
		return calls, fn.Parent() != nil
	case fn.Signature.Recv() != nil:
		// A method can also be called through an interface, an exported one by other packages.
		return calls, !obj.Exported() && !ix.invokes[obj.Name()]
	}
	return calls, !obj.Exported() || ix.main
}

// storedIn returns the values that are stored at the address. all is false if there may be others.
func (ix *index) storedIn(addr ssa.Value) (values []ssa.Value, all bool) {
	switch addr := addr.(type) {
	case *ssa.FreeVar:
		if cell := irutil.Captured(addr); cell != nil {
			return ix.storedIn(cell)
		}
	case *ssa.Alloc:
		return stores(addr, *addr.Referrers())
	case *ssa.Global:
		if obj := addr.Object(); obj == nil || obj.Exported() && !ix.main {
			return nil, false
		}
		return stores(addr, ix.globals[addr])
	case *ssa.FieldAddr:
		return ix.storedInField(irutil.FieldOf(addr.X.Type(), addr.Field))
	}
	return nil, false
}

// storedInField returns what the package stores in a field of any object: only where other packages cannot.
func (ix *index) storedInField(field *types.Var) (values []ssa.Value, all bool) {
	if field == nil || field.Exported() && !ix.main {
		return nil, false
	}
	for _, addr := range ix.fields[field] {
		stored, all := stores(addr, *addr.Referrers())
		if !all {
			return nil, false
		}
		values = append(values, stored...)
	}
	return values, true
}

// stores returns what is stored in a variable by its uses and by the closures that capture it.
func stores(addr ssa.Value, uses []ssa.Instruction) (values []ssa.Value, all bool) {
	for _, use := range uses {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr != addr {
				return nil, false
			}
			values = append(values, use.Val)
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			for i, b := range use.Bindings {
				if b != addr {
					continue
				}
				free := use.Fn.(*ssa.Function).FreeVars[i]
				inner, ok := stores(free, *free.Referrers())
				if !ok {
					return nil, false
				}
				values = append(values, inner...)
			}
		default:
			return nil, false
		}
	}
	return values, true
}

// onlyCalled reports whether a closure is called where it is made, and nothing else.
func onlyCalled(v ssa.Value) bool {
	for _, use := range *v.Referrers() {
		call, ok := use.(ssa.CallInstruction)
		if !ok || call.Common().Value != v {
			return false
		}
		for _, arg := range call.Common().Args {
			if arg == v {
				return false
			}
		}
	}
	return true
}

// normal returns the function whose body counts: the generic function of an instance, the method behind a method value.
func normal(fn *ssa.Function) *ssa.Function {
	if origin := fn.Origin(); origin != nil {
		return origin
	}
	if irutil.IsBound(fn) || strings.HasPrefix(fn.Synthetic, "thunk for ") {
		if m, ok := fn.Object().(*types.Func); ok && m.Signature().Recv() != nil && !types.IsInterface(m.Signature().Recv().Type()) {
			if real := fn.Prog.FuncValue(m.Origin()); real != nil {
				return real
			}
		}
	}
	return fn
}

// Callee returns the full name of the function or interface method that is called, or "" where it is a value.
func Callee(call *ssa.CallCommon) string {
	if call.IsInvoke() {
		return call.Method.FullName()
	}
	if fn := call.StaticCallee(); fn != nil {
		if obj, ok := normal(fn).Object().(*types.Func); ok {
			return obj.FullName()
		}
	}
	return ""
}

// cancelLeaves reports whether anything but the function itself can call the cancel function that call returns.
func cancelLeaves(call *ssa.Call) bool {
	for _, use := range *call.Referrers() {
		cancel, ok := use.(*ssa.Extract)
		if !ok || cancel.Index != 1 {
			continue
		}
		for _, use := range *cancel.Referrers() {
			if c, ok := use.(ssa.CallInstruction); !ok || c.Common().Value != cancel {
				return true
			}
		}
	}
	return false
}

// requestCancelSet reports whether the field Cancel of the request that call returns is set: the way to bound a request
// before it had a context.
func requestCancelSet(call *ssa.Call) bool {
	values := []ssa.Value{call}
	for _, use := range *call.Referrers() {
		if e, ok := use.(*ssa.Extract); ok {
			values = append(values, e)
		}
	}
	for _, v := range values {
		ptr, ok := v.Type().Underlying().(*types.Pointer)
		if !ok || types.TypeString(ptr.Elem(), nil) != "net/http.Request" {
			continue
		}
		fields := ptr.Elem().Underlying().(*types.Struct)
		for _, use := range *v.Referrers() {
			if f, ok := use.(*ssa.FieldAddr); ok && fields.Field(f.Field).Name() == "Cancel" {
				return true
			}
		}
	}
	return false
}
