package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// addWithoutDone reports a WaitGroup of which something is added that nobody is there to release: the Adds and the Dones
// that belong together are taken away in pairs, and an Add is left.
//
// A Done belongs to an Add if it is deferred behind it by the same function, or if it is called once by a goroutine that
// is started behind it there.
func (w *world) addWithoutDone(class *skeleton.Class, wait skeleton.ClassOp, adds []skeleton.ClassOp) {
	left := make(map[ssa.Instruction]int64)
	for _, add := range adds {
		n, known := addend(add)
		if !known || n <= 0 || n > 16 {
			return
		}
		if !w.putsBack(class, add, n) {
			left[add.Instr] = n
		}
	}
	var others []skeleton.ClassOp
	for _, done := range opsOf(class, skeleton.WaitGroupDone) {
		i := slices.IndexFunc(adds, func(add skeleton.ClassOp) bool {
			return done.Deferred && add.Fn == done.Fn && left[add.Instr] > 0 && w.before(add.Instr, done.Instr) && !w.repeats(done.Instr.Block(), add.Instr.Block())
		})
		if i < 0 {
			others = append(others, done)
			continue
		}
		left[adds[i].Instr]--
	}
	// A goroutine that calls Done on several of its ways calls it once.
	for _, a := range others {
		for _, b := range others {
			if a.Fn == b.Fn && w.reaches(a.Instr, b.Instr) {
				return
			}
		}
	}
	var threads []thread
	for _, done := range others {
		ts, ok := w.threads(done.Fn, nil)
		if !ok || len(ts) == 0 {
			return // who runs it is not understood
		}
		for _, t := range ts {
			if !slices.Contains(threads, t) {
				threads = append(threads, t)
			}
		}
	}
	for _, t := range threads {
		i := slices.IndexFunc(adds, func(add skeleton.ClassOp) bool {
			return t.start != nil && add.Fn == t.in && left[add.Instr] > 0 && w.reaches(add.Instr, t.start) && !w.repeats(t.start.Block(), add.Instr.Block())
		})
		if i < 0 {
			return // it is counted somewhere else, or more is released than added: something is not understood
		}
		left[adds[i].Instr]--
	}
	for _, add := range adds {
		if left[add.Instr] > 0 && w.exits.Reachable(add.Instr) {
			w.add(w.waitFinding(wait, add, fmt.Sprintf("more is added at line %d than is ever released by Done", w.Fset.Position(add.Instr.Pos()).Line),
				"call Done once for each, with defer"))
			return
		}
	}
}

// putsBack reports whether an Add only gives back what the same function took out before: it does not count while it waits
// for something itself.
func (w *world) putsBack(class *skeleton.Class, add skeleton.ClassOp, n int64) bool {
	return slices.ContainsFunc(opsOf(class, skeleton.WaitGroupAdd), func(op skeleton.ClassOp) bool {
		m, known := addend(op)
		return known && m == -n && op.Fn == add.Fn && !op.Deferred && !op.Started && w.before(op.Instr, add.Instr)
	})
}
