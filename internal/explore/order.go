package explore

import (
	"cmp"
	"slices"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// order returns the way to where the goroutines of a group are stuck as turns. Who waits to lock for writing comes before the
// others of them, because new readers are kept out from then on; last come those that could go on, and have not yet.
func (x *explorer) order(s *state, group []Stuck) []Turn {
	var out []Turn
	for e := s.trace; e != nil; e = e.prev {
		t := Turn{Goroutine: e.g, Kind: e.kind, Pos: e.pos}
		switch e.what {
		case returned:
			continue
		case started:
			t.Starts = int(e.obj)
		case met, arrived:
			t.Waits = true
		case operation:
			t.Waits = e.kind == skeleton.OnceDo // what it calls has turns of its own
		case chose:
			t.Kind, t.Pos = skeleton.Select, e.at.Pos()
		}
		if t.Pos.IsValid() {
			out = append(out, t)
		}
	}
	if x.entry.SSA != nil && x.entry.SSA.Pos().IsValid() {
		out = append(out, Turn{Pos: x.entry.SSA.Pos(), Enters: true})
	}
	slices.Reverse(out)
	// That a wait for a Cond is over, or one in a select, is no other arrival.
	waits := make([]skeleton.Kind, len(s.gs))
	out = slices.DeleteFunc(out, func(t Turn) bool {
		if t.Kind != skeleton.CondWait && t.Kind != skeleton.Select {
			return false
		}
		over := !t.Waits && waits[t.Goroutine] == t.Kind
		waits[t.Goroutine] = skeleton.None
		if t.Waits {
			waits[t.Goroutine] = t.Kind
		}
		return over
	})

	stuck := make([]bool, len(s.gs))
	var last []Turn
	for _, st := range group {
		stuck[st.Goroutine] = true
		last = append(last, Turn{Goroutine: st.Goroutine, Kind: st.Kind, Pos: st.Pos, Waits: true, Stays: true})
	}
	rank := func(t Turn) int {
		if t.Kind == skeleton.Lock {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(last, func(a, b Turn) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Goroutine, b.Goroutine))
	})
	for i, g := range s.gs {
		if g.done || stuck[i] || len(g.frames) == 0 || !g.parked || len(g.wait) == 0 {
			continue
		}
		if _, in, pos, _ := s.stands(i); in != nil {
			last = append(last, Turn{Goroutine: i, Kind: g.wait[0].kind, Pos: pos, Waits: true, Stays: true})
		}
	}
	for _, t := range last {
		// Who waits for a Cond has come to it before, when it gave the lock back.
		if t.Pos.IsValid() && t.Kind != skeleton.CondWait {
			out = append(out, t)
		}
	}
	return out
}
