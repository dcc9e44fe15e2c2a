package contextdrop

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

var rootInHelper = &rule.Rule{
	Code:     "CL2034",
	Name:     "context-lost-in-helper",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A helper makes a context although all of its callers have one",
		Text: `An unexported function takes no context and makes one with context.Background, or a request with http.NewRequest, or
calls a variant without a context, such as (*sql.DB).Exec or exec.Command, although a context is at hand at every call of it.
The way of the context breaks off at the helper: when the caller gives up, what the helper does goes on.

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
	Blind: `The callers must all be in the package, and be known: functions that are exported (see CL2035), used as values or called
through an interface are silent, and so are those that one caller starts in a goroutine or defers. What is called must be
known to ask outside: of an interface, what the package implements it with counts.`,
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
interfaces, peers whose calls end by themselves by default, constructors of objects, start-up code and one-shot commands, and the
places at which CL2031 is silent. At most three functions may lie between the call and the place where the context is made.`,
	References: []string{
		"https://go.dev/blog/context",
	},
}

var outerContext = &rule.Rule{
	Code:     "CL2036",
	Name:     "outer-context-used",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A function literal does not use the context that it gets, but that of the function around it",
		Text: `The literal has a context as a parameter: whoever calls it says by that when its work is to end, and hands values on, a
transaction or a lease for instance. It passes a context of the function around it to what it calls. When its own context
ends, because a try has timed out, another one has failed or a lease is lost, the call goes on.

Pass the literal's own context.`,
		Before: `
func inTransaction(ctx context.Context, db *sql.DB, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return do(ctx)
}

func rename(ctx context.Context, db *sql.DB, id int, name string) error {
	return inTransaction(ctx, db, func(tx context.Context) error {
		_, err := db.ExecContext(ctx, "UPDATE users SET name = $1 WHERE id = $2", name, id)
		return err
	})
}
`,
		After: `
func inTransaction(ctx context.Context, db *sql.DB, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return do(ctx)
}

func rename(ctx context.Context, db *sql.DB, id int, name string) error {
	return inTransaction(ctx, db, func(tx context.Context) error {
		_, err := db.ExecContext(tx, "UPDATE users SET name = $1 WHERE id = $2", name, id)
		return err
	})
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Silent are literals that use their own context for anything, or watch or set the other one, contexts with values that
were added around the literal, work that is started or kept for longer than the call, and the places at which CL2031 is
silent.`,
	References: []string{
		"https://github.com/kyverno/kyverno/pull/14984",
	},
}
