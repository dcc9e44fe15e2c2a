// Package lockmissing has functions that keep a lock on one path, and such that only look so.
package lockmissing

import (
	"errors"
	"sync"
)

var errEmpty = errors.New("empty")

type account struct {
	mu      sync.Mutex
	balance int
	history []int
}

func (a *account) earlyReturn(amount int) error {
	a.mu.Lock()
	if a.balance < amount {
		return errEmpty // want `CL1010: returns with a\.mu held: a\.mu\.Lock took it at line 18, and this path never calls a\.mu\.Unlock`
	}
	a.balance -= amount
	a.mu.Unlock()
	return nil
}

func (a *account) fallsOut(amount int) {
	a.mu.Lock()
	if a.balance >= amount {
		a.balance -= amount
		a.mu.Unlock()
	}
} // want `CL1010: returns with a\.mu held`

func (a *account) never() int {
	a.mu.Lock() // want `CL1010: a\.mu is locked here, and nothing ever calls a\.mu\.Unlock`
	return a.balance
}

func (a *account) nextRound(amounts []int) {
	for _, amount := range amounts {
		a.mu.Lock() // want `CL1010: a\.mu is locked here, and on one path the loop goes on without a\.mu\.Unlock`
		if amount == 0 {
			continue
		}
		a.balance += amount
		a.mu.Unlock()
	}
}

func nextAccount(accounts []*account) {
	for _, a := range accounts {
		a.mu.Lock() // want `CL1010: a\.mu is locked here, and on one path the loop goes on`
		if a.balance == 0 {
			continue
		}
		a.balance--
		a.mu.Unlock()
	}
}

func (a *account) wrongTest(try bool) bool {
	if !a.mu.TryLock() {
		return false
	}
	if try {
		return true // want `CL1010: returns with a\.mu held: a\.mu\.TryLock took it`
	}
	a.mu.Unlock()
	return false
}

type registry struct {
	sync.RWMutex
	names map[string]int
}

func (r *registry) get(name string) (int, error) {
	r.RLock()
	n, ok := r.names[name]
	if !ok {
		return 0, errEmpty // want `CL1010: returns with r held: r\.RLock took it at line \d+, and this path never calls r\.RUnlock`
	}
	r.RUnlock()
	return n, nil
}

func inClosure(r *registry) func(string) {
	return func(name string) {
		r.Lock()
		if name == "" {
			return // want `CL1010: returns with r held`
		}
		r.names[name]++
		r.Unlock()
	}
}

type list[T any] struct {
	mu    sync.Mutex
	items []T
}

func (l *list[T]) pop() (item T, ok bool) {
	l.mu.Lock()
	if len(l.items) == 0 {
		return item, false // want `CL1010: returns with l\.mu held`
	}
	item, l.items = l.items[0], l.items[1:]
	l.mu.Unlock()
	return item, true
}

// lock and unlock are meant as a pair.
func (r *registry) lock()   { r.Lock() }
func (r *registry) unlock() { r.Unlock() }

func (r *registry) throughHelpers(name string) error {
	r.lock()
	if name == "" {
		return errEmpty // want `CL1010: returns with r held: r\.lock took it`
	}
	r.names[name]++
	r.unlock()
	return nil
}

// What follows is right.

func (a *account) deferred() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.balance == 0 {
		return 1
	}
	return a.balance
}

func (a *account) deferredClosure() (err error) {
	a.mu.Lock()
	defer func() {
		a.history = append(a.history, a.balance)
		a.mu.Unlock()
	}()
	if a.balance == 0 {
		return errEmpty
	}
	return nil
}

func (a *account) stateInBool(early bool) {
	locked := false
	if !early {
		a.mu.Lock()
		locked = true
	}
	a.balance++
	if locked {
		a.mu.Unlock()
	}
}

func (a *account) stateInClosure(early bool) int {
	unlocked := false
	a.mu.Lock()
	defer func() {
		if !unlocked {
			a.mu.Unlock()
		}
	}()
	if early {
		return 0
	}
	unlocked = true
	a.mu.Unlock()
	return 1
}

type options struct{ shared bool }

