package verify

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// The codes of what only a run shows.
const (
	CodeProven   = "CL1901"
	CodeSurvivor = "CL1902"
	CodeBlocked  = "CL1903"
)

// Rules returns the rules by which leaks are reported that a run has shown and no analyzer: only `cloudlint verify`
// reports them.
func Rules() []*rule.Rule {
	return []*rule.Rule{
		{
			Code: CodeProven,
			Name: "proven-leak",
			Doc: lint.RawDocumentation{
				Title: "A run left a goroutine that can never go on",
				Text: `The runtime's garbage collector looked at everything that can still run, and nothing of that reaches what the
goroutine waits for: the channel, the mutex, the wait group. So nobody can ever wake it. It holds its memory, and all that
its variables hold, until the program ends. This is a proof, not a guess: it needs no list of exceptions.

` + "`cloudlint verify`" + ` says which tests started such goroutines, where, and in which statement they wait; ` + "`cloudlint verify profile`" + `
which running instances have them. Make sure that this
statement can end: receive on every path, give the channel room for the value, or wait for the context's end as well.`,
				Before: `// Fetch's goroutine waits for ever where ctx ends first.
func Fetch(ctx context.Context, load func() string) (string, error) {
	result := make(chan string)
	go func() { result <- load() }()
	select {
	case s := <-result:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}`,
				After: `func Fetch(ctx context.Context, load func() string) (string, error) {
	result := make(chan string, 1)
	go func() { result <- load() }()
	select {
	case s := <-result:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}`,
				Since:    "0.1.0",
				Severity: lint.SeverityError,
			},
			Maturity: rule.Stable,
			Tests:    true,
			Fix:      rule.NoFix,
			Blind: "Only what tests run. A goroutine whose channel or mutex something reachable still refers to (a package variable, a timer, " +
				"a goroutine that lives on) is not proven: CL1902 may tell of it. A goroutine in an empty select waits on purpose, and is a note.",
			References: []string{"https://go.dev/doc/go1.26", "https://pkg.go.dev/runtime/pprof"},
		},
		{
			Code: CodeSurvivor,
			Name: "surviving-goroutine",
			Doc: lint.RawDocumentation{
				Title: "A goroutine that a test started is still there after all tests",
				Text: `All tests had ended, a second had passed, and the goroutine was still there: it works in a loop, sleeps, reads a
connection, or waits for something that is still within reach. Often the test does not stop what it has started, and then
production code may have no way to stop it either; some would have ended by themselves a moment later. So this is a
note, and counts for nothing else.

Stop it: close what it serves, cancel its context, and wait for it where the test ends, say in t.Cleanup.`,
				Before: `// Nothing ends the loop that Refresh starts.
func Refresh(load func()) {
	go func() {
		for range time.Tick(time.Minute) {
			load()
		}
	}()
}`,
				After: `func Refresh(ctx context.Context, load func()) {
	go func() {
		ticker := time.NewTicker(time.Minute)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				load()
			case <-ctx.Done():
				return
			}
		}
	}()
}`,
				Since:    "0.1.0",
				Severity: lint.SeverityInfo,
			},
			Maturity: rule.Stable,
			Tests:    true,
			Fix:      rule.NoFix,
			Blind: "Goroutines that TestMain or a timer started, and those that live as long as the process: idle connections of a transport, " +
				"the opener of a database, the handling of signals.",
			References: []string{"https://github.com/uber-go/goleak"},
		},
		{
			Code: CodeBlocked,
			Name: "blocked-in-service",
			Doc: lint.RawDocumentation{
				Title: "Many goroutines of a running service wait in one place",
				Text: `In one instance of the service a thousand goroutines and more (` + "`--min`" + `) wait in the same statement, or they have
become more by a hundred and a quarter since an earlier look (` + "`--min-growth`" + `): nearly all of what waits so was left behind.
Every one holds its stack and all that its variables refer to. This is no proof: a service may keep many workers waiting on
purpose, or be overloaded behind a lock. So it is a warning; and a note where as many goroutines of the same package wait for
the network, since there seems to be one for each open connection.

` + "`cloudlint verify profile`" + ` says which instances have them, and since when. Make sure that the statement can end: receive on
every path, give the channel room for the value, wait for the context's end as well; and bound how many are started.`,
				Before: `// Each Notify with a slow listener leaves a goroutine more.
func Notify(events chan string, event string) {
	go func() { events <- event }()
}`,
				After: `// Notify reports whether somebody took the event.
func Notify(ctx context.Context, events chan string, event string) bool {
	select {
	case events <- event:
		return true
	case <-ctx.Done():
		return false
	}
}`,
				Since:    "0.1.0",
				Severity: lint.SeverityWarning,
			},
			Maturity: rule.Stable,
			Fix:      rule.NoFix,
			Blind: "What waits for the network, sleeps or works, however much; idle connections, and what serves one connection for as long as it " +
				"is open in net/http and gRPC. A leak that grows slowly is seen by two looks, or in a leak profile (Go 1.27).",
			References: []string{"https://arxiv.org/abs/2312.12002", "https://pkg.go.dev/net/http/pprof"},
		},
	}
}
