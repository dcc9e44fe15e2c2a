package goroutineleak

import (
	"go/token"
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
	calls    map[ssa.Instruction][]any // the classes of locks that are held at a call, whatever happened before

	blocks map[*ssa.BasicBlock]*lockBlock
	tested map[any]bool // keys of values of which it matters what is known
}

// A lockBlock is what of a block can matter.
type lockBlock struct {
	instrs []lockInstr
	ends   bool // it ends in a call that never returns
}

type lockInstr struct {
	ssa.Instruction
	op  skeleton.Op
	lop lockOp
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
		calls: make(map[ssa.Instruction][]any), blocks: make(map[*ssa.BasicBlock]*lockBlock), tested: make(map[any]bool),
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

// block returns what of a block can matter.
func (w *lockWalk) block(b *ssa.BasicBlock) *lockBlock {
	if lb := w.blocks[b]; lb != nil {
		return lb
	}
	lb := new(lockBlock)
	w.blocks[b] = lb
	for _, instr := range b.Instrs {
		switch i := instr.(type) {
		case *ssa.Store:
			lb.instrs = append(lb.instrs, lockInstr{Instruction: i})
			continue
		case *ssa.Call, *ssa.Defer, *ssa.Go, *ssa.Send:
		case *ssa.UnOp:
			if i.Op != token.ARROW {
				continue
			}
		default:
			continue
		}
		op := skeleton.OpOf(instr)
		li := lockInstr{instr, op, w.c.lockOp(op)}
		switch call, ok := instr.(ssa.CallInstruction); {
		case !ok, li.lop.kind != noLock, op.Kind.Blocks(), w.c.relevant[op.Callee.Func], op.Callee.Closure != nil:
			lb.instrs = append(lb.instrs, li)
		case op.Callee.Object == nil && call.Common().StaticCallee() == nil:
			lb.instrs = append(lb.instrs, li) // of a function value, which may assign variables
		}
		if w.c.exits.Ends(instr) {
			lb.ends = true
			break
		}
	}
	return lb
}

// step executes an instruction.
func (w *lockWalk) step(i lockInstr, p lockPoint) []lockPoint {
	switch instr := i.Instruction.(type) {
	case *ssa.Store:
		p.facts = w.assign(instr, p.facts)
	case *ssa.Call:
		if i.op.Kind == skeleton.None {
			p.facts = w.forgetShared(p.facts)
		}
		return w.call(instr, i.op, i.lop, p)
	case *ssa.Defer:
		if (i.lop.kind != noLock || w.c.relevant[i.op.Callee.Func]) && !slices.Contains(p.state.defers, instr) {
			p.state.defers = append(slices.Clone(p.state.defers), instr)
		}
	case *ssa.Go:
		if i.op.Callee.Func != nil {
			w.handOver(i.op.Callee, &p)
		}
	case *ssa.Send, *ssa.UnOp:
		w.wait(instr, i.op.Kind, i.op.Object, p)
	}
	return []lockPoint{p}
}

// wait notes that something is waited for which only another goroutine can do.
func (w *lockWalk) wait(instr ssa.Instruction, kind skeleton.Kind, object ssa.Value, p lockPoint) {
	if w.noting && object != nil {
		path := w.c.heldIn(object)
		w.acquired = append(w.acquired, acquisition{instr: instr, path: path, state: p.state, facts: p.facts, node: w.node,
			what: &lockTaking{kind: kind, path: path, at: instr}})
	}
}

// handOver forgets what is known of the locks that a goroutine started here releases.
func (w *lockWalk) handOver(c skeleton.Callee, p *lockPoint) {
	for _, o := range w.c.lockSummary(c.Func).outcomes {
		for _, h := range o.locks {
			if h.releases() {
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
