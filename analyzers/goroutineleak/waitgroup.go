package goroutineleak

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// waitGroup reports waits for a WaitGroup that is never released.
func (w *world) waitGroup(class *skeleton.Class) {
	waits, adds := opsOf(class, skeleton.WaitGroupWait), opsOf(class, skeleton.WaitGroupAdd)
	dones := slices.Concat(opsOf(class, skeleton.WaitGroupDone), opsOf(class, skeleton.WaitGroupGo))
	var up []skeleton.ClassOp // the Adds that add
	for _, op := range adds {
		n, known := addend(op)
		if !known || n < 0 {
			dones = append(dones, op) // may release
		}
		if !known || n > 0 {
			up = append(up, op)
		}
	}
	waits = slices.DeleteFunc(waits, func(op skeleton.ClassOp) bool { return !w.exits.Reachable(op.Instr) })
	if len(waits) == 0 || len(up) == 0 {
		return
	}
	if len(dones) == 0 || len(up) == len(adds) && len(opsOf(class, skeleton.WaitGroupDone)) == 0 && allConst(adds) && len(opsOf(class, skeleton.WaitGroupGo)) == 0 {
		for _, op := range waits {
			w.add(w.waitFinding(op, up[0], "nothing ever calls Done", "call Done in each goroutine that it waits for, with defer"))
		}
		return
	}
	for _, wait := range waits {
		w.joinOfEndless(wait, dones)
	}
	w.doneMissed(class, waits[0], up)
	w.countedInVain(class, waits[0], up)
	w.addWithoutDone(class, waits[0], up)
	if !class.Kept && len(class.Makes) == 1 {
		w.waitsForItself(class, waits, up)
		w.waitsInLoop(class, waits, up)
		w.tooFewDones(class, waits, adds)
	}
}

func allConst(adds []skeleton.ClassOp) bool {
	return !slices.ContainsFunc(adds, func(op skeleton.ClassOp) bool { _, known := addend(op); return !known })
}

// addend returns what an Add adds, where it is a constant.
func addend(op skeleton.ClassOp) (int64, bool) {
	if len(op.Callee.Args) < 2 {
		return 0, false
	}
	return intConst(op.Callee.Args[1])
}

// doneMissed reports goroutines that may end without the Done that they owe.
func (w *world) doneMissed(class *skeleton.Class, wait skeleton.ClassOp, adds []skeleton.ClassOp) {
	s := &search{
		w: w, class: class, waits: wait, run: w.runBy(wait.Fn), memo: make(map[*ssa.Function]int), need: 1,
		serves: func(op skeleton.ClassOp) int {
			switch op.Kind {
			case skeleton.WaitGroupDone, skeleton.WaitGroupAdd, skeleton.WaitGroupWait:
				return 1
			}
			return 0
		},
		handsOn: true,
	}
	s.relevant = w.relevantTo(class, nil, s.serves)
	seen := make(map[*ssa.Function]bool)
	for _, done := range opsOf(class, skeleton.WaitGroupDone) {
		threads, ok := w.threads(done.Fn, nil)
		if !ok {
			continue
		}
		for _, t := range threads {
			if t.start == nil || seen[t.root] {
				continue
			}
			seen[t.root] = true
			// What is added for this goroutine is added right before it is started.
			i := slices.IndexFunc(adds, func(add skeleton.ClassOp) bool {
				n, known := addend(add)
				return known && n == 1 && add.Fn == t.in && add.Instr.Block().Dominates(t.start.Block()) && w.reaches(add.Instr, t.start) &&
					!w.repeatsBetween(add.Instr, t.start)
			})
			if sites, all := w.classes.RunBy(t.root); i < 0 || !all || len(sites) != 1 {
				continue
			}
			x, ok := s.during(t).leaves(t.root, nil)
			if !ok {
				continue
			}
			w.add(w.missedDone(wait, adds[i], t, x))
		}
	}
}

// repeatsBetween reports whether b runs more often than a.
func (w *world) repeatsBetween(a, b ssa.Instruction) bool {
	return w.repeats(b.Block(), a.Block())
}

