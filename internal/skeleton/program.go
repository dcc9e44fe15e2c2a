package skeleton

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A Program holds the reduced graphs of a package, made when they are asked for. It is not safe for concurrent use.
type Program struct {
	pkg     *ssa.Package
	ends    func(ssa.Instruction) bool
	types   typeTable
	funcs   map[*ssa.Function]*Func
	matters map[*ssa.Function]bool
	methods map[string]bool // names of methods that matter
	makes   map[*ssa.Function]bool
	tracked map[types.Type]bool
	owners  []*ssa.Function // the functions that own primitives, in their order
	// callers holds who calls a function, and binders who makes a closure of it.
	callers, binders map[*ssa.Function][]*ssa.Function
}

// NewProgram returns the graphs of a package. fns are its functions, and ends reports calls that never return.
func NewProgram(pkg *ssa.Package, fns []*ssa.Function, ends func(ssa.Instruction) bool) *Program {
	p := &Program{
		pkg:     pkg,
		ends:    ends,
		funcs:   make(map[*ssa.Function]*Func),
		matters: make(map[*ssa.Function]bool),
		methods: make(map[string]bool),
		makes:   make(map[*ssa.Function]bool),
		tracked: make(map[types.Type]bool),
		callers: make(map[*ssa.Function][]*ssa.Function),
		binders: make(map[*ssa.Function][]*ssa.Function),
	}
	p.findMatters(fns)
	return p
}

// TypeOf returns the shape of a type.
func (p *Program) TypeOf(t types.Type) *Type { return p.types.of(t) }

// Func returns the graph of a function, or nil if it has no body here.
func (p *Program) Func(fn *ssa.Function) *Func {
	f := p.ref(fn)
	if f == nil {
		return nil
	}
	f.build()
	return f
}

// ref is Func without making the graph yet.
func (p *Program) ref(fn *ssa.Function) *Func {
	if fn == nil || len(fn.Blocks) == 0 {
		return nil
	}
	f := p.funcs[fn]
	if f == nil {
		f = &Func{SSA: fn, prog: p, Name: FuncName(fn), Recover: -1}
		p.funcs[fn] = f
	}
	return f
}

// Ready makes the graph of f if it is not made yet, and returns f.
func (f *Func) Ready() *Func {
	f.build()
	return f
}

// Method returns the method of a dynamic type, the pointer to t if pointer is set, or nil if it has no body here.
func (p *Program) Method(t *Type, pointer bool, name string) *Func {
	if t == nil || t.named == nil || t.named.Obj().Pkg() != p.pkg.Pkg {
		return nil
	}
	var typ types.Type = t.named
	if pointer {
		typ = types.NewPointer(typ)
	}
	sel := p.pkg.Prog.MethodSets.MethodSet(typ).Lookup(p.pkg.Pkg, name)
	if sel == nil {
		return nil
	}
	if len(sel.Index()) != 1 {
		// Of an embedded field: a wrapper goes there.
		if t.named.TypeParams().Len() > 0 {
			return nil
		}
		if fn := p.pkg.Prog.MethodValue(sel); fn != nil && (fn.Pkg == nil || fn.Pkg == p.pkg) {
			return p.Func(fn)
		}
		return nil
	}
	m, ok := sel.Obj().(*types.Func)
	if !ok {
		return nil
	}
	fn := p.pkg.Prog.FuncValue(m.Origin())
	if fn == nil {
		return nil
	}
	_, wantsPointer := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer)
	if wantsPointer != pointer {
		return nil
	}
	return p.Func(fn)
}

// FuncName returns a function's name as users write it: F, (*T).M, or for closures that of the function around them.
func FuncName(fn *ssa.Function) string {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	recv := fn.Signature.Recv()
	if recv == nil {
		return fn.Name()
	}
	t := types.TypeString(recv.Type(), func(*types.Package) string { return "" })
	if i := strings.IndexByte(t, '['); i > 0 {
		t = t[:i]
	}
	if strings.HasPrefix(t, "*") {
		return "(" + t + ")." + fn.Name()
	}
	return t + "." + fn.Name()
}

