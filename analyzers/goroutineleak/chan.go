package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// channels runs the rules about channels, WaitGroups and Conds.
func (c *checker) channels() {
	w := c.world
	for _, class := range w.classes.All() {
		w.neverServed(class)
		w.resultsNeverEnded(class)
		w.lostWakeup(class)
		if !class.Closed() {
			continue
		}
		w.abandonedSenders(class)
		w.sendersBesideTheGroup(class)
		w.sendersOfAField(class)
		w.sendersToWhoGivesUp(class)
		w.sendersBeforeReceivers(class)
		w.sendersToNobody(class)
		w.abandonedReceivers(class)
		w.waitGroup(class)
		w.cond(class)
	}
	for _, class := range w.classes.All() {
		w.closedTwice(class)
	}
	w.fieldsNeverServed()
	w.deadSelects()
	w.timersWithoutChannel()
	w.stopped()
	w.lostSignals()
	w.fillsWithoutRoom()
	w.deafWaits()
}

// A local is a channel that lives in one run of the function that makes it, its owner, and of what that starts.
type local struct {
	class *skeleton.Class
	owner *ssa.Function
	made  ssa.Instruction // in owner: what makes it, or calls the function that does
	mk    *ssa.MakeChan
	// cap is the channel's capacity.
	cap int
}

// localOf returns the channel of a class as a local one. ok is false where it is none.
func (w *world) localOf(class *skeleton.Class) (l local, ok bool) {
	if len(class.Makes) != 1 || class.Kept || !class.Closed() {
		return local{}, false
	}
	mk, isChan := class.Makes[0].(*ssa.MakeChan)
	if !isChan {
		return local{}, false
	}
	size, known := intConst(mk.Size)
	if !known || size >= many {
		size = many
	}
	l = local{class: class, owner: mk.Parent(), made: mk, mk: mk, cap: int(size)}
	for range 3 {
		if !class.Returned || !w.returns(l.owner, class) {
			return l, true
		}
		// The one caller is the owner. Of several, each has a channel of its own, with its own receivers.
		sites, all := w.classes.RunBy(l.owner)
		if !all || len(sites) != 1 || sites[0].How != skeleton.Called {
			break
		}
		l.owner, l.made = sites[0].In, sites[0].Instr
	}
	return local{}, false
}

// returns reports whether a function returns an object of the class.
func (w *world) returns(fn *ssa.Function, class *skeleton.Class) bool {
	for _, b := range fn.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			if slices.ContainsFunc(ret.Results, func(v ssa.Value) bool { return w.classes.Of(v) == class }) {
				return true
			}
		}
	}
	return false
}

// opsOf returns the operations of a kind on a class, with the cases of selects.
func opsOf(class *skeleton.Class, k skeleton.Kind) []skeleton.ClassOp {
	var list []skeleton.ClassOp
	for _, op := range class.Ops {
		if op.Does(k) {
			list = append(list, op)
		}
	}
	return list
}

// allThreads returns the threads that do one of the operations. ok is false where others may.
func (w *world) allThreads(ops []skeleton.ClassOp, owner *ssa.Function) (list []thread, ok bool) {
	for _, op := range ops {
		ts, ok := w.threads(op.Fn, owner)
		if !ok {
			return nil, false
		}
		for _, t := range ts {
			if !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	return list, true
}

// isSelect reports whether an operation is a case of a select.
func isSelect(op skeleton.ClassOp) bool { return op.Kind == skeleton.Select }

// funcName is how users call a function: by its declaration's name.
func funcName(fn *ssa.Function) string {
	fn = irutil.Outermost(fn)
	if recv := fn.Signature.Recv(); recv != nil {
		if named := irutil.NamedOf(recv.Type()); named != nil {
			return named.Obj().Name() + "." + fn.Name()
		}
	}
	return fn.Name()
}