func (w *world) missedDone(wait, add skeleton.ClassOp, t thread, x way) finding {
	name := nameOf(wait, "the WaitGroup")
	at, left := placeOf(wait), w.wayPlace(x)
	line := func(pos token.Pos) int { return w.Fset.Position(pos).Line }
	d := pass.Diagnostic{
		Rule: waitGroup, Pos: at.Pos, End: at.End, Op: "wait", Object: name,
		Message: fmt.Sprintf("%s.Wait waits for ever: the goroutine started at line %d can %s at line %d without Done; write defer %s.Done() where it begins",
			name, line(t.start.Pos()), w.describe(x), line(left.Pos), name),
		Steps: []pass.Step{
			{Place: placeOf(add), Goroutine: 1, Op: "add", Object: name, Message: "counts the goroutine"},
			{Place: w.startPlace(t), Goroutine: 1, Op: "go", Object: name, Message: "starts it"},
			{Place: left, Goroutine: 2, Op: "return", Object: name, Message: "ends without Done"},
			{Place: at, Goroutine: 1, Op: "wait", Object: name, Message: "waits here for ever"},
		},
	}
	return finding{Diagnostic: d, blocked: at.Pos, rank: shown}
}

// waitFinding says that a Wait never ends.
func (w *world) waitFinding(wait, add skeleton.ClassOp, why, instead string) finding {
	at, name := placeOf(wait), nameOf(wait, "the WaitGroup")
	d := pass.Diagnostic{
		Rule: waitGroup, Pos: at.Pos, End: at.End, Op: "wait", Object: name,
		Message: fmt.Sprintf("%s.Wait waits for ever: %s; %s", name, why, instead),
		Steps: []pass.Step{
			{Place: placeOf(add), Goroutine: 1, Op: "add", Object: name, Message: "something to wait for is counted here"},
			{Place: at, Goroutine: 1, Op: "wait", Object: name, Message: "waits here for ever"},
		},
	}
	return finding{Diagnostic: d, blocked: at.Pos, rank: shown}
}

// waitsForItself reports a Wait of a goroutine that the WaitGroup counts, and that calls Done only afterwards.
func (w *world) waitsForItself(class *skeleton.Class, waits, adds []skeleton.ClassOp) {
	for _, wait := range waits {
		threads, ok := w.threads(wait.Fn, class.Makes[0].Parent())
		if !ok || len(threads) != 1 || threads[0].start == nil || threads[0].root != wait.Fn {
			continue
		}
		t := threads[0]
		run := w.runBy(t.root)
		own, before := 0, false
		for _, done := range opsOf(class, skeleton.WaitGroupDone) {
			if !run[done.Fn] {
				continue
			}
			own++
			if done.Fn != t.root || !done.Deferred && w.reaches(done.Instr, wait.Instr) {
				before = true
			}
		}
		i := slices.IndexFunc(adds, func(add skeleton.ClassOp) bool { return add.Fn == t.in && w.reaches(add.Instr, t.start) })
		if own == 0 || before || i < 0 {
			continue
		}
		w.add(w.waitFinding(wait, adds[i], "the goroutine that waits is one of those that it waits for, and calls Done only afterwards",
			"wait outside of the goroutines that are counted"))
	}
}

// waitsInLoop reports a Wait inside the loop that starts what it waits for, where all of it was counted before the loop.
func (w *world) waitsInLoop(class *skeleton.Class, waits, adds []skeleton.ClassOp) {
	for _, wait := range waits {
		for _, l := range w.loopsOf(wait.Fn) {
			if !l.body[wait.Instr.Block()] {
				continue
			}
			if n, known := l.constantTrips(); known && n <= 1 {
				continue
			}
			i := slices.IndexFunc(adds, func(add skeleton.ClassOp) bool {
				n, known := addend(add)
				return add.Fn == wait.Fn && !l.body[add.Instr.Block()] && w.reaches(add.Instr, wait.Instr) && (!known || n > 1)
			})
			if i < 0 || len(adds) != 1 || w.repeats(adds[i].Instr.Block(), nil) {
				continue
			}
			// All that calls Done is started by this loop, once in each round.
			threads, ok := w.allThreads(opsOf(class, skeleton.WaitGroupDone), class.Makes[0].Parent())
			if !ok || len(threads) != 1 || threads[0].start == nil || threads[0].in != wait.Fn || !l.body[threads[0].start.Block()] {
				continue
			}
			start := threads[0].start
			inner := slices.ContainsFunc(w.loopsOf(wait.Fn), func(o *loop) bool { return o != l && o.body[start.Block()] && l.body[o.header] })
			if inner || !start.Block().Dominates(wait.Instr.Block()) {
				continue
			}
			w.add(w.waitFinding(wait, adds[i], "all goroutines were counted before the loop, and it waits before the loop has started them all",
				"wait after the loop"))
			break
		}
	}
}

