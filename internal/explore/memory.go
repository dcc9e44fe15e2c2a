package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// emptyText is the constant "".
var emptyText = value{k: text, n: -3750763034362895579}

// zero returns the zero value of a slot of the type.
func zero(t *skeleton.Type) value {
	switch t.Shape {
	case skeleton.Primitive:
		if t.Name == "sync/atomic.Value" || t.Name == "sync/atomic.Pointer" {
			return nilVal
		}
		return zeroInt
	case skeleton.Bool, skeleton.Int:
		return zeroInt
	case skeleton.String:
		return emptyText
	case skeleton.Opaque:
		return derived(7)
	}
	return nilVal
}

// zeroOf is zero for all types.
func zeroOf(t *skeleton.Type) value {
	if !t.Aggregate() {
		return zero(t)
	}
	parts := make([]value, t.Slots)
	for i := range parts {
		parts[i] = zero(t.Scalar(i))
	}
	return value{k: aggregate, parts: parts}
}

// invent returns a value of the type that comes from code that is not seen. id identifies unknown values.
func (s *state) invent(t *skeleton.Type, id value) value {
	switch t.Shape {
	case skeleton.Struct, skeleton.Array, skeleton.Tuple:
		parts := make([]value, t.Slots)
		for i := range parts {
			part := derived(uint64(i), id)
			part.of = 0 // a field's number is no length
			parts[i] = s.invent(t.Scalar(i), part)
		}
		return value{k: aggregate, parts: parts}
	case skeleton.Pointer:
		if t.Elem.Slots == 0 || t.Elem.Shape == skeleton.Opaque {
			break
		}
		return value{k: address, o: s.add(&object{typ: t.Elem, slots: make([]value, t.Elem.Slots), env: anything, lazy: true})}
	case skeleton.Chan:
		return value{k: address, o: s.add(&object{typ: t, channel: true, env: anything, lazy: true})}
	case skeleton.Context:
		done := s.add(&object{channel: true, env: mayClose, lazy: true})
		return value{k: address, o: s.add(&object{context: true, parent: -1, done: done, lazy: true})}
	case skeleton.Primitive:
		if t.Kind == skeleton.Lock {
			return zeroInt // nobody holds it
		}
	}
	return id
}

// load returns what is at slot n and following of an object.
func (s *state) load(v value, t *skeleton.Type) value {
	if v.k != address || s.objs[v.o].noSlots() {
		return s.invent(t, derived(11, v, s.fresh()))
	}
	if t.Slots == 0 {
		return value{k: aggregate}
	}
	if int(v.n)+t.Slots > len(s.objs[v.o].slots) {
		return s.invent(t, s.fresh())
	}
	one := func(i int) value {
		o := s.objs[v.o]
		at := int(v.n) + i
		scalar := t.Scalar(i)
		if o.env&mayChange != 0 && !o.lazy {
			switch scalar.Shape {
			case skeleton.Bool, skeleton.Int, skeleton.String, skeleton.Interface, skeleton.Opaque:
				return s.fresh() // others may have written since
			}
		}
		if held := o.slots[at]; held.k != unset {
			return held
		}
		if !o.lazy {
			return zero(scalar)
		}
		made := s.invent(scalar, derived(13, value{k: address, o: v.o, n: int64(at)}))
		if o.global && scalar.Name == "error" {
			made.nonNil = true // io.EOF and its like
			made.ofIO = o.ofIO
		}
		s.obj(v.o).slots[at] = made
		return made
	}
	if !t.Aggregate() {
		return one(0)
	}
	parts := make([]value, t.Slots)
	for i := range parts {
		parts[i] = one(i)
	}
	return value{k: aggregate, parts: parts}
}

// store writes a value of type t.
func (x *explorer) store(s *state, to, v value, t *skeleton.Type) {
	if to.k != address || s.objs[to.o].noSlots() || int(to.n)+t.Slots > len(s.objs[to.o].slots) {
		x.escape(s, v, t, anything)
		return
	}
	o := s.obj(to.o)
	if t.Aggregate() {
		for i := range t.Slots {
			if v.k == aggregate && i < len(v.parts) {
				o.slots[int(to.n)+i] = v.parts[i]
			} else {
				o.slots[int(to.n)+i] = derived(uint64(i), v)
			}
		}
	} else {
		o.slots[to.n] = v
	}
	if o.env&mayRecv != 0 {
		x.escape(s, v, t, anything)
		if v.k == address && o.lazy && s.objs[v.o].channel && !s.objs[v.o].lazy {
			s.obj(v.o).lent = true
		}
	}
}

// same is the function same also for values in interfaces, which are compared by type and content.
func (s *state) same(a, b value) (equal, known bool) {
	if a.k != address || b.k != address || a.o < 0 || b.o < 0 || !s.objs[a.o].boxed || !s.objs[b.o].boxed {
		return same(a, b)
	}
	x, y := s.objs[a.o], s.objs[b.o]
	if x.typ != y.typ || len(x.slots) != len(y.slots) {
		return false, true
	}
	equal, known = true, true
	for i := range x.slots {
		switch eq, sure := s.same(x.slots[i], y.slots[i]); {
		case sure && !eq:
			return false, true
		case !sure:
			equal, known = false, false
		}
	}
	return equal, known
}

// flatten returns the slots of a value.
func flatten(v value, t *skeleton.Type) []value {
	if !t.Aggregate() {
		return []value{v}
	}
	if v.k == aggregate && len(v.parts) == t.Slots {
		return v.parts
	}
	parts := make([]value, t.Slots)
	for i := range parts {
		parts[i] = derived(uint64(i), v)
	}
	return parts
}

// gather is the opposite of flatten.
func gather(parts []value, t *skeleton.Type) value {
	if t.Aggregate() {
		return value{k: aggregate, parts: parts}
	}
	if len(parts) == 0 {
		return derived(17)
	}
	return parts[0]
}
