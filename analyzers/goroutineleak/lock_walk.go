package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Bounds of the walk through one function. Real functions stay below by far.
const (
	maxLockNodes  = 20000
	maxLockSteps  = 200000
	maxLockPoints = 64 // of one block at a time
)

// A lockWalk follows the locks through one function: all paths, kept apart as long as they differ in what is held, and
// joined where they do not (property simulation). What was tested on the way is remembered, so that "lock if shared",
// "unlock if shared" are seen to belong together.
type lockWalk struct {
	c     *locker
	fn    *ssa.Function
	paths *skeleton.Paths

	ids   lockIDs
	index map[lockNodeKey]*lockNode
	nodes []*lockNode
	queue []*lockNode
	steps int
	gone  bool // out of budget

	// noting is set in the last round, in which what happens is noted.
	noting   bool
	node     *lockNode
	exits    []lockExit
	acquired []acquisition
	released map[ssa.Instruction]bool // what was taken there was given back on some path
	rounds   []lockRound
	calls    map[ssa.Instruction][]any // the classes of locks that are held for writing at a call, whatever happened before
	shared   map[ssa.Instruction][]any // those that are held at least for reading

	blocks map[*ssa.BasicBlock]*lockBlock
	tested map[any]bool // keys of values of which it matters what is known
}

type lockNodeKey struct {
	block *ssa.BasicBlock
	state string
}

// A lockNode is a block that is entered in a state.
type lockNode struct {
	block  *ssa.BasicBlock
	state  lockState
	facts  lockFacts
	from   *lockNode
	queued bool
}

// A lockExit is a way out of a function.
type lockExit struct {
	ret   *ssa.Return
	state lockState
	facts lockFacts
	node  *lockNode
}

// An acquisition is a lock that is taken, here or in a function that is called here, in a state.
type acquisition struct {
	instr ssa.Instruction
	what  *lockTaking
	path  *skeleton.Path
	state lockState
	facts lockFacts
	node  *lockNode
}

// A lockRound is the end of a round of a loop in which a lock was taken that the next round does not know any more.
type lockRound struct {
	held holding
	from *lockNode
}

// walk follows the locks through a function.
func (c *locker) walk(fn *ssa.Function) *lockWalk {
	w := &lockWalk{
		c: c, fn: fn, paths: c.paths, ids: make(lockIDs), index: make(map[lockNodeKey]*lockNode), released: make(map[ssa.Instruction]bool),
		calls: make(map[ssa.Instruction][]any), shared: make(map[ssa.Instruction][]any), blocks: make(map[*ssa.BasicBlock]*lockBlock), tested: make(map[any]bool),
	}
	w.findTested()
	w.arrive(nil, fn.Blocks[0], lockState{}, nil)
	for len(w.queue) > 0 && !w.gone {
		n := w.queue[0]
		w.queue = w.queue[1:]
		n.queued = false
		w.run(n)
	}
	if w.gone {
		return w
	}
	w.noting = true
	for _, n := range slices.Clone(w.nodes) {
		w.run(n)
	}
	return w
}

// arrive notes that a block is entered in a state.
func (w *lockWalk) arrive(from *lockNode, block *ssa.BasicBlock, s lockState, fs lockFacts) {
	key := lockNodeKey{block, s.key(w.ids)}
	n := w.index[key]
	switch {
	case n == nil:
		n = &lockNode{block: block, state: s, facts: fs, from: from}
		w.index[key] = n
		w.nodes = append(w.nodes, n)
		if len(w.nodes) > maxLockNodes {
			w.gone = true
		}
	case w.noting:
		return
	default:
		joined := n.facts.common(fs)
		if len(joined) == len(n.facts) {
			return
		}
		n.facts = joined
	}
	if !n.queued {
		n.queued = true
		w.queue = append(w.queue, n)
	}
}

// A lockPoint is a state between two instructions.
type lockPoint struct {
	state lockState
	facts lockFacts
}

// run executes a block.
func (w *lockWalk) run(n *lockNode) {
	w.node = n
	points := []lockPoint{{n.state, n.facts}}
	block := w.block(n.block)
	for _, instr := range block.instrs {
		if w.steps += len(points); w.steps > maxLockSteps {
			w.gone = true
			return
		}
		if len(points) == 1 {
			points = w.step(instr, points[0])
			continue
		}
		var next []lockPoint
		for _, p := range points {
			next = append(next, w.step(instr, p)...)
		}
		if points = next; len(points) > maxLockPoints {
			w.gone = true
			return
		}
	}
	if block.ends {
		return
	}
	last := n.block.Instrs[len(n.block.Instrs)-1]
	for _, p := range points {
		switch last := last.(type) {
		case *ssa.Return:
			w.leave(last, p)
		case *ssa.If:
			value, known := w.decide(last.Cond, p.facts)
			for i, succ := range n.block.Succs {
				if branch := i == 0; !known || value == branch {
					w.follow(n, succ, p.state, w.assume(last.Cond, branch, p.facts))
				}
			}
		default:
			for _, succ := range n.block.Succs {
				w.follow(n, succ, p.state, p.facts)
			}
		}
	}
}

// follow goes from a block to the next.
func (w *lockWalk) follow(n *lockNode, to *ssa.BasicBlock, s lockState, fs lockFacts) {
	if to.Dominates(n.block) {
		// What is found by values of this round is another lock in the next.
		for _, h := range s.locks {
			fresh := false
			h.path.Values(func(v ssa.Value) { fresh = fresh || madeInLoop(v, to) })
			if !fresh {
				continue
			}
			if w.noting && h.held() && !w.deferred(s, h.path) {
				w.rounds = append(w.rounds, lockRound{h, n})
			}
			h.maybe = true
			s = s.with(h)
		}
	}
	w.arrive(n, to, s, w.enter(n.block, to, fs))
}

// deferred reports whether a deferred call is going to release a lock.
func (w *lockWalk) deferred(s lockState, p *skeleton.Path) bool {
	return slices.ContainsFunc(s.defers, func(d *ssa.Defer) bool {
		op := skeleton.OpOf(d)
		if lop := w.c.lockOp(op); lop.kind != noLock {
			return lop.kind == release && (lop.path == p || lop.path.Class() == p.Class())
		}
		return slices.ContainsFunc(w.c.lockSummary(op.Callee.Func).outcomes, func(o lockOutcome) bool {
			return slices.ContainsFunc(o.locks, func(h holding) bool {
				return h.releases() && (h.path.Class() == nil || h.path.Class() == p.Class())
			})
		})
	})
}

// leave executes the deferred calls and notes the way out.
func (w *lockWalk) leave(ret *ssa.Return, p lockPoint) {
	points := []lockPoint{p}
	for _, d := range slices.Backward(p.state.defers) {
		var next []lockPoint
		for _, p := range points {
			p.state.defers = nil
			op := skeleton.OpOf(d)
			next = append(next, w.call(d, op, w.c.lockOp(op), p)...)
		}
		points = next
	}
	if !w.noting {
		return
	}
	for _, p := range points {
		w.exits = append(w.exits, lockExit{ret, p.state, p.facts, w.node})
	}
}
