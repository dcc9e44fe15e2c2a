package explore

// slot returns the number in the slot of a primitive.
func (s *state) slot(at value) int64 {
	o := s.objs[at.o]
	if o.noSlots() || int(at.n) >= len(o.slots) {
		return 0
	}
	if v := o.slots[at.n]; v.k == integer {
		return v.n
	}
	return 0
}

func (s *state) setSlot(at value, n int64) {
	if o := s.objs[at.o]; o.noSlots() || int(at.n) >= len(o.slots) {
		return
	}
	s.obj(at.o).slots[at.n] = value{k: integer, n: n}
}

// hold counts the locks that a goroutine has, but for those of the environment: what they keep out is not of this root.
func (s *state) hold(i int, lock value, n int) {
	if lock.k == address && !s.objs[lock.o].lazy {
		g := s.g(i)
		g.holds = max(0, g.holds+n)
	}
}

// A lock's slot holds its writer, one higher, above the number of its readers.
const readerBits = 16

func writer(n int64) int { return int(n>>readerBits) - 1 }
