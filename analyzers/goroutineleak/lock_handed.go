package goroutineleak

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// handedOver notes the locks that fn's closures and method values release which are not simply called or deferred here:
// whoever gets them may release the lock, at a time that nobody knows.
func (l *locker) handedOver(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.MakeClosure:
				if onlyCalled(i) {
					continue
				}
				c := calleeOf(i)
				switch skeleton.KindOf(c.Object) {
				case skeleton.Unlock, skeleton.RUnlock:
					if len(c.Args) > 0 {
						l.hand(l.paths.Of(c.Args[0]))
					}
					continue
				}
				if c.Func == nil || !l.relevant[c.Func] {
					continue
				}
				for _, o := range l.lockSummary(c.Func).outcomes {
					for _, h := range o.locks {
						if p := l.paths.Translate(h.path, c); p != nil && h.releases() {
							l.hand(p)
						}
					}
				}
			case *ssa.MakeInterface:
				// Whoever gets the lock itself may release it.
				if isMutex(i.X.Type()) && !usedOnlyHere(i) {
					l.hand(l.paths.Of(i.X))
				}
			}
		}
	}
}

func (l *locker) hand(p *skeleton.Path) {
	l.handed[p] = true
	if fn := p.Base().Parent(); fn != nil {
		l.handing = append(l.handing, fn)
	} else {
		l.handing = append(l.handing, l.fns...)
	}
}

// forgetHanded forgets what was found out about functions, and their callers, before it was known what they hand over.
func (l *locker) forgetHanded() {
	seen := make(map[*ssa.Function]bool)
	for todo := l.handing; len(todo) > 0; {
		fn := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[fn] {
			continue
		}
		seen[fn] = true
		delete(l.summaries, fn)
		delete(l.walks, fn)
		todo = append(todo, fn.AnonFuncs...)
		for _, call := range l.callers[fn] {
			todo = append(todo, call.Parent())
		}
	}
	l.handing = nil
}

// onlyCalled reports whether a closure is only called and deferred where it is made.
func onlyCalled(c *ssa.MakeClosure) bool {
	for _, ref := range *c.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.Call:
			if ref.Call.Value != c {
				return false
			}
		case *ssa.Defer:
			if ref.Call.Value != c {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// usedOnlyHere reports whether a lock that becomes a sync.Locker is only locked and unlocked, or belongs to a Cond.
func usedOnlyHere(i *ssa.MakeInterface) bool {
	for _, ref := range *i.Referrers() {
		call, ok := ref.(ssa.CallInstruction)
		if !ok {
			return false
		}
		switch skeleton.OpOfCall(call.Common()).Kind {
		case skeleton.Lock, skeleton.Unlock, skeleton.NewCond:
		default:
			return false
		}
	}
	return true
}

func isMutex(t types.Type) bool {
	return irutil.IsNamed(irutil.PointerTo(t), "sync", "Mutex", "RWMutex")
}
