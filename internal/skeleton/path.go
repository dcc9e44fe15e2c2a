package skeleton

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A Path is where a value is found: a root, and the way from there through fields, pointers and elements. Two values of
// the same path are the same object as long as nothing on the way is assigned. Paths of one Paths are the same exactly
// if their pointers are.
type Path struct {
	Root  ssa.Value  // of a path without steps; nil for all others
	Of    *Path      // all but the last step
	Kind  StepKind   // the last step
	Field *types.Var // of a field; in its generic form
	Index any        // of an element: *Path of the index, or the constant as a string
	depth int
}

// A StepKind is a step of a Path.
type StepKind uint8

// The steps of paths.
const (
	FieldStep StepKind = iota + 1 // from the address of a struct to that of its field
	LoadStep                      // from an address to what lies there
	ElemStep                      // from a slice, an array or a map, or its address, to the address of an element
)

// maxPath bounds paths: a list walked by recursion has one more step in each round.
const maxPath = 12

// Base returns the root of the path.
func (p *Path) Base() ssa.Value {
	for p.Of != nil {
		p = p.Of
	}
	return p.Root
}

// Values calls f for all values that the path mentions: its root, and the indices on the way.
func (p *Path) Values(f func(ssa.Value)) {
	for ; p.Of != nil; p = p.Of {
		if index, ok := p.Index.(*Path); ok {
			index.Values(f)
		}
	}
	f(p.Root)
}

// Class returns what stands for all objects that are found at such paths: the last field on the way, or a package-level
// or local variable. It is nil where nothing does.
func (p *Path) Class() any {
	for p.Of != nil {
		if p.Kind == FieldStep {
			return p.Field
		}
		p = p.Of
	}
	switch p.Root.(type) {
	case *ssa.Global, *ssa.Alloc:
		return p.Root
	}
	return nil
}

// Paths finds the paths of the values of one package. It is not safe for concurrent use.
type Paths struct {
	steps  map[pathStep]*Path
	values map[ssa.Value]*Path
	// stored holds, of each outermost function that was asked about, the fields that it or its closures assign.
	stored map[*ssa.Function]map[*types.Var]bool
}

type pathStep struct {
	of    *Path
	root  ssa.Value
	kind  StepKind
	field *types.Var
	index any
}

// NewPaths returns the paths of a package.
func NewPaths() *Paths {
	return &Paths{steps: make(map[pathStep]*Path), values: make(map[ssa.Value]*Path), stored: make(map[*ssa.Function]map[*types.Var]bool)}
}

func (ps *Paths) intern(s pathStep) *Path {
	if p := ps.steps[s]; p != nil {
		return p
	}
	p := &Path{Root: s.root, Of: s.of, Kind: s.kind, Field: s.field, Index: s.index}
	if s.of != nil {
		p.depth = s.of.depth + 1
	}
	ps.steps[s] = p
	return p
}

func (ps *Paths) root(v ssa.Value) *Path { return ps.intern(pathStep{root: v}) }

func (ps *Paths) field(p *Path, f *types.Var) *Path {
	return ps.intern(pathStep{of: p, kind: FieldStep, field: f.Origin()})
}

func (ps *Paths) elem(p *Path, index ssa.Value) *Path {
	if c, ok := index.(*ssa.Const); ok && c.Value != nil {
		return ps.intern(pathStep{of: p, kind: ElemStep, index: c.Value.ExactString()})
	}
	return ps.intern(pathStep{of: p, kind: ElemStep, index: ps.Of(index)})
}

// load is the path of what lies at p. What a local variable holds that is assigned once is what was assigned.
func (ps *Paths) load(p *Path) *Path {
	if alloc, ok := p.Root.(*ssa.Alloc); ok && p.Of == nil {
		if v := OnlyStored(alloc); v != nil {
			return ps.Of(v)
		}
	}
	return ps.intern(pathStep{of: p, kind: LoadStep})
}

// Content returns the path of what lies at an address, whether or not it is assigned in between.
func (ps *Paths) Content(addr ssa.Value) *Path {
	return ps.intern(pathStep{of: ps.Of(addr), kind: LoadStep})
}

// Of returns the path of a value. A variable that a closure captures has the path that it has outside of the closure.
func (ps *Paths) Of(v ssa.Value) *Path {
	if p := ps.values[v]; p != nil {
		return p
	}
	ps.values[v] = ps.root(v) // of a value that depends on itself
	p := ps.pathOf(v)
	if p.depth > maxPath {
		p = ps.root(v)
	}
	ps.values[v] = p
	return p
}

