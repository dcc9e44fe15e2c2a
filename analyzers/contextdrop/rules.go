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
handed to unknown code; calls that log, measure or trace; calls that make something that is kept; and contexts that are
stored, returned or combined with the one at hand.`,
	References: []string{
		"https://go.dev/blog/context",
		"https://github.com/cert-manager/cert-manager/pull/6234",
		"https://github.com/redis/go-redis/pull/3915",
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
	Maturity: rule.Preview,
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
than the call, and the places at which CL2031 is silent.`,
	References: []string{
		"https://go.dev/blog/context-and-structs",
		"https://github.com/jaegertracing/jaeger/pull/1850",
	},
}

var rootInHelper = &rule.Rule{
	Code:     "CL2034",
	Name:     "context-lost-in-helper",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A helper makes a context although all of its callers have one",
		Text: `An unexported function takes no context and makes one with context.Background, or a request with http.NewRequest,
although a context is at hand at every call of it. The way of the context breaks off at the helper: when the caller
gives up, what the helper does goes on.

Give the helper a context as its first parameter.`,
		Before: `
func price(w http.ResponseWriter, r *http.Request) {
	resp, err := fetch("https://prices.example.com/" + r.FormValue("item"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

var client = &http.Client{Timeout: 10 * time.Second}

func fetch(url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}
`,
		After: `
func price(w http.ResponseWriter, r *http.Request) {
	resp, err := fetch(r.Context(), "https://prices.example.com/"+r.FormValue("item"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

var client = &http.Client{Timeout: 10 * time.Second}

func fetch(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `The callers must all be in the package, and be known: functions that are exported, used as values or called through an
interface are silent, and so are those that one caller starts in a goroutine or defers.`,
	References: []string{
		"https://github.com/argoproj/argo-cd/pull/24157",
	},
}

var lostInCallee = &rule.Rule{
	Code:     "CL2035",
	Name:     "context-lost-in-callee",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "An exported function is called without the context at hand, and makes one for what it asks outside",
		Text: `The function has a context, and calls an exported function of the same module that takes none. That one, or what it
calls, asks a peer or a database with context.Background, or makes a request with http.NewRequest. The way of the context
breaks off there: when the caller gives up, the call to the outside goes on.

Give the function that is called a context as its first parameter; where others call it without one, add a variant.`,
		Before: `
type Prices struct{ db *sql.DB }

func (p *Prices) Of(item string) (n int, err error) {
	err = p.db.QueryRowContext(context.Background(), "SELECT price FROM prices WHERE item = $1", item).Scan(&n)
	return n, err
}

func Total(ctx context.Context, p *Prices, items []string) (sum int, err error) {
	for _, item := range items {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := p.Of(item)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}
`,
		After: `
type Prices struct{ db *sql.DB }

func (p *Prices) Of(ctx context.Context, item string) (n int, err error) {
	err = p.db.QueryRowContext(ctx, "SELECT price FROM prices WHERE item = $1", item).Scan(&n)
	return n, err
}

func Total(ctx context.Context, p *Prices, items []string) (sum int, err error) {
	for _, item := range items {
		n, err := p.Of(ctx, item)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Silent are functions of other modules, functions that also have a variant with a context (see CL2032), calls through
interfaces, peers whose calls end by themselves by default, start-up code and one-shot commands, and the places at which
CL2031 is silent.`,
	References: []string{
		"https://go.dev/blog/context",
	},
}