// tooFewDones reports a wait for more than all goroutines together can release: what is added on one level of loops is
// compared with what the goroutines that are started there call Done.
func (w *world) tooFewDones(class *skeleton.Class, waits, adds []skeleton.ClassOp) {
	made, ok := class.Makes[0].(ssa.Instruction)
	if !ok || len(opsOf(class, skeleton.WaitGroupGo)) > 0 {
		return
	}
	owner := made.Parent()
	// awaits returns the Wait that an Add always comes to.
	awaits := func(add skeleton.ClassOp) (skeleton.ClassOp, bool) {
		i := slices.IndexFunc(waits, func(wait skeleton.ClassOp) bool { return wait.Fn == add.Fn && w.before(add.Instr, wait.Instr) })
		if i < 0 {
			return skeleton.ClassOp{}, false
		}
		return waits[i], true
	}
	sum := make(map[*loop]int) // added less released
	levels := make(map[ssa.Instruction]*loop)
	for _, add := range adds {
		n, known := addend(add)
		if add.Fn != owner || w.repeats(made.Block(), nil) {
			return
		}
		level := w.innermost(add.Instr.Block())
		if !known {
			// One for each round of a loop.
			if level = w.loopOf(add, owner); level == nil {
				return
			}
			if _, ok := awaits(add); !ok {
				return
			}
			sum[level]++
			levels[add.Instr] = level
			continue
		}
		if n <= 0 || n >= many {
			return
		}
		levels[add.Instr] = level
		if _, ok := awaits(add); level == nil && !ok {
			return
		}
		sum[level] += int(n)
	}
	threads, ok := w.allThreads(opsOf(class, skeleton.WaitGroupDone), owner)
	if !ok {
		return
	}
	count := w.newCount(class, skeleton.WaitGroupDone, owner, made.Block())
	for _, t := range threads {
		if t.start == nil {
			return
		}
		at, _, ok := w.lift(t, owner, nil)
		n := count.of(t.root)
		if !ok || t.in != owner || n >= many {
			return
		}
		sum[w.innermost(at.Block())] -= n
	}
	// Where more is released than added on one level, it may be for another.
	for _, n := range sum {
		if n < 0 {
			return
		}
	}
	for _, add := range adds {
		if sum[levels[add.Instr]] > 0 {
			wait, ok := awaits(add)
			if !ok {
				wait = waits[0]
			}
			w.add(w.waitFinding(wait, add, "more is added than the goroutines that it waits for call Done", "call Done in each of them, with defer"))
			return
		}
	}
}

// loopOf returns the loop that has as many rounds as an Add outside of all loops adds, or nil.
func (w *world) loopOf(add skeleton.ClassOp, owner *ssa.Function) *loop {
	key := ""
	if args := add.Callee.Args; len(args) == 2 && w.innermost(add.Instr.Block()) == nil {
		key = w.words(args[1], 0)
	}
	var found *loop
	for _, l := range w.loopsOf(owner) {
		if key != "" && w.bound(l) == key && w.reaches(add.Instr, l.header.Instrs[0]) {
			if found != nil {
				return nil
			}
			found = l
		}
	}
	return found
}

// cond reports waits for a Cond that nobody signals.
func (w *world) cond(class *skeleton.Class) {
	if len(opsOf(class, skeleton.CondSignal)) > 0 || len(opsOf(class, skeleton.CondBroadcast)) > 0 {
		return
	}
	for _, wait := range opsOf(class, skeleton.CondWait) {
		if !w.exits.Reachable(wait.Instr) {
			continue
		}
		at, name := placeOf(wait), nameOf(wait, "the condition")
		w.add(finding{Diagnostic: pass.Diagnostic{
			Rule: condition, Pos: at.Pos, End: at.End, Op: "wait", Object: name,
			Message: fmt.Sprintf("%s.Wait waits for ever: nothing ever calls %s.Signal or %s.Broadcast; call Broadcast, with the lock held, where what is waited for changes", name, name, name),
			Steps:   []pass.Step{{Place: at, Op: "wait", Object: name, Message: "waits here for ever"}},
		}, blocked: at.Pos, rank: shown})
	}
}
