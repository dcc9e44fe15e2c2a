package detachedgoroutine

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

const since = "0.1.0"

var cancelledContext = &rule.Rule{
	Code:     "CL1031",
	Name:     "detached-request-context",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "A goroutine that outlives its request works with the request's context",
		Text: `The context of a request is cancelled as soon as the handler returns: net/http, gRPC and Connect do it for every
request, also for one that succeeds. A goroutine that the handler starts and does not wait for then has its query, call
or message cut off with "context canceled", or not, depending on who is faster. On a developer's machine it nearly always
works; under load the audit records, mails and events are missing.

The rule looks at the contexts of ` + "`*http.Request`" + `, gin, echo, Connect and gRPC, and all that are derived from them, also by
WithTimeout. It reports a goroutine that nobody waits for and that passes such a context to a call which fails when the
context is cancelled.

Give the goroutine context.WithoutCancel(ctx), which keeps the values (trace, user) and drops the cancellation, with a
timeout of its own; or wait for the goroutine before the handler returns. ` + "`--unsafe-fixes`" + ` writes the first without the
timeout.`,
		Before: `
type shop struct{ db *sql.DB }

func (s *shop) placeOrder(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	go func() {
		_, err := s.db.ExecContext(r.Context(), "INSERT INTO audit (what) VALUES ($1)", "order "+id)
		if err != nil {
			log.Printf("audit: %v", err)
		}
	}()
	w.WriteHeader(http.StatusAccepted)
}
`,
		After: `
type shop struct{ db *sql.DB }

func (s *shop) placeOrder(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 5*time.Second)
		defer cancel()
		_, err := s.db.ExecContext(ctx, "INSERT INTO audit (what) VALUES ($1)", "order "+id)
		if err != nil {
			log.Printf("audit: %v", err)
		}
	}()
	w.WriteHeader(http.StatusAccepted)
}
`,
		Since:    since,
		Severity: lint.SeverityError,
	},
	Blind: `A goroutine that also waits for the context's Done, that loops until its own code ends it, or whose result the handler
waits for anywhere is taken to end with the request on purpose, and so is one of a handler that serves a connection in a loop. A context
that is only read (values, logs, traces) is no use. Contexts that go through a field of a long-lived struct or a
channel, and calls of function values, are not followed.`,
	References: []string{
		"https://pkg.go.dev/net/http#Request.Context",
		"https://pkg.go.dev/context#WithoutCancel",
		"https://github.com/mark3labs/mcp-go/issues/248",
	},
}

var lateWrite = &rule.Rule{
	Code:     "CL1032",
	Name:     "detached-response-write",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A goroutine uses the http.ResponseWriter after the handler may have returned",
		Text: `A ResponseWriter is valid until the handler returns. What a goroutine writes after that is lost, or is a data race with
the server, which finishes the response and reuses its buffers; with HTTP/2 it can panic.

The rule reports a goroutine that uses the response (also through a Flusher, an http.ResponseController, an encoder or a
compressor on it) where there is a way to a return of the handler that does not wait for it. A select that waits for the
goroutine or for the end of the context is such a way.

Write in the handler: let the goroutine send its result over a channel, and write what arrives. Or wait for the goroutine
on every way out.`,
		Before: `
func export(w http.ResponseWriter, r *http.Request) {
	month := r.FormValue("month")
	done := make(chan error, 1)
	go func() {
		done <- json.NewEncoder(w).Encode(report(month))
	}()
	select {
	case err := <-done:
		if err != nil {
			log.Printf("export: %v", err)
		}
	case <-time.After(5 * time.Second):
		http.Error(w, "the report takes too long", http.StatusGatewayTimeout)
	}
}

func report(month string) []string { return []string{month} }
`,
		After: `
func export(w http.ResponseWriter, r *http.Request) {
	month := r.FormValue("month")
	done := make(chan []string, 1)
	go func() {
		done <- report(month)
	}()
	select {
	case rows := <-done:
		if err := json.NewEncoder(w).Encode(rows); err != nil {
			log.Printf("export: %v", err)
		}
	case <-time.After(5 * time.Second):
		http.Error(w, "the report takes too long", http.StatusGatewayTimeout)
	}
}

func report(month string) []string { return []string{month} }
`,
		Since:    since,
		Severity: lint.SeverityError,
	},
	Blind: `Handlers that take the connection from the server (Hijack, websockets) are not looked at. Where the handler waits for
the goroutine somewhere, a way that depends on a flag is taken to be one on which there is no goroutine. Writers that are kept
in a long-lived struct are not followed.`,
	References: []string{
		"https://pkg.go.dev/net/http#ResponseWriter",
		"https://pkg.go.dev/net/http#Handler",
		"https://github.com/golang/go/issues/19959",
	},
}

var lateBody = &rule.Rule{
	Code:     "CL1033",
	Name:     "detached-body-read",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A goroutine reads the request's body after the handler may have returned",
		Text: `When the handler returns, the server closes the request's body. A goroutine that still reads from it gets
"http: invalid Read on closed Body", and with HTTP/1 it can race with the server, which reads the rest of the body to reuse
the connection. ParseForm, FormValue and FormFile read the body too, unless the form was parsed before.

Read, or parse, in the handler, and give the goroutine what was read; or wait for the goroutine.`,
		Before: `
func ingest(w http.ResponseWriter, r *http.Request) {
	go func() {
		var event map[string]any
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
			log.Printf("event: %v", err)
			return
		}
		log.Println("event", event["id"])
	}()
	w.WriteHeader(http.StatusAccepted)
}
`,
		After: `
func ingest(w http.ResponseWriter, r *http.Request) {
	var event map[string]any
	if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	go func() {
		log.Println("event", event["id"])
	}()
	w.WriteHeader(http.StatusAccepted)
}
`,
		Since:    since,
		Severity: lint.SeverityError,
	},
	Blind: `A goroutine that feeds a pipe whose other end the handler passes on is taken to end with it. What a function outside the module
reads of a request that it gets is not known.`,
	References: []string{
		"https://pkg.go.dev/net/http#Request",
		"https://pkg.go.dev/net/http#ErrBodyReadAfterClose",
		"https://github.com/gin-gonic/gin/issues/2575",
	},
}
