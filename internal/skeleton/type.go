package skeleton

import (
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// A Shape is the kind of a Type.
type Shape uint8

// The shapes of types. A primitive is one slot, whatever it is made of.
const (
	Opaque Shape = iota // numbers other than integers, maps, and what is too large
	Bool
	Int
	String
	Pointer
	Chan
	Function
	Interface
	Slice
	Map
	Struct
	Array
	Tuple
	Context   // context.Context
	Primitive // a lock, WaitGroup, Once, atomic value, errgroup
)

// A Type is what the explorer must know of a type: where its parts are. The value of a type is a row of slots; structs
// and short arrays lie flat in it.
type Type struct {
	Shape Shape
	Name  string // of a named type, with the path of its package
	Elem  *Type  // of a pointer, channel, slice, array
	Parts []*Type
	Where []int // the first slot of each part
	Slots int
	Dir   types.ChanDir
	Kind  Kind // of a Primitive: the operation that makes it block

	named *types.Named
	made  bool // not only reserved
}

// maxSlots bounds the size of a value; larger ones are opaque.
const maxSlots = 256

// typeTable makes Types.
type typeTable struct {
	known   typeutil.Map
	pending []types.Type // reserved
}

// leaves are the structs that are one slot.
var leaves = map[string]Kind{
	"sync.Mutex": Lock, "sync.RWMutex": Lock, "sync.WaitGroup": WaitGroupWait, "sync.Once": OnceDo,
	"sync/atomic.Bool": AtomicLoad, "sync/atomic.Int32": AtomicLoad, "sync/atomic.Int64": AtomicLoad, "sync/atomic.Uint32": AtomicLoad,
	"sync/atomic.Uint64": AtomicLoad, "sync/atomic.Value": AtomicLoad, "sync/atomic.Pointer": AtomicLoad,
	"golang.org/x/sync/errgroup.Group": GroupWait, "golang.org/x/sync/semaphore.Weighted": SemaphoreAcquire,
}

func (tt *typeTable) of(t types.Type) *Type {
	if t == nil {
		return &Type{Shape: Opaque, Slots: 1}
	}
	out := tt.within(t)
	for len(tt.pending) > 0 {
		t := tt.pending[len(tt.pending)-1]
		tt.pending = tt.pending[:len(tt.pending)-1]
		tt.within(t)
	}
	return out
}

// within is of for a part of a type that is being made.
func (tt *typeTable) within(t types.Type) *Type {
	t = types.Unalias(t)
	out := tt.reserve(t)
	if !out.made {
		tt.fill(out, t)
	}
	return out
}

// behind is of for what a value refers to, and what may therefore contain the value's own type: it is made only when
// the types under way are, because the parts of a type that is half made are not where they will be.
func (tt *typeTable) behind(t types.Type) *Type {
	t = types.Unalias(t)
	out := tt.reserve(t)
	if !out.made {
		tt.pending = append(tt.pending, t)
	}
	return out
}

// reserve returns the one Type for t, which may not be made yet.
func (tt *typeTable) reserve(t types.Type) *Type {
	if known := tt.known.At(t); known != nil {
		return known.(*Type)
	}
	out := &Type{Slots: 1}
	tt.known.Set(t, out)
	return out
}

func (tt *typeTable) fill(out *Type, t types.Type) {
	out.made = true
	if named, ok := t.(*types.Named); ok {
		out.named = named.Origin()
		if obj := named.Obj(); obj.Pkg() != nil {
			out.Name = obj.Pkg().Path() + "." + obj.Name()
		}
		if named.Obj().Pkg() == nil {
			out.Name = named.Obj().Name() // error
		}
		if out.Name == "context.Context" {
			out.Shape = Context
			return
		}
		if kind, ok := leaves[out.Name]; ok {
			out.Shape, out.Kind = Primitive, kind
			return
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch info := u.Info(); {
		case info&types.IsBoolean != 0:
			out.Shape = Bool
		case info&types.IsInteger != 0:
			out.Shape = Int
		case info&types.IsString != 0:
			out.Shape = String
		}
	case *types.Pointer:
		out.Shape, out.Elem = Pointer, tt.behind(u.Elem())
	case *types.Chan:
		out.Shape, out.Elem, out.Dir = Chan, tt.behind(u.Elem()), u.Dir()
	case *types.Signature:
		out.Shape = Function
	case *types.Interface:
		if _, param := t.(*types.TypeParam); !param {
			out.Shape = Interface
		}
	case *types.Slice:
		out.Shape, out.Elem = Slice, tt.behind(u.Elem())
	case *types.Map:
		out.Shape = Map
	case *types.Struct:
		out.Shape = Struct
		for f := range u.Fields() {
			out.part(tt.within(f.Type()))
		}
		out.close()
	case *types.Array:
		if n := u.Len(); n <= 8 {
			out.Shape, out.Elem = Array, tt.within(u.Elem())
			for range n {
				out.part(out.Elem)
			}
			out.close()
		}
	case *types.Tuple:
		out.Shape = Tuple
		for v := range u.Variables() {
			out.part(tt.within(v.Type()))
		}
		out.close()
	}
}

func (t *Type) part(p *Type) {
	if len(t.Parts) == 0 {
		t.Slots = 0
	}
	t.Parts = append(t.Parts, p)
	t.Where = append(t.Where, t.Slots)
	t.Slots += p.Slots
}

func (t *Type) close() {
	if len(t.Parts) == 0 {
		t.Slots = 0
	}
	if t.Slots > maxSlots {
		t.Shape, t.Slots, t.Parts, t.Where = Opaque, 1, nil, nil
	}
}

// Scalar returns the type of a slot of t.
func (t *Type) Scalar(slot int) *Type {
	for t.Shape == Struct || t.Shape == Array || t.Shape == Tuple {
		i := len(t.Parts) - 1
		for i > 0 && (t.Where[i] > slot || t.Parts[i].Slots == 0) {
			i--
		}
		if i < 0 {
			return &Type{Slots: 1}
		}
		slot -= t.Where[i]
		if t.Parts[i] == t {
			return &Type{Slots: 1}
		}
		t = t.Parts[i]
	}
	return t
}

// Aggregate reports whether a value of the type has parts.
func (t *Type) Aggregate() bool { return t.Shape == Struct || t.Shape == Array || t.Shape == Tuple }

// Bears reports whether a value of the type has a lock or the like in it.
func (t *Type) Bears() bool { return t.bears(0) }

func (t *Type) bears(depth int) bool {
	if t.Shape == Primitive {
		return t.Kind != AtomicLoad
	}
	if depth > 4 || !t.Aggregate() {
		return false
	}
	for _, part := range t.Parts {
		if part.bears(depth + 1) {
			return true
		}
	}
	return false
}