func (a *account) sameCondition(o options) {
	if o.shared {
		a.mu.Lock()
	}
	a.balance++
	if o.shared {
		a.mu.Unlock()
	}
}

func (a *account) lockIf(lock bool) {
	if lock {
		a.mu.Lock()
	}
}

func (a *account) callsLockIf(lock bool) {
	a.lockIf(lock)
	a.balance++
	if lock {
		a.mu.Unlock()
	}
}

func (a *account) begin() error {
	a.mu.Lock()
	if a.balance == 0 {
		a.mu.Unlock()
		return errEmpty
	}
	return nil
}

func (a *account) end() { a.mu.Unlock() }

func (a *account) callsBegin() error {
	if err := a.begin(); err != nil {
		return err
	}
	defer a.end()
	a.balance--
	return nil
}

type drawer struct {
	mu   sync.Mutex
	open bool
}

func (d *drawer) acquire() (release func()) {
	d.mu.Lock()
	return d.mu.Unlock
}

func (d *drawer) acquireClosure() (release func()) {
	d.mu.Lock()
	return func() { d.mu.Unlock() }
}

func (d *drawer) use() bool {
	defer d.acquire()()
	return d.open
}

type job struct {
	mu   sync.Mutex
	done bool
}

func (j *job) start() {
	j.mu.Lock()
	go func() {
		defer j.mu.Unlock()
		j.done = true
	}()
}

func (j *job) exits(fail func() bool) {
	j.mu.Lock()
	if fail() {
		panic("failed")
	}
	j.mu.Unlock()
}

func all(jobs []*job) {
	for _, j := range jobs {
		j.mu.Lock()
	}
	for _, j := range jobs {
		j.mu.Unlock()
	}
}

func otherName(j *job) {
	j.mu.Lock()
	mu := &j.mu
	mu.Unlock()
}

func through(l sync.Locker, early bool) {
	l.Lock()
	defer l.Unlock()
	if early {
		return
	}
}

func (r *registry) reader() int {
	l := r.RLocker()
	l.Lock()
	defer l.Unlock()
	return len(r.names)
}

type waiter struct {
	mu    sync.Mutex
	cond  *sync.Cond
	ready bool
}

func newWaiter() *waiter {
	w := &waiter{}
	w.cond = sync.NewCond(&w.mu)
	return w
}

func (w *waiter) wait() {
	w.cond.L.Lock()
	for !w.ready {
		w.cond.Wait()
	}
	w.mu.Unlock()
}

func newLocked(name string) (*registry, error) {
	r := &registry{names: make(map[string]int)}
	r.Lock()
	if name == "" {
		return nil, errEmpty
	}
	return r, nil
}

type shelf struct {
	mu    sync.Mutex
	files map[int]*file
}

type file struct {
	lock sync.RWMutex
	size int
}

// open returns the file with its lock held.
func (s *shelf) open(id int) (*file, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[id]
	if !ok {
		return nil, errEmpty
	}
	f.lock.RLock()
	return f, nil
}

// load returns the file, new or not, with its lock held.
func (s *shelf) load(id int) (f *file, err error) {
	defer func() {
		if err == nil {
			f.size++
		}
	}()
	if f = s.files[id]; f != nil {
		f.lock.Lock()
		return
	}
	f = &file{}
	f.lock.Lock()
	if id < 0 {
		f.lock.Unlock()
		err = errEmpty
	}
	return
}

func (j *job) ready(check func() error) error {
	j.mu.Lock()
	var ready bool
	defer func() {
		if !ready {
			j.mu.Unlock()
		}
	}()
	if err := check(); err != nil {
		return err
	}
	ready = true
	j.mu.Unlock()
	return nil
}

// rows keeps its lock for as long as the caller uses what get returned, and says so in held.
type rows struct {
	mu   sync.RWMutex
	held bool
	data []byte
}

// Get returns memory that the next call of Next may overwrite.
func (r *rows) Get(shared bool) ([]byte, error) {
	if r.held {
		return nil, errEmpty
	}
	r.mu.RLock()
	data, err := r.getLocked()
	if err == nil && shared {
		r.held = true
	} else {
		r.mu.RUnlock()
	}
	return data, err
}

