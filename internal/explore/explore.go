package explore

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// The bounds. All are counted, never timed.
const (
	maxDepth      = 16 // calls in calls
	maxGoroutines = 8
	maxVisits     = 128 // of a block in one call
	maxForks      = 3   // of a branch in one call
	maxPreempts   = 2   // nearly all known bugs need no more (Musuvathi and Qadeer, PLDI 2007)
	maxPath       = 20000
)

// A Bound is one that a path, or the exploration of a root, ran out of.
type Bound uint8

// The bounds. Those of a budget end the exploration, the others a path.
const (
	BoundStates     Bound = iota // Budget.States
	BoundSteps                   // Budget.Steps
	BoundLoop                    // rounds of a loop
	BoundDepth                   // calls in calls
	BoundGoroutines              // goroutines at a time
	BoundPath                    // instructions of a path
	numBounds
)

func (b Bound) String() string {
	return [numBounds]string{"states", "steps", "rounds of a loop", "depth of calls", "goroutines", "length of a path"}[b]
}

// Budget bounds the work on one root.
type Budget struct {
	States int // paths and scheduling decisions
	Steps  int // instructions
}

// DefaultBudget is enough for the functions of real code.
var DefaultBudget = Budget{States: 200, Steps: 20_000}

// Stats tell what a run did.
type Stats struct {
	Steps, States int
	Finished      bool           // all paths within the bounds were followed
	Dropped       int            // paths that ran out of bounds
	GaveUp        [numBounds]int // how often each bound was run out of
}

// Bounds lists the bounds that were run out of.
func (s Stats) Bounds() []Bound {
	var out []Bound
	for b, n := range s.GaveUp {
		if n > 0 {
			out = append(out, Bound(b))
		}
	}
	return out
}

// A Stuck goroutine is one that waits for ever.
type Stuck struct {
	Kind      skeleton.Kind   // of the operation that it stands before
	At        ssa.Instruction // the operation, or the defer statement that it runs from
	Pos       token.Pos
	Func      *skeleton.Func
	Root      bool // it is the goroutine that called the root
	Goroutine int
	Started   token.Pos // the go statement
	Steps     []Step    // the interleaving, in order
	Order     []Turn    // the same for those who are to bring it about
	Made      token.Pos // of what it waits for
	NilObject bool
	OfContext bool    // it waits for a context to be cancelled, which was made at Made
	Stack     []Frame // the calls under way, innermost first
	// Holder is the goroutine that has the lock that this one waits for, or -1.
	Holder int
	// Returned says that the root took that lock, and has returned with it in its result.
	Returned bool
	// Holds lists the goroutines that wait for a lock that this one has.
	Holds []int
	// With are the other goroutines that are stuck at the same time, which may be so because of this one.
	With []Stuck
}

// A Frame is a call under way.
type Frame struct {
	Func *skeleton.Func
	Site token.Pos // of the call
}

// A Step is an event on the way.
type Step struct {
	Goroutine int
	What      string // "start", "op", "return", "case"
	Kind      skeleton.Kind
	Pos       token.Pos
	Func      *skeleton.Func
	At        ssa.Instruction
	Object    token.Pos // where the object was made
	Other     int       // of a start: the goroutine
}

// A Turn is a step of an order in which goroutines must go on so that some of them wait for ever. Which way each of them goes
// where the order does not decide is not said.
type Turn struct {
	Goroutine int // 0 is the one that calls the root
	Kind      skeleton.Kind
	Pos       token.Pos // of the operation; of a select itself
	Starts    int       // the goroutine that starts here; 0: none does
	Enters    bool      // the root is called, and Pos is the root's
	Waits     bool      // it may have to wait there for a later turn; else it goes on at once
	Stays     bool      // it goes no further, or has gone no further yet
}

