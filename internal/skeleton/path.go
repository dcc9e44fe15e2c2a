package skeleton

import (
	"go/token"
	"go/types"

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
