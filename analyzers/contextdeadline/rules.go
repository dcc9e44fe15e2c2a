package contextdeadline

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

var noDeadline = &rule.Rule{
	Code:     "CL2021",
	Name:     "context-without-deadline",
	Analyzer: Name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Repeated outbound call with a context that never ends",
		Text: `A query, an RPC or a request waits for its peer until its context ends. One that is rooted at context.Background or
context.TODO never does: a database that hangs, a network that drops packets, and each call keeps its goroutine, its
connection and whatever it has locked, for good. In a handler or a loop that works for ever they add up until the
service stands still.

The context is followed from where it is made through values, closures, fields, helpers and packages to the call that
waits. It is reported where that happens again and again: for each request, each message, each time round a loop that
waits for work. What a program does once while it starts is not. So is, in such a loop, a command made by exec.Command whose
output is waited for, and a call with a root context before one of the same object that the function does bound.

Derive the context from the request's, and bound it by context.WithTimeout. With the option require-deadline set to
handlers, contexts of requests need a deadline too: they end when the client goes away, but not while it waits.`,
		Before: `
type accounts struct{ db *sql.DB }

func (a *accounts) balance(w http.ResponseWriter, r *http.Request) {
	var cents int64
	row := a.db.QueryRowContext(context.Background(), "SELECT cents FROM accounts WHERE id = $1", r.PathValue("id"))
	if err := row.Scan(&cents); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, cents)
}
`,
		After: `
type accounts struct{ db *sql.DB }

func (a *accounts) balance(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	var cents int64
	row := a.db.QueryRowContext(ctx, "SELECT cents FROM accounts WHERE id = $1", r.PathValue("id"))
	if err := row.Scan(&cents); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, cents)
}
`,
		Since:    "0.1.0",
		Options:  []string{"require-deadline"},
		Severity: lint.SeverityWarning,
	},
	Blind: `Calls through interfaces into which other packages put what is called, contexts from unknown code, and
functions whose callers are not known to run again and again. Streams, watches and consumers need no deadline; clients that bound themselves
satisfy the rule, and whether an http.Client or a net.Dialer has a timeout is judged by clientdeadline.`,
	References: []string{
		"https://pkg.go.dev/context#WithTimeout",
		"https://github.com/kubernetes/kubernetes/pull/80954",
		"https://github.com/kubernetes/kubernetes/pull/132849",
		"https://github.com/argoproj/argo-cd/pull/24765",
	},
}

var badTimeout = &rule.Rule{
	Code:     "CL2022",
	Name:     "timeout-of-no-time",
	Analyzer: Name,
	Maturity: rule.Preview,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "A constant timeout that is no time at all",
		Text: `A time.Duration counts nanoseconds. context.WithTimeout(ctx, 5) ends after five of them, before anybody can use
the context, and so does a timeout of zero or less: every call with it fails with context.DeadlineExceeded.

Multiply by a unit: 5*time.Second.`,
		Before: `
func load(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, 5)
	defer cancel()
	return db.PingContext(ctx)
}
`,
		After: `
func load(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return db.PingContext(ctx)
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityError,
	},
	Blind:      `Timeouts that are computed, or come from a configuration.`,
	References: []string{"https://pkg.go.dev/time#Duration"},
}

var deferredCancel = &rule.Rule{
	Code:     "CL2023",
	Name:     "cancel-deferred-in-loop",
	Analyzer: Name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Cancel function deferred in a loop that works for ever",
		Text: `A deferred call runs when the function returns. In a loop that waits for work and goes on, it does not: each round
leaves a context that is registered with its parent, a timer if it has a timeout, and the record of the deferred call
itself. They add up for as long as the loop lives.

Call the cancel function when the round is done, or put the body of the loop into a function of its own, whose return
runs it. A loop whose every round returns is no finding, nor is one over a list. Where the loop tries until it has what it
wants, the finding is a note.`,
		Before: `
func watch(ctx context.Context, db *sql.DB, ticks <-chan time.Time) {
	for range ticks {
		pinged, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := db.PingContext(pinged); err != nil {
			log.Print(err)
		}
	}
}
`,
		After: `
func watch(ctx context.Context, db *sql.DB, ticks <-chan time.Time) {
	for range ticks {
		if err := ping(ctx, db); err != nil {
			log.Print(err)
		}
	}
}

func ping(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return db.PingContext(ctx)
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Cancel functions that are called by a deferred literal, and loops that only a count or a list bounds.`,
	References: []string{
		"https://pkg.go.dev/context#WithTimeout",
		"https://go.dev/ref/spec#Defer_statements",
	},
}

var useless = &rule.Rule{
	Code:     "CL2024",
	Name:     "useless-timeout",
	Analyzer: Name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Timeout that a shorter one of the caller makes useless",
		Text: `A context ends when the first of the deadlines that it was derived with is over. A function that gives its work 30
seconds, with a context that has five of them left at most, has five: the longer timeout is never reached, and whoever
makes it longer to let the work finish changes nothing.

It is reported where all contexts that can come in have a shorter timeout: one of the same function, of each call of a
function that only its package can call, or of a helper that returns a context. Both must be constants.

Leave out the timeout that does nothing, or set the time where it is decided.`,
		Before: `
func handle(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := archive(ctx, db); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func archive(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, err := db.ExecContext(ctx, "INSERT INTO archive SELECT * FROM orders")
	return err
}
`,
		After: `
func handle(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	if err := archive(r.Context(), db); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func archive(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, err := db.ExecContext(ctx, "INSERT INTO archive SELECT * FROM orders")
	return err
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Timeouts that are computed or come from a configuration, and functions that other packages can call: a caller that
has less time than the function takes at most is no mistake.`,
	References: []string{"https://pkg.go.dev/context#WithDeadline"},
}
