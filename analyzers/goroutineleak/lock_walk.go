package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Bounds of the walk through one function. Real functions stay below by far.
const (
	maxLockNodes = 20000
	maxLockSteps = 60000
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
	waits    []lockWait
	released map[ssa.Instruction]bool // what was taken there was given back on some path
	rounds   []lockRound
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

// A lockWait is an operation that may block, and what is held meanwhile.
type lockWait struct {
	op    skeleton.Op
	state lockState
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
	}
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
	for _, instr := range n.block.Instrs {
		if w.steps++; w.steps > maxLockSteps*8 {
			w.gone = true
			return
		}
		var next []lockPoint
		for _, p := range points {
			next = append(next, w.step(instr, p)...)
		}
		if points = next; len(points) > 64 {
			w.gone = true
			return
		}
		if w.c.exits.Ends(instr) {
			return
		}
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
			if w.noting && h.held() && !deferred(s, h.path, w) {
				w.rounds = append(w.rounds, lockRound{h, n})
			}
			h.maybe = true
			s = s.with(h)
		}
	}
	w.arrive(n, to, s, w.enter(n.block, to, fs))
}

// deferred reports whether a deferred call of Unlock is going to release a lock.
func deferred(s lockState, p *skeleton.Path, w *lockWalk) bool {
	return slices.ContainsFunc(s.defers, func(d *ssa.Defer) bool {
		op := w.c.lockOp(skeleton.OpOf(d))
		return op.kind == release && op.path == p || op.kind == noLock
	})
}

// leave executes the deferred calls and notes the way out.
func (w *lockWalk) leave(ret *ssa.Return, p lockPoint) {
	points := []lockPoint{p}
	for _, d := range slices.Backward(p.state.defers) {
		var next []lockPoint
		for _, p := range points {
			p.state.defers = nil
			next = append(next, w.call(d, skeleton.OpOf(d), p)...)
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

// step executes an instruction.
func (w *lockWalk) step(instr ssa.Instruction, p lockPoint) []lockPoint {
	switch i := instr.(type) {
	case *ssa.Store:
		p.facts = w.assign(i, p.facts)
	case *ssa.Call:
		p.facts = w.forgetShared(p.facts)
		return w.call(i, skeleton.OpOf(i), p)
	case *ssa.Defer:
		if w.c.touches(i) && !slices.Contains(p.state.defers, i) {
			p.state.defers = append(slices.Clone(p.state.defers), i)
		}
	case *ssa.Go:
		if c := skeleton.OpOf(i).Callee; c.Func != nil {
			w.handOver(c, &p)
		}
	case *ssa.Send, *ssa.Select:
		w.wait(skeleton.OpOf(instr), p)
	case *ssa.UnOp:
		if op := skeleton.OpOf(i); op.Kind == skeleton.Recv {
			w.wait(op, p)
		}
	}
	return []lockPoint{p}
}

func (w *lockWalk) wait(op skeleton.Op, p lockPoint) {
	if w.noting && slices.ContainsFunc(p.state.locks, holding.held) {
		w.waits = append(w.waits, lockWait{op, p.state})
	}
}

// handOver forgets what is known of the locks that a goroutine started here releases.
func (w *lockWalk) handOver(c skeleton.Callee, p *lockPoint) {
	for _, o := range w.c.lockSummary(c.Func).outcomes {
		for _, h := range o.locks {
			if h.write < 0 || h.read < 0 || h.maybe {
				path := w.paths.Translate(h.path, c)
				p.state = p.state.doubt(func(mine holding) bool { return mine.path == path || path == nil })
			}
		}
	}
}

// assign follows an assignment.
func (w *lockWalk) assign(s *ssa.Store, fs lockFacts) lockFacts {
	key := w.paths.Content(s.Addr)
	if f := skeleton.AssignedField(s); f != nil {
		for _, old := range fs {
			if p, ok := old.key.(*skeleton.Path); ok && p != key && p.Kind == skeleton.LoadStep && p.Of.Kind == skeleton.FieldStep && p.Of.Field == f {
				fs = fs.without(old.key) // perhaps the same object
			}
		}
	}
	if value, is, ok := w.resultFact(s.Val, fs); ok {
		return fs.with(lockFact{key: key, value: value, is: is, after: true})
	}
	return fs.without(key)
}

// forgetShared forgets what is known of variables that closures assign.
func (w *lockWalk) forgetShared(fs lockFacts) lockFacts {
	for _, f := range fs {
		if p, ok := f.key.(*skeleton.Path); ok && p.Kind == skeleton.LoadStep && p.Of.Of == nil {
			if alloc, ok := p.Of.Root.(*ssa.Alloc); ok && w.c.assignedElsewhere(alloc, w.fn) {
				fs = fs.without(f.key)
			}
		}
	}
	return fs
}
