package goroutineleak

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

func lockRules() []*rule.Rule {
	return []*rule.Rule{doubleLock, lockInversion, lockedWait, readerWriterReader, missingUnlock}
}

var missingUnlock = &rule.Rule{
	Code:     "CL1010",
	Name:     "missing-unlock",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A path leaves with a lock held that others release",
		Text: `A function locks a sync.Mutex or sync.RWMutex and returns on one path without unlocking it: usually an early return
that was added later. Nothing happens at once. The next goroutine that needs the lock waits for ever, and all after it.

The lock is followed along every path, through helpers that lock or unlock, deferred calls, closures, TryLock and
conditions that are tested twice. A function that is meant to return with the lock held, because its callers unlock it,
is not reported; nor is one that gives the lock away with a function value or to a goroutine.

Unlock before each return, or, better, write defer mu.Unlock() below the call of Lock; where the lock must not be held
to the end, move the part that needs it to a function of its own.`,
		Before: `
type Ledger struct {
	mu       sync.Mutex
	balances map[string]int
}

func (l *Ledger) Withdraw(account string, amount int) error {
	l.mu.Lock()
	if l.balances[account] < amount {
		return errors.New("not enough money")
	}
	l.balances[account] -= amount
	l.mu.Unlock()
	return nil
}
`,
		After: `
type Ledger struct {
	mu       sync.Mutex
	balances map[string]int
}

func (l *Ledger) Withdraw(account string, amount int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.balances[account] < amount {
		return errors.New("not enough money")
	}
	l.balances[account] -= amount
	return nil
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityError,
	},
	Blind: `Paths that end in a panic, runtime.Goexit or t.Fatal. Locks of which nobody can say that two names mean the same. A
function that keeps the lock on all paths, if other packages can release it or some function releases locks of that field
that it has not taken.`,
	References: []string{
		"https://pkg.go.dev/sync#Mutex",
		"https://github.com/nats-io/nats.go/pull/1364",
		"https://github.com/pion/webrtc/pull/2154",
	},
}

var doubleLock = &rule.Rule{
	Code:     "CL1006",
	Name:     "double-lock",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A goroutine locks a mutex that it already holds",
		Text: `Go's locks are not reentrant: a goroutine that calls Lock on a sync.Mutex or sync.RWMutex which it holds itself waits
for ever, and so does everybody else who needs the lock. The same is true of Lock under RLock, and of RLock under Lock.
Mostly the second call stands in another function: a method that locks calls another method that locks, or itself.

The lock is followed by its way through fields from the same object, through the functions of the package, closures that
are called where they are made, and deferred calls.

Give the method that is called under the lock a variant that expects the lock to be held, or release the lock before the
call.`,
		Before: `
type Sessions struct {
	mu   sync.Mutex
	byID map[string]time.Time
}

func (s *Sessions) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}

func (s *Sessions) Expire(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, end := range s.byID {
		if now.After(end) {
			s.Remove(id)
		}
	}
}
`,
		After: `
type Sessions struct {
	mu   sync.Mutex
	byID map[string]time.Time
}

func (s *Sessions) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(id)
}

// remove expects s.mu to be held.
func (s *Sessions) remove(id string) { delete(s.byID, id) }

func (s *Sessions) Expire(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, end := range s.byID {
		if now.After(end) {
			s.remove(id)
		}
	}
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityError,
	},
	Blind: `Locks that are reached through a field which is assigned again later, through elements of slices and maps, or through
interfaces; calls of function values; functions of other packages.`,
	References: []string{
		"https://pkg.go.dev/sync#Mutex",
		"https://github.com/coredns/coredns/pull/8260",
		"https://github.com/thanos-io/thanos/pull/6949",
	},
}

