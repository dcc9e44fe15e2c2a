package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// sendersOfAField reports plain sends on a channel that a field holds, where what receives from it in a loop can end
// while there are still senders.
func (w *world) sendersOfAField(class *skeleton.Class) {
	if !class.Kept || class.Global || len(class.Fields) != 1 || len(class.Makes) == 0 || !w.smallRoom(class) || len(opsOf(class, skeleton.Close)) > 0 {
		return
	}
	receives := opsOf(class, skeleton.Recv)
	consumer, ok := w.consumer(receives)
	if !ok {
		return
	}
	run := w.runBy(consumer.root)
	for _, op := range class.Ops {
		if op.Kind != skeleton.Send || run[op.Fn] || !w.sendsAgain(class, op) || !w.exits.Reachable(op.Instr) || w.expectsEnd(op.Instr) {
			continue
		}
		s := &search{
			w: w, class: class, waits: op, run: map[*ssa.Function]bool{op.Fn: true}, memo: make(map[*ssa.Function]int), need: 1, repeated: true,
			serves: func(op skeleton.ClassOp) int {
				if op.Does(skeleton.Recv) {
					return 1
				}
				return 0
			},
		}
		s.relevant = w.relevantTo(class, nil, s.serves)
		x, ok := s.leaves(consumer.root, nil)
		if !ok || !w.besides(class, x) {
			return
		}
		if w.endsLater(op, x.sel, x.selCase) {
			continue
		}
		w.add(w.fieldSender(class, op, consumer, x))
	}
}

// besides reports whether a receiver leaves from another case of the select that receives.
func (w *world) besides(class *skeleton.Class, x way) bool {
	return x.sel != nil && slices.ContainsFunc(w.ops[x.sel], func(op classOp) bool {
		return op.class == class && op.Case != x.selCase && op.Does(skeleton.Recv)
	})
}

// sendsAgain reports whether a send comes often enough to fill the room that there is.
func (w *world) sendsAgain(class *skeleton.Class, op skeleton.ClassOp) bool {
	unbuffered := !slices.ContainsFunc(class.Makes, func(v ssa.Value) bool {
		n, known := intConst(v.(*ssa.MakeChan).Size)
		return !known || n > 0
	})
	if unbuffered {
		return true
	}
	fresh := slices.ContainsFunc(class.Makes, func(v ssa.Value) bool {
		// The first value of a channel that the same call has made finds room.
		mk := v.(*ssa.MakeChan)
		n, known := intConst(mk.Size)
		return known && n > 0 && mk.Parent() == op.Fn && mk.Block().Dominates(op.Instr.Block()) && w.reaches(mk, op.Instr) && !w.repeats(op.Instr.Block(), mk.Block())
	})
	return !fresh && (w.repeats(op.Instr.Block(), nil) || w.calledAgain(op.Fn))
}

// smallRoom reports whether the channels of a class are made with little room, or none.
func (w *world) smallRoom(class *skeleton.Class) bool {
	return !slices.ContainsFunc(class.Makes, func(v ssa.Value) bool {
		mk, ok := v.(*ssa.MakeChan)
		if !ok {
			return true
		}
		n, known := intConst(mk.Size)
		return !known || n > 1
	})
}

// consumer returns the one goroutine that receives, if it does so in a loop.
func (w *world) consumer(receives []skeleton.ClassOp) (thread, bool) {
	threads, ok := w.allThreads(receives, nil)
	var t thread
	switch {
	case ok && len(threads) == 1 && threads[0].start != nil:
		t = threads[0]
	case !ok && len(receives) > 0 && receives[0].Fn.Parent() == nil:
		// A method that others run, in a goroutine of theirs.
		t = thread{root: receives[0].Fn}
		if slices.ContainsFunc(receives, func(op skeleton.ClassOp) bool { return op.Fn != t.root }) {
			return thread{}, false
		}
	default:
		return thread{}, false
	}
	looped := false
	for _, op := range receives {
		looped = looped || op.Fn == t.root && w.repeats(op.Instr.Block(), nil)
	}
	return t, looped
}

