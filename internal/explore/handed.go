package explore

import (
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A goroutine can end with a lock that another one gives back for it. Who may do that is seen from the functions that it
// is in: one of them, or what they call, unlocks and does not lock.

// handsBack reports whether a live goroutine may give back a lock that it did not take.
func (x *explorer) handsBack(s *state, live []bool) bool {
	for i, g := range s.gs {
		if !live[i] {
			continue
		}
		for j := range g.frames {
			if x.unlocksOnly(g.frames[j].f.SSA, make(map[*ssa.Function]bool)) {
				return true
			}
			for _, v := range g.frames[j].regs {
				if f := x.codeOf(s, v); f != nil && x.unlocksOnly(f.SSA, make(map[*ssa.Function]bool)) {
					return true
				}
			}
		}
		for _, v := range g.has {
			if f := x.codeOf(s, v); f != nil && x.unlocksOnly(f.SSA, make(map[*ssa.Function]bool)) {
				return true
			}
		}
	}
	return false
}

// maxUnlockers bounds the functions that are looked at.
const maxUnlockers = 100

// unlocksOnly reports whether a function, or one that it calls or makes a closure of, unlocks and does not lock.
func (x *explorer) unlocksOnly(fn *ssa.Function, seen map[*ssa.Function]bool) bool {
	if seen[fn] || len(seen) > maxUnlockers {
		return false
	}
	seen[fn] = true
	locks, unlocks := false, false
	var further []*ssa.Function
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case ssa.CallInstruction:
				op := skeleton.OpOf(instr)
				switch op.Kind {
				case skeleton.Lock, skeleton.RLock, skeleton.TryLock, skeleton.TryRLock:
					locks = true
				case skeleton.Unlock, skeleton.RUnlock:
					unlocks = true
				case skeleton.None:
					if f := op.Callee.Func; f != nil {
						further = append(further, f)
					}
				}
			case *ssa.MakeClosure:
				further = append(further, i.Fn.(*ssa.Function))
			}
		}
	}
	if unlocks && !locks {
		return true
	}
	for _, f := range further {
		if x.unlocksOnly(f, seen) {
			return true
		}
	}
	return false
}

// give notes what the caller of the root gets: it may give back the locks in it.
func (s *state) give(result value) {
	r := reach{s: s, objects: make([]bool, len(s.objs))}
	r.value(result)
	for i, reached := range r.objects {
		if reached {
			s.obj(int32(i)).given = true
		}
	}
}
