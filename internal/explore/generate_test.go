package explore

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A generator makes a small concurrent program without unknowns. It begins with a history in which everything that is
// waited for happens, as a list of events of goroutines, and gives each goroutine its part of it. So one order of the
// program ends; others may not. Some programs then lose an operation, or return too early.
//
// Locks are given back only by the goroutine that took them: the runtime ends the process of others.
type generator struct {
	*rand.Rand
	prefix  string // before the names of objects: "" or "s."
	threads []*thread
	objects []variable
	closed  map[string]bool
	added   map[string]int // to a WaitGroup, before anything else
	spoil   bool
	pipes   bool // there are some
	locals  int
}

// A variable is an object that goroutines share.
type variable struct{ name, typ, made string }

// A thread is the code of a goroutine, or of several alike.
type thread struct {
	body   *[]*node
	copies int
	open   map[string]bool // the locks that it has and is to give back
	held   map[string]bool // until it ends
	parent int
}

// A node is a statement.
type node struct {
	form
	text    string // of the statement, or of its beginning
	end     string // of one with a body
	body    *[]*node
	cases   []selectCase
	lock    bool // it must neither be left out alone nor be repeated
	waiting bool // it may block
}

type form int

const (
	plain      form = iota
	deferred_       // run at the end
	spawns          // go func() { body }()
	group           // wg.Go(func() { body })
	deferFunc       // defer func() { body }()
	block           // text body end
	rounds          // a loop whose head is an operation in each round
	chooses         // select
	namedFunc       // text := func() { body }
	spawnsFunc      // go text()
)

type selectCase struct {
	text string
	body *[]*node
}

// generate returns the program number n of a seed.
func generate(from origin) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(from.seed, from.n)), closed: map[string]bool{}, added: map[string]int{}, pipes: from.pipes}
	if g.IntN(3) == 0 {
		g.prefix = "s."
	}
	g.spoil = g.IntN(2) == 0
	g.threads = []*thread{newThread(-1, 1)}
	for range 1 + g.IntN(3) {
		g.spawn()
	}
	for range 3 + g.IntN(7) {
		if len(g.threads) < 4 && g.chance(15) {
			g.spawn()
		}
		g.event()
	}
	for _, t := range g.threads {
		for _, l := range sortedKeys(t.open) {
			g.unlock(t, l)
		}
	}
	if g.spoil {
		for _, t := range g.threads {
			if g.IntN(2) == 0 {
				g.damage(t.body)
			}
		}
	}
	return g
}

