package explore

import (
	"cmp"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// rights are what the environment may do with an object.
type rights uint8

const (
	maySend rights = 1 << iota
	mayRecv
	mayClose
	mayChange // write its slots, add to and finish a WaitGroup, signal a Cond
	mayFire   // time alone lets go

	anything = maySend | mayRecv | mayClose | mayChange
)

// An object is what a variable, a channel, a context or a closure is on a path.
type object struct {
	gen    uint64
	typ    *skeleton.Type
	slots  []value
	made   token.Pos
	env    rights
	boxed  bool // the value that an interface holds, not what a pointer in it points to
	global bool
	ofIO   bool // of a global: package io declares it
	given  bool // the root returned it, or what leads to it
	lazy   bool // it was there before: a slot that is not set holds something unknown
	// elements of a slice
	stride int

	channel bool
	cap     int
	buf     []value
	closed  bool
	lent    bool // made here, and then kept in memory that was there before

	context   bool
	parent    int32 // -1: none
	children  []int32
	done      int32 // its channel, -1: never cancelled
	cancelled bool
	ofContext bool // it is the channel of the context parent
	group     bool // it is an errgroup, whose context is parent-1

	fn *skeleton.Func // of a closure

	readLocker bool // what RLocker returned: slots[0] is the address of the lock

	// Of a pipe, slots hold what its read end and its write end were closed with; see pipes.go.
	pipe   bool
	served bool // a read may have left something for the next one
	wraps  bool // it reads from or writes to the end slots[0] when it is used

	isMap bool
	keys  []value // of a map; its elements are in slots, stride for each
	// An iterator over a map has what was in it, and loses what it gave.
	iterator bool
	rounds   int // of an iterator over something that is not known
}

// A frame is a call under way.
type frame struct {
	f      *skeleton.Func
	id     int64
	block  int
	pc     int
	regs   []value
	defers []deferred
	visits []uint8
	forks  []uint8
	dst    skeleton.Arg // where the caller wants the result
	onces  int32        // the object of the Once that runs this, or -1
	onceAt int64
	site   token.Pos
	starts bool // it started a goroutine
	// later is set for a function that code that is not seen was given: whether it runs before that code returns, or
	// when, is not known.
	later bool
}

// A deferred call.
type deferred struct {
	call *skeleton.Call
	args []value
	val  value
	pos  token.Pos
	at   ssa.Instruction
}

// What happens when a goroutine ends.
type onExit struct {
	kind   skeleton.Kind // WaitGroupGo, GroupGo or None
	object int32
	slot   int64
}

// A goroutine on a path.
type goroutine struct {
	gen    uint64
	frames []frame
	done   bool
	parked bool // it stands before an operation
	// It could do it, and the path lets others go first.
	preempted bool
	asked     bool   // others went first, before the operation that it stands before
	signalled bool   // its Cond was
	ticket    int    // of a wait for a Cond: who has waited longer has a lower one
	holds     int    // locks taken and not given back, by whatever name
	wait      []wait // what it stands before
	fresh     bool   // it has not run yet
	// stalled marks one that is not run any more, because a bound was run out of: what may become of it is not known. If
	// it never ran, has is what it was given.
	stalled bool
	has     []value
	exit    onExit
	started token.Pos // the go statement
	parent  int
	exiting bool // Goexit: of the first depth frames, only deferred calls run
	depth   int
	ended   *event // why it ended
}

// An event is a step of a path, linked to the one before.
type event struct {
	prev *event
	g    int
	kind skeleton.Kind
	what what
	pos  token.Pos
	fn   *skeleton.Func
	obj  int32
	at   ssa.Instruction
}

// what an event is, where it is not an operation.
type what uint8

const (
	operation what = iota
	started
	returned
	chose // a case of a select
	// What only the order tells of: the other end of an operation, what does not wait, the default of a select, and that a
	// goroutine waits for a Cond from now on, whose lock it has given back.
	met
	passed
	arrived
)

// A state is a point of a path.
type state struct {
	gen      uint64
	gs       []*goroutine
	objs     []*object
	facts    []fact // what was assumed of unknown values, sorted by key
	cur      int
	preempts int
	trace    *event
	count    uint64 // of unknown values made
	steps    int
	tickets  int // given to those who wait for a Cond
	globals  []global
	frameIDs int64
	// Of more goroutines than are followed, those of a crowded state are not run, and those of a free one may do anything.
	crowded, free bool
	// forked is set when there is another path that may come to the same state, as was not checked since.
	forked bool
}

type global struct {
	g *ssa.Global
	o int32
}

type fact struct {
	key     uint64
	n       int64
	of      int64 // the unknown that it is about
	passing bool
}

// fork returns a copy that shares everything until one of the two writes.
func (x *explorer) fork(s *state) *state {
	c := *s
	x.gens++
	c.gen = x.gens
	x.gens++
	s.gen = x.gens
	c.gs = slices.Clone(s.gs)
	c.objs = slices.Clone(s.objs)
	c.facts = slices.Clone(s.facts)
	c.globals = slices.Clone(s.globals)
	c.forked, s.forked = true, true
	return &c
}

// g returns the goroutine i for writing.
func (s *state) g(i int) *goroutine {
	g := s.gs[i]
	if g.gen != s.gen {
		c := *g
		c.gen = s.gen
		c.frames = slices.Clone(g.frames)
		for j := range c.frames {
			f := &c.frames[j]
			f.regs = slices.Clone(f.regs)
			f.defers = slices.Clone(f.defers)
			f.visits = slices.Clone(f.visits)
			f.forks = slices.Clone(f.forks)
		}
		s.gs[i] = &c
		g = &c
	}
	return g
}

// obj returns the object i for writing.
func (s *state) obj(i int32) *object {
	o := s.objs[i]
	if o.gen != s.gen {
		c := *o
		c.gen = s.gen
		c.slots = slices.Clone(o.slots)
		c.buf = slices.Clone(o.buf)
		c.keys = slices.Clone(o.keys)
		c.children = slices.Clone(o.children)
		s.objs[i] = &c
		o = &c
	}
	return o
}

func (s *state) add(o *object) int32 {
	o.gen = s.gen
	s.objs = append(s.objs, o)
	return int32(len(s.objs) - 1)
}

// fresh returns an unknown value unlike all others.
func (s *state) fresh() value {
	s.count++
	return value{k: unknown, passing: true, n: int64(mix(mix(offset, 0x9e37), s.count))}
}

// derived returns the unknown value that is a function of others.
func derived(tag uint64, args ...value) value {
	h := mix(offset, tag+0x51)
	out := value{k: unknown}
	for _, a := range args {
		h = mix(h, a.hash())
		out.passing = out.passing || a.passing
		if a.k == unknown && out.of == 0 {
			out.of = a.n
			if a.of != 0 {
				out.of = a.of
			}
		}
	}
	out.n = int64(h)
	return out
}

// fact finds what was assumed under a key: its place in facts, or the one where it belongs.
func (s *state) fact(key uint64) (int, bool) {
	return slices.BinarySearchFunc(s.facts, key, func(f fact, key uint64) int { return cmp.Compare(f.key, key) })
}

// lookup returns what was assumed under a key.
func (s *state) lookup(key uint64) (int64, bool) {
	i, ok := s.fact(key)
	if !ok {
		return 0, false
	}
	return s.facts[i].n, true
}

func (s *state) assume(key uint64, n int64) { s.learn(value{n: int64(key)}, n) }

// learn notes what is assumed of an unknown value on this path.
func (s *state) learn(v value, n int64) {
	key := uint64(v.n)
	i, ok := s.fact(key)
	if ok {
		s.facts[i].n = n
		return
	}
	s.facts = slices.Insert(s.facts, i, fact{key, n, v.of, v.passing})
}

// resolve replaces an unknown value by what was assumed of it.
func (s *state) resolve(v value) value {
	if v.k != unknown {
		return v
	}
	if n, ok := s.lookup(uint64(v.n)); ok {
		if v.neg {
			n = 1 - n
		}
		return value{k: integer, n: n}
	}
	if v.op != 0 {
		a, b := s.resolve(v.parts[0]), s.resolve(v.parts[1])
		if a.k == integer && b.k == integer {
			if n, ok := arithmetic(token.Token(v.op), a.n, b.n); ok {
				return value{k: integer, n: n}
			}
		}
	}
	return v
}

func (s *state) note(w what, k skeleton.Kind, pos token.Pos, fn *skeleton.Func, obj int32, at ssa.Instruction) {
	s.trace = &event{prev: s.trace, g: s.cur, kind: k, what: w, pos: pos, fn: fn, obj: obj, at: at}
}