func (ps *Paths) pathOf(v ssa.Value) *Path {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		if f := structField(v.X.Type(), v.Field); f != nil {
			return ps.field(ps.Of(v.X), f)
		}
	case *ssa.Field:
		f := structField(v.X.Type(), v.Field)
		if f == nil {
			break
		}
		if x := ps.Of(v.X); x.Kind == LoadStep {
			return ps.load(ps.field(x.Of, f))
		}
		return ps.field(ps.Of(v.X), f)
	case *ssa.UnOp:
		if v.Op != token.MUL {
			break
		}
		if addr, ok := v.X.(*ssa.FieldAddr); ok && ps.assigns(v.Parent(), structField(addr.X.Type(), addr.Field)) {
			break // before and after the assignment it is not the same
		}
		if x, ok := ps.Of(v.X).Root.(*ssa.Alloc); ok && OnlyStored(x) == nil && x.Comment != "complit" {
			break // a variable that is assigned several times
		}
		return ps.load(ps.Of(v.X))
	case *ssa.IndexAddr:
		return ps.elem(ps.Of(v.X), v.Index)
	case *ssa.Index:
		return ps.load(ps.elem(ps.Of(v.X), v.Index))
	case *ssa.Lookup:
		if !v.CommaOk {
			return ps.load(ps.elem(ps.Of(v.X), v.Index))
		}
	case *ssa.ChangeType:
		return ps.Of(v.X)
	case *ssa.ChangeInterface:
		return ps.Of(v.X)
	case *ssa.MakeInterface:
		return ps.Of(v.X)
	case *ssa.TypeAssert:
		if !v.CommaOk {
			return ps.Of(v.X)
		}
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.TypeAssert:
			if v.Index == 0 {
				return ps.Of(t.X)
			}
		case *ssa.Lookup:
			if v.Index == 0 {
				return ps.load(ps.elem(ps.Of(t.X), t.Index))
			}
		}
	case *ssa.FreeVar:
		if b := Bound(v); b != nil {
			return ps.Of(b)
		}
	case *ssa.Call:
		return ps.result(v)
	}
	return ps.root(v)
}

// result is the path of what a call returns that only looks something up: func (s *S) lock() *sync.Mutex { return &s.mu }.
func (ps *Paths) result(call *ssa.Call) *Path {
	c := CalleeOf(&call.Call)
	if c.Func == nil || len(c.Func.Blocks) != 1 || len(c.Args) != len(c.Func.Params) || c.Func.Signature.Results().Len() != 1 {
		return ps.root(call)
	}
	block := c.Func.Blocks[0]
	for _, instr := range block.Instrs {
		switch instr.(type) {
		case *ssa.Call, *ssa.Store, *ssa.Go, *ssa.Defer, *ssa.Send, *ssa.Select, *ssa.MapUpdate, *ssa.Alloc:
			return ps.root(call)
		}
	}
	ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
	if !ok || len(ret.Results) != 1 {
		return ps.root(call)
	}
	if p := ps.Translate(ps.Of(ret.Results[0]), c); p != nil {
		return p
	}
	return ps.root(call)
}

// Translate returns the path that a path in the function called has for the caller, or nil if it has none.
func (ps *Paths) Translate(p *Path, c Callee) *Path {
	if p.Of == nil {
		switch root := p.Root.(type) {
		case *ssa.Global:
			return p
		case *ssa.Parameter:
			if root.Parent() == c.Func {
				for i, param := range c.Func.Params {
					if param == root && i < len(c.Args) {
						return ps.Of(c.Args[i])
					}
				}
				return nil
			}
		case *ssa.Const:
			return p
		}
		// What belongs to a function around a closure has the same path inside and outside.
		if parent := parentOf(p.Root); parent != nil && c.Func != nil && parent != c.Func && encloses(parent, c.Func) {
			return p
		}
		return nil
	}
	of := ps.Translate(p.Of, c)
	if of == nil || of.depth >= maxPath {
		return nil
	}
	switch p.Kind {
	case FieldStep:
		return ps.field(of, p.Field)
	case LoadStep:
		return ps.load(of)
	}
	index, ok := p.Index.(*Path)
	if !ok {
		return ps.intern(pathStep{of: of, kind: ElemStep, index: p.Index})
	}
	if index = ps.Translate(index, c); index == nil {
		return nil
	}
	if k, ok := index.Root.(*ssa.Const); ok && k.Value != nil {
		return ps.intern(pathStep{of: of, kind: ElemStep, index: k.Value.ExactString()})
	}
	return ps.intern(pathStep{of: of, kind: ElemStep, index: index})
}

