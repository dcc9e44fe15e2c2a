package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// maxMap bounds the keys of a map that is followed.
const maxMap = 8

// What is derived from a map that is not known: the map, its keys, its entries.
const (
	mapTag = 47 + iota
	keyTag
	entryTag
)

// part is what an unknown value has in a place that id stands for: one and the same each time.
func (s *state) part(t *skeleton.Type, id value) value {
	if t.Shape != skeleton.Pointer {
		return s.invent(t, id)
	}
	if n, ok := s.lookup(uint64(id.n)); ok {
		return value{k: address, o: int32(n)}
	}
	made := s.invent(t, id)
	if made.k == address {
		s.assume(uint64(id.n), int64(made.o))
	}
	return made
}

// noSlots reports whether the object is no row of slots.
func (o *object) noSlots() bool {
	return o.channel || o.context || o.isMap || o.iterator || o.pipe || o.wraps
}

// known reports whether v is a map whose every key is known to be in it.
func (s *state) knownMap(v value) bool {
	return v.k == address && s.objs[v.o].isMap && s.objs[v.o].env == 0 && !s.objs[v.o].lazy
}

// forget makes a map one of which nothing is known.
func (x *explorer) forget(s *state, m value) {
	for _, list := range [][]value{s.objs[m.o].slots, s.objs[m.o].keys} {
		for _, v := range list {
			x.escape(s, v, nil, anything)
		}
	}
	o := s.obj(m.o)
	o.lazy, o.keys, o.slots = true, nil, nil
}

func (x *explorer) mapSet(s *state, f *frame, in *skeleton.Instr, m, key, v value) verdict {
	f.pc++
	if m.k == null {
		return drop
	}
	if !s.knownMap(m) {
		x.escape(s, key, nil, anything)
		x.escape(s, v, in.Type, anything)
		return goOn
	}
	for i, k := range s.objs[m.o].keys {
		equal, known := s.equal(k, key)
		if !known {
			// The key of an entry on one path, and not on this one.
			other := x.fork(s)
			other.assumeEqual(k, key, true)
			s.assumeEqual(k, key, false)
			o := other.obj(m.o)
			copy(o.slots[i*o.stride:], flatten(v, in.Type))
			x.push(other)
		}
		if equal {
			o := s.obj(m.o)
			copy(o.slots[i*o.stride:], flatten(v, in.Type))
			return goOn
		}
	}
	if len(s.objs[m.o].keys) >= maxMap {
		x.forget(s, m)
		x.escape(s, key, nil, anything)
		x.escape(s, v, in.Type, anything)
		return goOn
	}
	o := s.obj(m.o)
	o.stride = in.Type.Slots
	o.keys = append(o.keys, key)
	o.slots = append(o.slots, flatten(v, in.Type)...)
	return goOn
}

func (x *explorer) mapGet(s *state, in *skeleton.Instr, m, key value) verdict {
	result := func(s *state, v, ok value) {
		_, f := s.top()
		if in.CommaOk {
			v = value{k: aggregate, parts: append(append([]value(nil), flatten(v, in.Type)...), ok)}
		}
		f.set(in.Dst, v)
	}
	if m.k == null {
		result(s, zeroOf(in.Type), zeroInt)
		return goOn
	}
	if !s.knownMap(m) {
		if of := derived(mapTag, m); m.k == unknown && key.k == unknown && key.of == of.of {
			result(s, s.part(in.Type, derived(entryTag, of, key)), boolean(true)) // a loop over it gave the key
			return goOn
		}
		result(s, s.invent(in.Type, s.fresh()), s.fresh())
		return goOn
	}
	o := s.objs[m.o]
	element := func(i int) value {
		return gather(append([]value(nil), o.slots[i*o.stride:(i+1)*o.stride]...), in.Type)
	}
	for i, k := range o.keys {
		equal, known := s.equal(k, key)
		if equal {
			result(s, element(i), boolean(true))
			return goOn
		}
		if !known {
			other := x.fork(s)
			other.assumeEqual(k, key, true)
			s.assumeEqual(k, key, false)
			result(other, element(i), boolean(true))
			x.push(other)
		}
	}
	result(s, zeroOf(in.Type), zeroInt)
	return goOn
}

func (x *explorer) mapDelete(s *state, m, key value) {
	if !s.knownMap(m) {
		return
	}
	for i, k := range s.objs[m.o].keys {
		equal, known := s.equal(k, key)
		if !known {
			x.forget(s, m)
			return
		}
		if equal {
			o := s.obj(m.o)
			o.keys = append(o.keys[:i:i], o.keys[i+1:]...)
			o.slots = append(o.slots[:i*o.stride:i*o.stride], o.slots[(i+1)*o.stride:]...)
			return
		}
	}
}

// mapNext gives the next entry of a map, in the order in which they came into it: the order seldom decides what blocks.
func (x *explorer) mapNext(s *state, f *frame, in *skeleton.Instr, it value) {
	t := in.Type // (ok, key, element)
	if it.k != address || !s.objs[it.o].iterator || len(t.Parts) != 3 {
		f.set(in.Dst, s.invent(t, s.fresh()))
		return
	}
	parts := make([]value, 0, t.Slots)
	if s.objs[it.o].rounds > 0 {
		// The same entries each time, as of a list.
		of := s.objs[it.o].slots[0]
		key := derived(keyTag, of, value{k: integer, n: int64(s.objs[it.o].rounds)})
		s.obj(it.o).rounds--
		parts = append(parts, boolean(true))
		parts = append(parts, flatten(s.part(t.Parts[1], key), t.Parts[1])...)
		parts = append(parts, flatten(s.part(t.Parts[2], derived(entryTag, of, key)), t.Parts[2])...)
		f.set(in.Dst, value{k: aggregate, parts: parts})
		return
	}
	if len(s.objs[it.o].keys) == 0 {
		for i := range t.Parts {
			parts = append(parts, flatten(zeroOf(t.Parts[i]), t.Parts[i])...)
		}
		f.set(in.Dst, value{k: aggregate, parts: parts})
		return
	}
	o := s.obj(it.o)
	parts = append(parts, boolean(true))
	// A part that is not used has an invalid type.
	for len(parts) < t.Where[2] && t.Parts[1].Slots > 0 {
		parts = append(parts, flatten(o.keys[0], t.Parts[1])...)
	}
	elem := o.slots[:o.stride]
	if len(elem) != t.Parts[2].Slots {
		elem = flatten(zeroOf(t.Parts[2]), t.Parts[2])
	}
	parts = append(parts, elem...)
	o.keys = append([]value(nil), o.keys[1:]...)
	o.slots = append([]value(nil), o.slots[o.stride:]...)
	f.set(in.Dst, value{k: aggregate, parts: parts})
}