// findMatters finds the functions that do something to goroutines, primitives, or the memory that holds them.
func (p *Program) findMatters(fns []*ssa.Function) {
	invokers := make(map[string][]*ssa.Function)
	var todo []*ssa.Function
	mark := func(fn *ssa.Function) {
		if !p.matters[fn] {
			p.matters[fn] = true
			todo = append(todo, fn)
		}
	}
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if p.relevant(instr) {
					mark(fn)
				}
				switch i := instr.(type) {
				case ssa.CallInstruction:
					callee := CalleeOf(i.Common())
					switch {
					case callee.Invoke:
						name := callee.Object.Name()
						invokers[name] = append(invokers[name], fn)
					case callee.Func != nil:
						p.callers[callee.Func] = append(p.callers[callee.Func], fn)
					}
				case *ssa.MakeClosure:
					callee := i.Fn.(*ssa.Function)
					p.binders[callee] = append(p.binders[callee], fn)
				}
			}
		}
	}
	giving := make(map[string][]*ssa.Function) // by the methods of what they return
	for _, fn := range fns {
		for _, name := range givenMethods(fn) {
			giving[name] = append(giving[name], fn)
		}
	}
	p.findMakers(fns)
	for len(todo) > 0 {
		fn := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, caller := range slices.Concat(p.callers[fn], p.binders[fn]) {
			mark(caller)
		}
		// A call through an interface may be one of this method.
		if fn.Signature.Recv() != nil && !p.methods[fn.Name()] {
			p.methods[fn.Name()] = true
			for _, caller := range invokers[fn.Name()] {
				mark(caller)
			}
			// What such a call is of must be known.
			for _, giver := range giving[fn.Name()] {
				mark(giver)
			}
		}
	}
}

// findMakers finds the functions that own primitives, and those that call them.
func (p *Program) findMakers(fns []*ssa.Function) {
	for _, fn := range fns {
		if p.owns(fn) {
			p.owners = append(p.owners, fn)
			p.makes[fn] = true
		}
	}
	makers := slices.Clone(p.owners)
	for len(makers) > 0 {
		fn := makers[len(makers)-1]
		makers = makers[:len(makers)-1]
		for _, caller := range slices.Concat(p.callers[fn], p.binders[fn]) {
			if !p.makes[caller] {
				p.makes[caller] = true
				makers = append(makers, caller)
			}
		}
	}
}

// givenMethods lists the methods of the interfaces that a function returns, or returns lists of.
func givenMethods(fn *ssa.Function) []string {
	var out []string
	for v := range fn.Signature.Results().Variables() {
		t := v.Type().Underlying()
		if s, ok := t.(*types.Slice); ok {
			t = s.Elem().Underlying()
		}
		if i, ok := t.(*types.Interface); ok && !irutil.IsError(v.Type()) {
			for m := range i.Methods() {
				out = append(out, m.Name())
			}
		}
	}
	return out
}

// relevant reports whether an instruction itself does something that the explorer follows.
func (p *Program) relevant(instr ssa.Instruction) bool {
	switch i := instr.(type) {
	case *ssa.Go, *ssa.Send, *ssa.Select, *ssa.MakeChan:
		return true
	case *ssa.Store:
		return p.Tracked(i.Val.Type()) || p.remembered(i)
	case *ssa.Return:
		for _, v := range i.Results {
			if p.Tracked(v.Type()) {
				if _, constant := v.(*ssa.Const); !constant {
					return true
				}
			}
		}
	case ssa.CallInstruction:
		if OpOf(instr).Kind != None {
			return true
		}
		c := i.Common()
		if _, builtin := c.Value.(*ssa.Builtin); builtin {
			return false
		}
		if c.IsInvoke() {
			return false
		}
		return c.StaticCallee() == nil
	case *ssa.UnOp:
		return OpOf(instr).Kind != None
	}
	return false
}

// remembered reports whether a store changes what a later condition may ask: a flag, counter or error that lives longer
// than the statement.
func (p *Program) remembered(s *ssa.Store) bool {
	switch t := s.Val.Type().Underlying().(type) {
	case *types.Basic:
		if t.Info()&(types.IsBoolean|types.IsInteger) == 0 {
			return false
		}
	case *types.Interface, *types.Pointer:
	default:
		return false
	}
	switch s.Addr.(type) {
	case *ssa.Alloc, *ssa.FreeVar, *ssa.FieldAddr, *ssa.Global:
		return true
	}
	return false
}

// Tracked reports whether a value of the type can hold a primitive, a function, or the memory of one.
func (p *Program) Tracked(t types.Type) bool { return p.holds(t, 0) }