// parentOf returns the function that a value belongs to, or nil.
func parentOf(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Global, *ssa.Function, *ssa.Builtin, *ssa.Const:
		return nil
	default:
		return v.Parent()
	}
}

func encloses(outer, fn *ssa.Function) bool {
	for fn = fn.Parent(); fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// assigns reports whether the function around fn, or a closure in it, assigns a field of an object that it has not made.
func (ps *Paths) assigns(fn *ssa.Function, f *types.Var) bool {
	if f == nil {
		return true
	}
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	fields, known := ps.stored[fn]
	if !known {
		fields = make(map[*types.Var]bool)
		collectStores(fn, fields)
		ps.stored[fn] = fields
	}
	return fields[f.Origin()]
}

func collectStores(fn *ssa.Function, fields map[*types.Var]bool) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if store, ok := instr.(*ssa.Store); ok {
				if f := AssignedField(store); f != nil {
					fields[f] = true
				}
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		collectStores(anon, fields)
	}
}

// AssignedField returns the field that a store assigns, unless it belongs to an object that the function has just made.
func AssignedField(store *ssa.Store) *types.Var {
	addr, ok := store.Addr.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	if _, fresh := addr.X.(*ssa.Alloc); fresh {
		return nil
	}
	if f := structField(addr.X.Type(), addr.Field); f != nil {
		return f.Origin()
	}
	return nil
}

// structField returns field i of the struct that a value of type t is or points to.
func structField(t types.Type, i int) *types.Var {
	t = t.Underlying()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem().Underlying()
	}
	if s, ok := t.(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i)
	}
	return nil
}

// Bound returns what a closure's free variable stands for outside of it, or nil if that is not one value.
func Bound(v *ssa.FreeVar) ssa.Value {
	fn := v.Parent()
	outer := fn.Parent()
	if outer == nil {
		return nil
	}
	for i, fv := range fn.FreeVars {
		if fv != v {
			continue
		}
		for _, b := range outer.Blocks {
			for _, instr := range b.Instrs {
				if c, ok := instr.(*ssa.MakeClosure); ok && c.Fn == fn && i < len(c.Bindings) {
					return c.Bindings[i]
				}
			}
		}
	}
	return nil
}

// OnlyStored returns the one value that a local variable ever has while it is used, or nil if there are several or may be.
func OnlyStored(alloc *ssa.Alloc) ssa.Value {
	var found *ssa.Store
	ok := true
	var visit func(addr ssa.Value, depth int)
	visit = func(addr ssa.Value, depth int) {
		refs := addr.Referrers()
		if refs == nil || depth > 8 {
			ok = false
			return
		}
		for _, ref := range *refs {
			switch ref := ref.(type) {
			case *ssa.UnOp, *ssa.DebugRef:
			case *ssa.Store:
				if ref.Addr != alloc || found != nil {
					ok = false
					return
				}
				found = ref
			case *ssa.MakeClosure:
				fn := ref.Fn.(*ssa.Function)
				for i, b := range ref.Bindings {
					if b == addr && i < len(fn.FreeVars) {
						visit(fn.FreeVars[i], depth+1)
					}
				}
			default:
				ok = false
			}
		}
	}
	visit(alloc, 0)
	if !ok || found == nil {
		return nil
	}
	// Before the assignment it is zero.
	for _, ref := range *alloc.Referrers() {
		if ref != found && !before(found, ref) {
			return nil
		}
	}
	return found.Val
}

// before reports whether one instruction is executed before another of the same function, whenever that is.
func before(first, then ssa.Instruction) bool {
	if first.Block() != then.Block() {
		return first.Block().Dominates(then.Block())
	}
	return slices.Index(first.Block().Instrs, first) < slices.Index(first.Block().Instrs, then)
}

// ConstantOf returns a constant as a string that is the same for equal ones: "nil", "true", "3".
func ConstantOf(v ssa.Value) (string, bool) {
	c, ok := v.(*ssa.Const)
	if !ok {
		return "", false
	}
	if c.Value == nil {
		return "nil", true
	}
	if c.Value.Kind() == constant.Bool {
		return c.Value.String(), true
	}
	return c.Value.ExactString(), true
}
