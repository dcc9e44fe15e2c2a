package lostwait

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

var retry = &rule.Rule{
	Code:     "CL2044",
	Name:     "retry-ignores-context",
	Analyzer: Name,
	Maturity: rule.Stable,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "Loop that waits between its rounds and ignores the context",
		Text: `A loop that tries again, or polls, and sleeps in between has a context at hand and never asks it. When the client has
left, or the process has been told to stop, it sleeps on and tries on: the caller waits, the work is for nobody, and a
shutdown takes as long as the tries that are left.

A loop heeds its context if it asks for Err or Done, or if a call that is given the context fails in a way that leaves the
loop. Passing the context to a call whose failures are all retried is not enough: from then on each try fails at once,
and the loop still sleeps through all of them.

Wait in a select, with the context's Done beside the timer. Waits of less than 100 ms, and loops that have slept for three
seconds at most when they end, are not reported.`,
		Before: `
func waitReady(ctx context.Context, ready func() bool) error {
	for !ready() {
		time.Sleep(2 * time.Second)
	}
	return nil
}
`,
		After: `
func waitReady(ctx context.Context, ready func() bool) error {
	for !ready() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Second):
		}
	}
	return nil
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Loops that wait for a channel which is no timer count as ones that can be stopped. Waits inside functions that the loop
calls are not seen.`,
	References: []string{
		"https://pkg.go.dev/context#Context",
		"https://github.com/cortexproject/cortex/pull/4562",
	},
}

var endless = &rule.Rule{
	Code:     "CL2045",
	Name:     "endless-retry",
	Analyzer: Name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Failing call that is repeated at once and for ever",
		Text: `A call to a peer that has failed is made again at once, with neither a limit, nor a pause, nor a look at a context. A peer
that refuses connections answers in microseconds: the loop keeps a core busy, fills the log, and when the peer comes back
it is met by the flood. The same goes for a function that calls itself again after a failure and passes the number of tries
that are left unchanged: its limit is never reached.

Wait between the tries, longer each time up to a bound, with some jitter, and stop when the context has ended.`,
		Before: `
func connect(db *sql.DB) {
	for {
		if err := db.Ping(); err != nil {
			log.Printf("database: %v", err)
			continue
		}
		return
	}
}
`,
		After: `
func connect(ctx context.Context, db *sql.DB) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 10*time.Second) {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		log.Printf("database: %v", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Loops in which a function of another package is called on the way that is not known not to wait.`,
	References: []string{
		"https://github.com/IBM/sarama/pull/2427",
		"https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/",
	},
}

var ended = &rule.Rule{
	Code:     "CL2046",
	Name:     "use-of-ended-context",
	Analyzer: Name,
	Maturity: rule.Preview,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "Context used after it has ended",
		Text: `After a receive from ctx.Done() the context has ended, and so have all that are derived from it. A timeout made from it
there leaves no time at all: Shutdown returns at once and the requests in flight are cut off, a query or an RPC fails before
it is sent. The graceful end that was meant does not take place.

Derive the context of what is to be done at the end from context.WithoutCancel, which keeps the values, or from
context.Background, and give it a timeout of its own.`,
		Before: `
func serve(ctx context.Context, server *http.Server) error {
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return server.Shutdown(stopping)
}
`,
		After: `
func serve(ctx context.Context, server *http.Server) error {
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return server.Shutdown(stopping)
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityError,
	},
	Blind: `Contexts that end in another function than the one that uses them, and calls that are not known to fail then.`,
	References: []string{
		"https://pkg.go.dev/context#WithoutCancel",
		"https://github.com/go-kratos/kratos/pull/3525",
	},
}

var retryAfterEnd = &rule.Rule{
	Code:     "CL2047",
	Name:     "retry-after-end",
	Analyzer: Name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Call that is tried again although its context has ended",
		Text: `A call that is given a context fails when the context ends. A loop that tries it again after any failure does so then
too, as often as its limit allows: for a request whose client has left, it makes and logs tries that cannot succeed, and
what it calls may do real work before it looks at the context.

Return when ctx.Err() is not nil, before the next try.`,
		Before: `
type loader interface {
	Load(ctx context.Context, id string) ([]byte, error)
}

func retried(ctx context.Context, l loader, id string) (data []byte, err error) {
	for range 5 {
		if data, err = l.Load(ctx, id); err == nil {
			return data, nil
		}
		log.Print(err)
	}
	return nil, err
}
`,
		After: `
type loader interface {
	Load(ctx context.Context, id string) ([]byte, error)
}

func retried(ctx context.Context, l loader, id string) (data []byte, err error) {
	for range 5 {
		if data, err = l.Load(ctx, id); err == nil || ctx.Err() != nil {
			return data, err
		}
		log.Print(err)
	}
	return nil, err
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityInfo,
	},
	Blind: `Loops that wait between their tries are the matter of retry-ignores-context. A call that is given something else in
each round is not tried again.`,
	References: []string{"https://github.com/cortexproject/cortex/pull/4562"},
}