func (r *rows) getLocked() ([]byte, error) {
	if r.data == nil {
		return nil, errEmpty
	}
	return r.data, nil
}

func (r *rows) release() {
	if r.held {
		r.held = false
		r.mu.RUnlock()
	}
}

func (r *rows) Next() {
	r.release()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.data = nil
}

// note says something in a field on the way on which it forgets the lock, and nobody acts on it.
type ledger struct {
	mu     sync.Mutex
	failed bool
	n      int
}

func (l *ledger) Add(n int) error {
	l.mu.Lock()
	if n < 0 {
		l.failed = true
		return errEmpty // want `returns with l.mu held`
	}
	l.n += n
	l.mu.Unlock()
	return nil
}

func (l *ledger) Sum() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// A session is changed between freeze and thaw, which others call.
type session struct {
	changing sync.Mutex
	n        int
}

func (s *session) freeze() int {
	s.changing.Lock()
	return s.n
}

func (s *session) thaw(n int) {
	s.n = n
	s.changing.Unlock()
}

func (s *session) set(n int) {
	s.freeze()
	s.thaw(n)
}

// A pause freezes at most once, and resumes what it froze.
type pause struct {
	session *session
	frozen  bool
	n       int
}

func (p *pause) stop() {
	if p.frozen {
		return
	}
	p.frozen = true
	p.n = p.session.freeze()
}

func (p *pause) resume() {
	if p.frozen {
		p.session.thaw(p.n)
	}
}

type parts struct {
	session *session
	pauses  []*pause
}

func (ps *parts) each(list []int) {
	p := &pause{session: ps.session}
	defer p.resume()
	ps.pauses = append(ps.pauses, p)
	for _, n := range list {
		ps.move(p, n)
	}
}

func (ps *parts) move(p *pause, n int) {
	if n > 0 {
		p.stop()
	}
}

// The lock is the function's own, and whoever signals has had it.
func untilDone(run func()) {
	mu := sync.Mutex{}
	done := sync.NewCond(&mu)
	mu.Lock()
	go func() {
		mu.Lock()
		run()
		done.Broadcast()
		mu.Unlock()
	}()
	done.Wait()
}

// The goroutine may come for the lock when it is not given back any more.
func once(run func()) {
	mu := sync.Mutex{}
	mu.Lock() // want `CL1010`
	go func() {
		mu.Lock() // want `CL1010`
		run()
		mu.Unlock()
	}()
}

// A document is opened with its lock held, which the handle gives back.
type document struct {
	lock sync.RWMutex
	text string
}

type handle struct {
	doc   *document
	write bool
}

func (d *document) Open(write bool, parse func(string) error) (_ *handle, failed error) {
	if write {
		d.lock.Lock()
		defer func() {
			if failed != nil {
				d.lock.Unlock()
			}
		}()
	} else {
		d.lock.RLock()
		defer func() {
			if failed != nil {
				d.lock.RUnlock()
			}
		}()
	}
	switch d.text {
	case "":
		return nil, errEmpty
	}
	if err := parse(d.text); err != nil {
		return nil, err
	}
	return &handle{d, write}, nil
}

func (h *handle) Close() {
	if h.write {
		h.doc.lock.Unlock()
	} else {
		h.doc.lock.RUnlock()
	}
}

// Nothing is ever put into the locks of a register, so that it is never left locked.
type register struct {
	mu    sync.Mutex
	locks map[string]struct{}
	names map[string]struct{}
}

func newRegister() *register {
	return &register{locks: map[string]struct{}{}, names: map[string]struct{}{}}
}

func (r *register) open(name string) error {
	r.mu.Lock()
	if _, ok := r.locks[name]; ok {
		return errEmpty
	}
	r.mu.Unlock()
	return nil
}

func (r *register) forget(name string) {
	r.mu.Lock()
	delete(r.locks, name)
	r.mu.Unlock()
}

// Names are.
func (r *register) add(name string) error {
	r.mu.Lock()
	if _, ok := r.names[name]; ok {
		return errEmpty // want `CL1010`
	}
	r.names[name] = struct{}{}
	r.mu.Unlock()
	return nil
}
