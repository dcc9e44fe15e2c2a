package goroutineleak

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

func lockRules() []*rule.Rule { return []*rule.Rule{missingUnlock} }

var missingUnlock = &rule.Rule{
	Code:     "CL1010",
	Name:     "missing-unlock",
	Analyzer: name,
	Maturity: rule.Preview,
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
		Since:    "0.2.0",
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