var readerWriterReader = &rule.Rule{
	Code:     "CL1009",
	Name:     "recursive-read-lock",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A goroutine read-locks an RWMutex twice, and a writer may come in between",
		Text: `A sync.RWMutex lets no new reader in once a writer waits for it. A goroutine that holds the read lock and asks for it
again waits for the writer, if one has come meanwhile, and the writer waits for the first read lock: both wait for ever.
It works until the day on which the writer comes at the wrong moment.

Reported where some function of the package takes the write lock of the same field.

Take the read lock once, and call a variant of the function that expects it to be held.`,
		Before: `
type Prices struct {
	mu    sync.RWMutex
	cents map[string]int
}

func (p *Prices) Set(item string, cents int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cents[item] = cents
}

func (p *Prices) Of(item string) int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.cents[item]
}

func (p *Prices) Total(items []string) (sum int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, item := range items {
		sum += p.Of(item)
	}
	return sum
}
`,
		After: `
type Prices struct {
	mu    sync.RWMutex
	cents map[string]int
}

func (p *Prices) Set(item string, cents int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cents[item] = cents
}

func (p *Prices) Of(item string) int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.cents[item]
}

func (p *Prices) Total(items []string) (sum int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, item := range items {
		sum += p.cents[item]
	}
	return sum
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `What double-lock does not see, and write locks that other packages take.`,
	References: []string{
		"https://pkg.go.dev/sync#RWMutex",
	},
}

var lockInversion = &rule.Rule{
	Code:     "CL1007",
	Name:     "lock-order-inversion",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Two locks are taken in both orders",
		Text: `One function holds a lock and takes a second one; another holds the second and takes the first. Two goroutines that are
in these functions at the same time, each with its first lock, wait for each other for ever.

Reported only where the locks certainly belong together: fields found in the same way from one object, or package-level
variables; and where no third lock keeps the two goroutines apart.

Take the locks in the same order everywhere, or release the first before taking the second.`,
		Before: `
type Store struct {
	itemsMu sync.Mutex
	items   map[string]int
	logMu   sync.Mutex
	log     []string
}

func (s *Store) Add(name string, n int) {
	s.itemsMu.Lock()
	defer s.itemsMu.Unlock()
	s.items[name] += n
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.log = append(s.log, name)
}

func (s *Store) Report() (n int, log []string) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.itemsMu.Lock()
	defer s.itemsMu.Unlock()
	return len(s.items), s.log
}
`,
		After: `
type Store struct {
	itemsMu sync.Mutex
	items   map[string]int
	logMu   sync.Mutex
	log     []string
}

func (s *Store) Add(name string, n int) {
	s.itemsMu.Lock()
	defer s.itemsMu.Unlock()
	s.items[name] += n
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.log = append(s.log, name)
}

func (s *Store) Report() (n int, log []string) {
	s.itemsMu.Lock()
	defer s.itemsMu.Unlock()
	s.logMu.Lock()
	defer s.logMu.Unlock()
	return len(s.items), s.log
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityError,
	},
	Blind: `Cycles of three and more locks, locks of several objects of one type, locks that other packages take, and orders that
involve read locks on both sides.`,
	References: []string{
		"https://github.com/prometheus/prometheus/pull/16587",
		"https://github.com/IBM/sarama/pull/3191",
	},
}

var lockedWait = &rule.Rule{
	Code:     "CL1008",
	Name:     "wait-with-lock",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Waits, with a lock held, for a goroutine that needs the lock",
		Text: `A function holds a lock and waits for a goroutine to end, for a value or for somebody to take one, and that goroutine
asks for the same lock before it gets there. If it has not got the lock yet, both wait for ever. Often it is a Stop or
Close that locks, tells the workers to stop, and waits for them under the lock; or a Publish that sends to its subscribers
under the lock which a subscriber needs to sign off: one that has stopped receiving keeps both waiting.

Release the lock before waiting: change the state under the lock, and wait without it.`,
		Before: `
type Poller struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	stop chan struct{}
	last time.Time
}

func (p *Poller) Start() {
	p.wg.Add(1)
	go p.run()
}

func (p *Poller) run() {
	defer p.wg.Done()
	for {
		select {
		case <-p.stop:
			return
		case now := <-time.After(time.Second):
			p.mu.Lock()
			p.last = now
			p.mu.Unlock()
		}
	}
}

func (p *Poller) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.stop)
	p.wg.Wait()
}
`,
		After: `
type Poller struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	stop chan struct{}
	last time.Time
}

func (p *Poller) Start() {
	p.wg.Add(1)
	go p.run()
}

func (p *Poller) run() {
	defer p.wg.Done()
	for {
		select {
		case <-p.stop:
			return
		case now := <-time.After(time.Second):
			p.mu.Lock()
			p.last = now
			p.mu.Unlock()
		}
	}
}

func (p *Poller) Stop() {
	p.mu.Lock()
	close(p.stop)
	p.mu.Unlock()
	p.wg.Wait()
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityError,
	},
	Blind: `Goroutines of other packages, channels that are passed on, most sends on buffered channels, and select statements.`,
	References: []string{
		"https://github.com/influxdata/telegraf/pull/16074",
	},
}