// An explorer explores one root.
type explorer struct {
	prog    *skeleton.Program
	budget  Budget
	work    []*state
	visited map[uint64]bool
	gens    uint64
	steps   int
	states  int
	gave    [numBounds]int // up, by the bound
	rights  map[*ssa.Function]rights
	found   map[foundKey]bool
	touched map[place]touched
	lending bool // see escapeEnd
	toEnd   map[ssa.Instruction]bool
	stuck   []Stuck
	entry   *skeleton.Func // the root
	given   skeleton.Given // what the root is called with

	preempts  int  // the bound on preemptions now
	preempted bool // a path could have been preempted once more
}

type foundKey struct {
	at   ssa.Instruction
	kind skeleton.Kind
	made token.Pos // of what it waits for, for all that wait for it
}

// Root explores a function as the environment may call it, and returns the operations that block for ever.
func Root(prog *skeleton.Program, root *skeleton.Func, budget Budget) ([]Stuck, Stats) {
	return newExplorer(prog, budget).root(root)
}

// Given is Root for a function that is called with the constants that are given: whatever else it is given, is not known.
func Given(prog *skeleton.Program, root *skeleton.Func, given skeleton.Given, budget Budget) ([]Stuck, Stats) {
	x := newExplorer(prog, budget)
	x.given = given
	return x.root(root)
}

func newExplorer(prog *skeleton.Program, budget Budget) *explorer {
	return &explorer{
		prog: prog, budget: budget,
		visited: make(map[uint64]bool),
		rights:  make(map[*ssa.Function]rights),
		found:   make(map[foundKey]bool),
		touched: make(map[place]touched),
		gens:    1,
	}
}

// root explores with no preemption first, then with more, each within the budget: most bugs need few, and what needs few
// must not be crowded out (Musuvathi and Qadeer, Iterative Context Bounding, PLDI 2007).
func (x *explorer) root(root *skeleton.Func) ([]Stuck, Stats) {
	finished := true
	total := Stats{}
	for x.preempts = 0; x.preempts <= maxPreempts; x.preempts++ {
		x.steps, x.states, x.gave = 0, 0, [numBounds]int{}
		clear(x.visited)
		x.work = x.work[:0]
		finished = x.run(root) && finished
		total.Steps += x.steps
		total.States += x.states
		for b, n := range x.gave {
			total.GaveUp[b] += n
		}
		if !x.preempted {
			break // there is nobody to let run
		}
	}
	total.Finished = finished
	for _, n := range total.GaveUp[BoundLoop:] {
		total.Dropped += n
	}
	return x.stuck, total
}

// run follows the paths from the entry of the root. It returns false if the budget ran out.
func (x *explorer) run(root *skeleton.Func) bool {
	x.gens++
	x.entry = root
	s := &state{gen: x.gens}
	g := &goroutine{gen: s.gen}
	s.gs = []*goroutine{g}
	if !x.enter(s, g, root, nil, nil, skeleton.NoArg, token.NoPos) {
		return true
	}
	fr := &g.frames[0]
	for i, t := range root.Params {
		fr.regs[i] = s.invent(t, s.fresh())
		if i < len(x.given) && x.given[i] != nil {
			fr.regs[i] = x.constant(s, *x.given[i])
		}
	}
	for i := range root.Free {
		fr.regs[len(root.Params)+i] = s.invent(x.prog.TypeOf(root.SSA.FreeVars[i].Type()), s.fresh())
	}
	x.work = append(x.work, s)
	for len(x.work) > 0 {
		// The shortest first: a path that is easy to follow is worth more, and none is crowded out by the variants of one.
		s := x.work[0]
		x.work = x.work[1:]
		x.states++
		if x.states > x.budget.States {
			x.gaveUp(BoundStates)
			return false
		}
		if x.steps > x.budget.Steps {
			x.gaveUp(BoundSteps)
			return false
		}
		for x.step(s) == goOn {
			if s.steps > maxPath {
				x.gaveUp(BoundPath)
				break
			}
			if x.steps > x.budget.Steps {
				x.gaveUp(BoundSteps)
				return false
			}
		}
	}
	return true
}

func (x *explorer) push(s *state) { x.work = append(x.work, s) }

func (x *explorer) gaveUp(b Bound) { x.gave[b]++ }