func (p *Program) holds(t types.Type, depth int) bool {
	if depth > 6 {
		return false
	}
	t = types.Unalias(t)
	if known, ok := p.tracked[t]; ok {
		return known
	}
	out := false
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		out = true
	case *types.Interface:
		s := p.types.of(t)
		out = s.Shape == Context || s.Name == "sync.Locker"
	case *types.Pointer:
		out = p.holds(u.Elem(), depth+1)
	case *types.Slice:
		out = p.holds(u.Elem(), depth+1)
	case *types.Array:
		out = p.holds(u.Elem(), depth+1)
	case *types.Struct:
		if p.types.of(t).Shape == Primitive {
			out = true
			break
		}
		for f := range u.Fields() {
			if p.holds(f.Type(), depth+1) {
				out = true
				break
			}
		}
	}
	if out || depth == 0 {
		p.tracked[t] = out
	}
	return out
}

// Matters reports whether running f does something to goroutines or primitives.
func (p *Program) Matters(f *Func) bool { return f != nil && p.matters[f.SSA] }

// owns reports whether a function makes a primitive or starts a goroutine: what happens to it can be decided in the
// function, if it keeps it.
func (p *Program) owns(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.Go, *ssa.MakeChan:
				return true
			case *ssa.Alloc:
				if i.Heap && p.TypeOf(i.Type().Underlying().(*types.Pointer).Elem()).Bears() {
					return true
				}
			case ssa.CallInstruction:
				switch OpOf(instr).Kind {
				case NewCond, ContextCancel, ContextTimeout, WaitGroupGo, GroupGo, GroupWithContext, AfterFunc:
					return true
				}
			}
		}
	}
	return false
}

// Roots lists the functions from which the explorer starts, in the order of fns: those that own primitives, and those that
// call one of them, or of these, and give it, or are given, what decides when its goroutines end.
func (p *Program) Roots(fns []*ssa.Function) []*ssa.Function {
	roots := make(map[*ssa.Function]bool)
	for _, fn := range p.owners {
		roots[fn] = true
	}
	now := p.owners
	for range maxLevels {
		var next []*ssa.Function
		for _, fn := range now {
			if !p.connected(fn) {
				continue
			}
			for _, caller := range p.callers[fn] {
				if !roots[caller] {
					roots[caller] = true
					next = append(next, caller)
				}
			}
		}
		now = next
	}
	return slices.DeleteFunc(slices.Clone(fns), func(fn *ssa.Function) bool { return !roots[fn] })
}

// maxLevels bounds how far above an owner a root is.
const maxLevels = 2

// connected reports whether a caller of fn decides when the goroutines of fn end: it is given what fn made, or gives it a
// context, a channel or a function.
func (p *Program) connected(fn *ssa.Function) bool {
	for v := range fn.Signature.Results().Variables() {
		if p.Tracked(v.Type()) {
			return true
		}
	}
	for _, param := range fn.Params {
		switch p.TypeOf(param.Type()).Shape {
		case Context, Chan, Function:
			return true
		}
	}
	return false
}

// Makes reports whether a function, or what it calls, makes a primitive or starts a goroutine.
func (p *Program) Makes(f *Func) bool { return f != nil && p.makes[f.SSA] }

// GivesMade reports whether a function may return a primitive, or the memory of one, that was made in it.
func (p *Program) GivesMade(f *Func) bool {
	if f == nil || !p.makes[f.SSA] {
		return false
	}
	for v := range f.SSA.Signature.Results().Variables() {
		if p.Tracked(v.Type()) || types.IsInterface(v.Type()) && !irutil.IsError(v.Type()) || p.hides(v.Type(), 0) {
			return true
		}
	}
	return false
}

// hides reports whether in the memory of a value there may be an interface with a method that matters.
func (p *Program) hides(t types.Type, depth int) bool {
	if depth > 4 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		for m := range u.Methods() {
			if p.methods[m.Name()] && !irutil.IsError(t) {
				return true
			}
		}
	case *types.Pointer:
		return p.hides(u.Elem(), depth+1)
	case *types.Slice:
		return p.hides(u.Elem(), depth+1)
	case *types.Struct:
		for f := range u.Fields() {
			if p.hides(f.Type(), depth+1) {
				return true
			}
		}
	}
	return false
}
