package contextdrop

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

var newRoot = &rule.Rule{
	Code:     "CL2031",
	Name:     "context-replaced",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "context.Background is passed although a context is at hand",
		Text: `The function has a context, or a request, a stream or a framework's context that carries one, and passes
context.Background or context.TODO to what it calls. When the caller gives up, because the client has disconnected, the
deadline is over or the service shuts down, the call goes on: it holds its goroutine and its connection, and its
result is wanted by nobody. Traces and other values of the request are lost as well.

Pass the context at hand. Where the work is meant to go on after the request, say so with context.WithoutCancel, which
keeps the values, and give it a bound of its own with context.WithTimeout.

What is started or made for longer than the call, a watcher or a client, may have context.Background: that is a decision.
context.TODO is none, by its documentation it stands where there is no context to pass yet, and is reported there as well.

The fix is not safe: a context that is cancelled then also ends this call.`,
		Before: `
type Orders struct{ db *sql.DB }

func (o *Orders) Count(ctx context.Context) (n int, err error) {
	err = o.db.QueryRowContext(context.Background(), "SELECT count(*) FROM orders").Scan(&n)
	return n, err
}
`,
		After: `
type Orders struct{ db *sql.DB }

func (o *Orders) Count(ctx context.Context) (n int, err error) {
	err = o.db.QueryRowContext(ctx, "SELECT count(*) FROM orders").Scan(&n)
	return n, err
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Silent are: contexts with a bound of their own (context.WithTimeout of a root); goroutines, deferred calls, what follows
the end of a context or the failure of a call that had it; methods that end their object; closures that are stored or
handed to unknown code; calls that log, measure or trace; calls with context.Background that make something that is kept;
and contexts that are stored, returned or combined with the one at hand.`,
	References: []string{
		"https://go.dev/blog/context",
		"https://github.com/cert-manager/cert-manager/pull/6234",
		"https://github.com/redis/go-redis/pull/3915",
		"https://pkg.go.dev/context#TODO",
	},
}

var noContext = &rule.Rule{
	Code:     "CL2032",
	Name:     "variant-without-context",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "The variant without a context is called although a context is at hand",
		Text: `The function has a context, and calls a function that takes none, although its type or package has one that does:
Query beside QueryContext, http.NewRequest beside http.NewRequestWithContext, exec.Command beside exec.CommandContext, X
beside XWithContext, an option WithContext, or a session whose method WithContext gives it one. The call can then not be
cancelled: when the caller gives up, it goes on.

The variants are found by their types, not in a list: the other function must take the same parameters after the
context, and have the same results.

The fix is not safe: a context that is cancelled then also ends this call.`,
		Before: `
type Users struct{ db *sql.DB }

func (u *Users) Rename(ctx context.Context, id int, name string) error {
	_, err := u.db.Exec("UPDATE users SET name = $1 WHERE id = $2", name, id)
	return err
}
`,
		After: `
type Users struct{ db *sql.DB }

func (u *Users) Rename(ctx context.Context, id int, name string) error {
	_, err := u.db.ExecContext(ctx, "UPDATE users SET name = $1 WHERE id = $2", name, id)
	return err
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Silent are functions in which no context is at hand, variants that need other arguments too, calls that cannot fail,
commands that are started and ended by the program itself, requests that get a context later, sessions that come as
parameters, and the places at which CL2031 is silent.`,
	References: []string{
		"https://pkg.go.dev/database/sql#DB.QueryContext",
		"https://github.com/crossplane/crossplane/pull/2222",
	},
}

var otherContext = &rule.Rule{
	Code:     "CL2033",
	Name:     "stored-context-used",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A method passes the context that its object keeps, not its own",
		Text: `The method has a context as a parameter and passes another one on, which its object keeps in a field. That one ends
with the object, or never: when the caller of the method gives up, the call goes on.

Pass the method's own context. Where the call must also end with the object, derive a context from the parameter and
cancel it when the object's context ends (context.AfterFunc).`,
		Before: `
type Reader struct {
	ctx context.Context
	db  *sql.DB
}

func (r *Reader) Trace(ctx context.Context, id string) (string, error) {
	var trace string
	err := r.db.QueryRowContext(r.ctx, "SELECT trace FROM traces WHERE id = $1", id).Scan(&trace)
	return trace, err
}
`,
		After: `
type Reader struct {
	db *sql.DB
}

func (r *Reader) Trace(ctx context.Context, id string) (string, error) {
	var trace string
	err := r.db.QueryRowContext(ctx, "SELECT trace FROM traces WHERE id = $1", id).Scan(&trace)
	return trace, err
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Silent are methods that set the field or watch the context in it themselves, work that is started or kept for longer
than the call, fields with values that the method's context lacks, fields that are set for each call, waits inside the
program where the object's context can be cancelled, and the places at which CL2031 is silent.`,
	References: []string{
		"https://go.dev/blog/context-and-structs",
		"https://github.com/jaegertracing/jaeger/pull/1850",
	},
}
