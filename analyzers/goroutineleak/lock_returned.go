package goroutineleak

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A function may return with a lock held in what it returns: its caller gives the lock back, when it has done what others
// are to wait for. It is seen from the package that somebody does: a function releases such locks and takes none.

// leftToCaller reports whether a goroutine waits for a lock that the root took and left to its caller.
func (c *checker) leftToCaller(s explore.Stuck) bool {
	if !s.Returned {
		return false
	}
	op := skeleton.OpOf(s.At)
	if op.Object == nil {
		return false
	}
	paths := skeleton.NewPaths()
	return c.releasedAlone(paths, paths.Of(op.Object))
}

// releasedAlone reports whether some function of the package releases locks of the field in which one was found and, with its
// closures, takes none of them.
func (c *checker) releasedAlone(paths *skeleton.Paths, lock *skeleton.Path) bool {
	class, ok := lock.Class().(*types.Var)
	if !ok {
		return false
	}
	took, released := make(map[*ssa.Function]bool), make(map[*ssa.Function]bool)
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				op := skeleton.OpOf(instr)
				if op.Object == nil || paths.Of(op.Object).Class() != class {
					continue
				}
				switch op.Kind {
				case skeleton.Lock, skeleton.RLock, skeleton.TryLock, skeleton.TryRLock:
					took[irutil.Outermost(fn)] = true
				case skeleton.Unlock, skeleton.RUnlock:
					released[irutil.Outermost(fn)] = true
				}
			}
		}
	}
	for fn := range released {
		if !took[fn] {
			return true
		}
	}
	return false
}

// loads reports whether a path leads through a pointer.
func loads(p *skeleton.Path) bool {
	for ; p.Of != nil; p = p.Of {
		if p.Kind == skeleton.LoadStep {
			return true
		}
	}
	return false
}