func (w *world) fieldSender(class *skeleton.Class, op skeleton.ClassOp, consumer thread, x way) finding {
	at, name := placeOf(op), nameOf(op, class.Fields[0].Name())
	how := w.describe(x)
	who := funcName(consumer.root)
	begins := pass.Step{Place: pass.Place{Pos: consumer.root.Pos()}, Goroutine: 2, Op: "go", Object: name, Message: "the receiver begins here"}
	if consumer.start != nil {
		begins = pass.Step{Place: w.startPlace(consumer), Goroutine: 1, Op: "go", Object: name, Message: "the receiver is started here"}
	}
	return finding{Diagnostic: pass.Diagnostic{
		Rule: abandonedSender, Pos: at.Pos, End: at.End, Op: "send", Object: class.Fields[0].Name(),
		Message: fmt.Sprintf("%s blocks for ever sending on %s once the goroutine that receives has ended: %s can %s; send in a select with a channel that is closed when %s ends",
			funcName(op.Fn), name, who, how, who),
		Steps: []pass.Step{
			begins,
			{Place: w.wayPlace(x), Goroutine: 2, Op: "return", Object: name, Message: fmt.Sprintf("%s can %s here", who, how)},
			{Place: at, Goroutine: 3, Op: "send", Object: name, Message: fmt.Sprintf("sends on %s for ever", name)},
		},
	}, blocked: at.Pos, rank: shown, at: op.Instr, sends: op.Instr, left: exitOf(consumer.root, x)}
}

// fieldNeverClosed reports a goroutine that loops over a channel of a field that nothing closes, in a package that others
// can import and start it from again and again.
func (w *world) fieldNeverClosed(class *skeleton.Class, op skeleton.ClassOp) {
	if class.Global || len(class.Fields) != 1 || len(class.Makes) == 0 || w.Pkg.Name() == "main" || w.otherExit(op) {
		return
	}
	threads, ok := w.threads(op.Fn, nil)
	if !ok || len(threads) != 1 || threads[0].start == nil || threads[0].root != op.Fn {
		return
	}
	t := threads[0]
	if ofGlobal(t) || !w.startedAgain(t) {
		return
	}
	at, name := placeOf(op), nameOf(op, class.Fields[0].Name())
	w.add(finding{Diagnostic: pass.Diagnostic{
		Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "range", Object: class.Fields[0].Name(),
		Message: fmt.Sprintf("the goroutine that loops over %s never ends: nothing closes %s, and each call of %s starts another one; close %s when the owner is closed",
			name, name, funcName(t.in), name),
		Steps: []pass.Step{
			{Place: w.startPlace(t), Goroutine: 1, Op: "go", Object: name, Message: "the receiver is started here"},
			{Place: at, Goroutine: 2, Op: "range", Object: name, Message: "waits here for ever after the last value"},
		},
	}, blocked: at.Pos, rank: shown})
}

// ofGlobal reports whether a goroutine runs a method of an object that a package-level variable holds: it is the process's own,
// and there is one.
func ofGlobal(t thread) bool {
	callee := skeleton.CalleeOf(t.start.Common())
	if t.root.Signature.Recv() == nil || callee.Func != t.root || len(callee.Args) == 0 {
		return false
	}
	recv := callee.Args[0]
	if load, ok := recv.(*ssa.UnOp); ok {
		recv = load.X
	}
	_, global := recv.(*ssa.Global)
	return global
}

// startedAgain reports whether others can start the goroutine again and again: the function that starts it can be called
// from outside, directly or by a function of the package that can.
func (w *world) startedAgain(t thread) bool {
	seen := make(map[*ssa.Function]bool)
	todo := []*ssa.Function{t.in}
	for len(todo) > 0 && len(seen) < 64 {
		fn := todo[0]
		todo = todo[1:]
		if seen[fn] {
			continue
		}
		seen[fn] = true
		if w.classes.Callable(fn) {
			return true
		}
		sites, _ := w.classes.RunBy(fn)
		for _, site := range sites {
			// What a Once runs is run once.
			if skeleton.OpOf(site.Instr).Kind == skeleton.None {
				todo = append(todo, site.In)
			}
		}
	}
	return false
}