func newThread(parent, copies int) *thread {
	return &thread{parent: parent, copies: copies, body: new([]*node), open: map[string]bool{}, held: map[string]bool{}}
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// spawn starts a goroutine, or two alike, from one that there is.
func (g *generator) spawn() {
	parent := g.IntN(len(g.threads))
	if g.chance(60) {
		parent = 0
	}
	copies := 1
	if g.threads[parent].copies == 1 && g.chance(20) {
		copies = 2
	}
	t := newThread(parent, copies*g.threads[parent].copies)
	g.threads = append(g.threads, t)
	p := g.threads[parent]
	n := &node{form: spawns, body: t.body}
	switch g.IntN(6) {
	case 0:
		n = &node{form: group, text: g.object("wg", 2), body: t.body}
	case 1:
		f := g.local("f")
		p.add(&node{form: namedFunc, text: f, body: t.body})
		n = &node{form: spawnsFunc, text: f}
	}
	if copies > 1 {
		n = loop(copies, n)
	}
	p.add(n)
}

func (t *thread) add(n ...*node) { *t.body = append(*t.body, n...) }

func loop(times int, n ...*node) *node {
	if times == 1 && len(n) == 1 {
		return n[0]
	}
	return &node{form: block, text: fmt.Sprintf("for range %d {", times), end: "}", body: &n}
}

func op(format string, args ...any) *node { return &node{text: fmt.Sprintf(format, args...)} }

func (g *generator) local(kind string) string {
	g.locals++
	return fmt.Sprintf("%s%d", kind, g.locals)
}

// object returns one of the first few objects of a kind.
func (g *generator) object(kind string, most int) string {
	base := fmt.Sprintf("%s%d", kind, g.IntN(most))
	name := g.prefix + base
	for _, o := range g.objects {
		if o.name == base {
			return name
		}
	}
	v := variable{name: base}
	switch kind {
	case "c":
		v.typ, v.made = "chan int", "make(chan int)"
		if n := max(0, g.IntN(5)-2); n > 0 {
			v.made = fmt.Sprintf("make(chan int, %d)", n)
		}
	case "mu":
		v.typ = "sync.Mutex"
	case "rw":
		v.typ = "sync.RWMutex"
	case "wg":
		v.typ = "sync.WaitGroup"
	case "once":
		v.typ = "sync.Once"
	case "n":
		v.typ = "atomic.Int32"
	}
	g.objects = append(g.objects, v)
	return name
}

// pair returns two goroutines, one after the other in the history.
func (g *generator) pair() (*thread, *thread) {
	a := g.IntN(len(g.threads))
	b := g.IntN(len(g.threads) - 1)
	if b >= a {
		b++
	}
	return g.threads[a], g.threads[b]
}

// both adds an operation of one goroutine and its counterpart, as often as needed where there are more of one.
func both(a *thread, x *node, b *thread, y *node) {
	switch {
	case a.copies == b.copies:
		a.add(x)
		b.add(y)
	case a.copies > b.copies:
		a.add(x)
		b.add(loop(a.copies/b.copies, y))
	default:
		a.add(loop(b.copies/a.copies, x))
		b.add(y)
	}
}

// event adds what happens next.
func (g *generator) event() {
	a, b := g.pair()
	if g.pipes && g.chance(60) {
		g.pipe(a, b)
		return
	}
	switch g.IntN(16) {
	case 0, 1, 2, 3:
		c := g.object("c", 3)
		if g.closed[c] {
			b.add(g.receive(c))
			return
		}
		both(a, g.send(c), b, g.receive(c))
	case 4:
		g.close(a, b)
	case 5, 6, 7:
		g.critical(a)
	case 8:
		wg := g.object("wg", 2)
		g.added[wg] += a.copies
		done := op("%s.Done()", wg)
		if g.chance(40) {
			done.form = deferred_
		}
		a.add(done)
		b.add(g.maybeDefer(g.wait("%s.Wait()", wg)))
	case 9:
		g.cond(a, b)
	case 10:
		g.once(a, b)
	case 11:
		g.context(a, b)
	case 12, 13:
		g.choose(a, b)
	case 14:
		g.count(a, b)
	case 15:
		g.try(a)
	}
}

func (g *generator) wait(format string, args ...any) *node {
	n := op(format, args...)
	n.waiting = true
	return n
}

func (g *generator) maybeDefer(n *node) *node {
	if n.form != plain || !g.chance(15) {
		return n
	}
	if strings.HasSuffix(n.text, ")") && g.chance(50) {
		n.form = deferred_
		return n
	}
	return &node{form: deferFunc, body: &[]*node{n}}
}

func (g *generator) send(c string) *node {
	return g.maybeDefer(g.wait("%s <- %d", c, g.IntN(3)))
}

func (g *generator) receive(c string) *node {
	if g.chance(10) {
		return &node{form: block, waiting: true, text: fmt.Sprintf("if v, ok := <-%s; !ok || v == %d {", c, g.IntN(3)), end: "}", body: &[]*node{op("return")}}
	}
	return g.maybeDefer(g.wait("<-%s", c))
}

func (g *generator) close(a, b *thread) {
	c := g.object("c", 3)
	if a.copies > 1 || g.closed[c] && !g.chance(5) {
		b.add(g.receive(c))
		return
	}
	g.closed[c] = true
	n := op("close(%s)", c)
	if g.chance(30) {
		n.form = deferred_
	}
	a.add(n)
	if g.chance(50) {
		b.add(&node{form: rounds, waiting: true, text: fmt.Sprintf("for range %s {", c), end: "}", body: new([]*node)})
	} else {
		b.add(g.receive(c))
	}
}

// critical takes a lock, or gives one back that was taken before.
func (g *generator) critical(t *thread) {
	if open := sortedKeys(t.open); len(open) > 0 && g.chance(60) {
		g.unlock(t, open[g.IntN(len(open))])
		return
	}
	var take, give string
	switch g.IntN(4) {
	case 0:
		rw := g.object("rw", 1)
		take, give = rw+".RLock()", rw+".RUnlock()"
		if (t.open[rw+".Unlock()"] || t.held[rw+".Unlock()"]) && !g.chance(10) {
			return
		}
	case 1:
		rw := g.object("rw", 1)
		take, give = rw+".Lock()", rw+".Unlock()"
		if (t.open[rw+".RUnlock()"] || t.held[rw+".RUnlock()"]) && !g.chance(10) {
			return
		}
	default:
		mu := g.object("mu", 2)
		take, give = mu+".Lock()", mu+".Unlock()"
	}
	if t.open[give] || t.held[give] && !g.chance(10) {
		return
	}
	lock := g.wait("%s", take)
	lock.lock = true
	t.add(lock)
	if t.held[give] || g.chance(25) {
		t.held[give] = true
		t.add(&node{form: deferred_, text: give, lock: true})
		return
	}
	t.open[give] = true
}

func (g *generator) unlock(t *thread, give string) {
	n := op("%s", give)
	n.lock = true
	t.add(n)
	delete(t.open, give)
}

// cond lets b wait for what a says, once b has nothing locked.
func (g *generator) cond(a, b *thread) {
	mu, c, ready := g.object("cmu", 1), g.object("cond", 1), g.object("ready", 1)
	wake := op("%s.Broadcast()", c)
	if g.chance(50) {
		wake = op("%s.Signal()", c)
	}
	lock := func() *node { n := g.wait("%s.Lock()", mu); n.lock = true; return n }
	unlock := func() *node { n := op("%s.Unlock()", mu); n.lock = true; return n }
	set := op("%s = true", ready)
	a.add(lock(), set)
	if g.chance(50) {
		a.add(wake, unlock())
	} else {
		a.add(unlock(), wake)
	}
	sleep := g.wait("%s.Wait()", c)
	if !g.chance(15) {
		sleep = &node{form: block, text: fmt.Sprintf("for !%s {", ready), end: "}", body: &[]*node{sleep}}
	}
	b.add(lock(), sleep, unlock())
}

func (g *generator) once(a, b *thread) {
	once := g.object("once", 1)
	do := func(body ...*node) *node {
		return &node{form: block, waiting: true, text: once + ".Do(func() {", end: "})", body: &body}
	}
	c := g.object("c", 3)
	if g.closed[c] {
		a.add(do(g.receive(c)))
		return
	}
	// Whoever comes first.
	a.add(do(g.wait("%s <- 1", c)))
	if g.chance(50) {
		b.add(do(g.wait("%s <- 2", c)))
		g.threads[g.IntN(len(g.threads))].add(g.receive(c))
	} else {
		b.add(g.receive(c))
	}
}

func (g *generator) context(a, b *thread) {
	ctx, cancel := g.object("ctx", 1), g.object("cancel", 1)
	n := op("%s()", cancel)
	if g.chance(50) {
		n.form = deferred_
	}
	a.add(n)
	switch g.IntN(4) {
	case 0:
		b.add(&node{form: block, text: fmt.Sprintf("if %s.Err() != nil {", ctx), end: "}", body: &[]*node{op("return")}})
	case 1:
		c := g.object("c", 3)
		b.add(&node{form: chooses, waiting: true, cases: []selectCase{
			{fmt.Sprintf("case %s <- 1:", c), new([]*node)},
			{fmt.Sprintf("case <-%s.Done():", ctx), new([]*node)},
		}})
	default:
		b.add(g.wait("<-%s.Done()", ctx))
	}
}

// choose lets b select between what a does and something else.
func (g *generator) choose(a, b *thread) {
	c, other := g.object("c", 3), g.object("c", 3)
	n := &node{form: chooses, waiting: true}
	add := func(text string) {
		body := new([]*node)
		switch {
		case g.chance(15):
			*body = append(*body, op("return"))
		case g.chance(15) && !g.closed[c]:
			*body = append(*body, g.wait("<-%s", other))
		}
		n.cases = append(n.cases, selectCase{text, body})
	}
	switch {
	case g.closed[c]:
		add(fmt.Sprintf("case <-%s:", c))
	case g.chance(50):
		a.add(g.send(c))
		add(fmt.Sprintf("case <-%s:", c))
	default:
		a.add(g.receive(c))
		add(fmt.Sprintf("case %s <- %d:", c, g.IntN(3)))
	}
	if g.chance(80) {
		if g.chance(50) || g.closed[other] {
			add(fmt.Sprintf("case <-%s:", other))
		} else {
			add(fmt.Sprintf("case %s <- %d:", other, g.IntN(3)))
		}
	}
	if g.chance(25) {
		add("default:")
		n.waiting = false
	}
	b.add(n)
}

// count lets the last to come tell.
func (g *generator) count(a, b *thread) {
	c := g.object("c", 3)
	if g.closed[c] {
		return
	}
	n := g.object("n", 2)
	last := a.copies
	if g.chance(30) {
		last = 1 + g.IntN(2)
	}
	a.add(&node{form: block, text: fmt.Sprintf("if %s.Add(1) == %d {", n, last), end: "}", body: &[]*node{g.wait("%s <- 1", c)}})
	b.add(g.receive(c))
}

func (g *generator) try(t *thread) {
	mu := g.object("mu", 2)
	take, give := mu+".TryLock()", mu+".Unlock()"
	switch g.IntN(4) {
	case 0:
		rw := g.object("rw", 1)
		take, give = rw+".TryRLock()", rw+".RUnlock()"
	case 1:
		rw := g.object("rw", 1)
		take, give = rw+".TryLock()", rw+".Unlock()"
	}
	var body []*node
	if c := g.object("c", 3); !g.closed[c] && g.chance(40) {
		body = append(body, &node{form: chooses, cases: []selectCase{
			{fmt.Sprintf("case %s <- 2:", c), new([]*node)},
			{"default:", new([]*node)},
		}})
	}
	unlock := op("%s", give)
	unlock.lock = true
	body = append(body, unlock)
	t.add(&node{form: block, text: "if " + take + " {", end: "}", body: &body})
}

// damage leaves something out, repeats it, or returns before it.
func (g *generator) damage(body *[]*node) {
	if len(*body) == 0 {
		return
	}
	i := g.IntN(len(*body))
	n := (*body)[i]
	switch {
	case g.chance(15):
		*body = append(append(append([]*node(nil), (*body)[:i]...), &node{form: block, text: "if yes {", end: "}", body: &[]*node{op("return")}}), (*body)[i:]...)
	case g.chance(5):
		*body = append(append(append([]*node(nil), (*body)[:i]...), op("runtime.Goexit()")), (*body)[i:]...)
	case n.form == namedFunc || n.form == spawnsFunc || n.lock && !strings.HasSuffix(n.text, "nlock()"):
	case n.form == plain || n.form == deferred_ || n.form == chooses || n.form == rounds:
		if n.lock || g.chance(60) {
			*body = append(append([]*node(nil), (*body)[:i]...), (*body)[i+1:]...)
			return
		}
		// One Done too many would panic in the goroutine of WaitGroup.Go, where the harness cannot recover.
		if n.form != deferred_ && !strings.HasPrefix(n.text, "close") && !strings.HasSuffix(n.text, ".Done()") {
			(*body)[i] = loop(2, n)
		}
	}
}

func sortedKeys(m map[string]bool) []string {
	var out []string
	for _, k := range []string{"mu0", "mu1", "rw0"} {
		for _, p := range []string{"", "s."} {
			for _, give := range []string{".Unlock()", ".RUnlock()"} {
				if m[p+k+give] {
					out = append(out, p+k+give)
				}
			}
		}
	}
	return out
}
