package lostwait

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

var shutdown = &rule.Rule{
	Code:     "CL2041",
	Name:     "shutdown-without-deadline",
	Analyzer: Name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Server shutdown without a deadline",
		Text: `Shutdown of an http.Server, and of the servers and frameworks around it, closes the listeners and then waits until
every request in flight has ended. With a context that has no deadline it waits for as long as the slowest client likes: a
long poll, a stream, a download that somebody has paused. Everything that comes after it, closing the database, flushing
the traces, is not done when Kubernetes kills the pod at the end of its grace period.

Give Shutdown a context with a deadline that is shorter than the grace period, and close what is left by Close.`,
		Before: `
func stop(server *http.Server, db *sql.DB) error {
	if err := server.Shutdown(context.Background()); err != nil {
		return err
	}
	return db.Close()
}
`,
		After: `
func stop(server *http.Server, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		server.Close()
	}
	return db.Close()
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Contexts that come from a parameter, from another package, or that something may cancel. A server that is also closed by
force in the same function, or a goroutine whose end is waited for with a timer, is bounded.`,
	References: []string{
		"https://pkg.go.dev/net/http#Server.Shutdown",
		"https://github.com/dexidp/dex/pull/1963",
	},
}

var gracefulStop = &rule.Rule{
	Code:     "CL2042",
	Name:     "graceful-stop-without-fallback",
	Analyzer: Name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "GracefulStop of a gRPC server with nothing to end it",
		Text: `GracefulStop blocks until all calls have ended, and takes no context. Streams are calls: a client that watches the
health of the server, or reads events from it, keeps its stream open until it leaves. The server then never stops, and the
process lives until it is killed.

Call GracefulStop in a goroutine, wait for it in a select with a timer, and call Stop when the timer fires.`,
		Before: `
type Service struct{ grpc *grpc.Server }

func (s *Service) Close() error {
	s.grpc.GracefulStop()
	return nil
}
`,
		After: `
type Service struct{ grpc *grpc.Server }

func (s *Service) Close() error {
	timer := time.AfterFunc(20*time.Second, s.grpc.Stop)
	defer timer.Stop()
	s.grpc.GracefulStop()
	return nil
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `A server that is stopped by force anywhere in the same function, or in the package where it is kept in the same field,
counts as bounded; so does a function that a library is given to run.`,
	References: []string{
		"https://pkg.go.dev/google.golang.org/grpc#Server.GracefulStop",
		"https://github.com/go-kratos/kratos/pull/3525",
		"https://github.com/etcd-io/etcd/blob/v3.7.3/server/embed/etcd.go#L505",
	},
}

var lostWork = &rule.Rule{
	Code:     "CL2043",
	Name:     "wait-for-unbounded-work",
	Analyzer: Name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Handler or Close that waits for work which nothing bounds",
		Text: `Wait of a sync.WaitGroup or an errgroup.Group knows no context. When one of the goroutines that it waits for makes a
query, or runs a command, without a context, that goroutine ends when the peer answers. A handler that waits for it keeps
its goroutine and its connection long after the client has left; a Shutdown or Close that was given a context does not
heed it. The same goes for a receive from a channel on which only such goroutines send, or which they close at their end.

Give the context at hand to the work, so that it ends with it, or receive in a select, with the context's Done beside the
channel.`,
		Before: `
func totals(db *sql.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var wg sync.WaitGroup
		for _, table := range []string{"orders", "refunds"} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := db.Exec("VACUUM " + table); err != nil {
					log.Print(err)
				}
			}()
		}
		wg.Wait()
		w.WriteHeader(http.StatusNoContent)
	}
}
`,
		After: `
func totals(db *sql.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var wg sync.WaitGroup
		for _, table := range []string{"orders", "refunds"} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := db.ExecContext(r.Context(), "VACUUM "+table); err != nil {
					log.Print(err)
				}
			}()
		}
		wg.Wait()
		w.WriteHeader(http.StatusNoContent)
	}
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Work that is not seen in the package, calls through interfaces, and channels that go elsewhere. Contexts without a deadline are contextdeadline's
matter, HTTP clients and dials clientdeadline's.`,
	References: []string{"https://pkg.go.dev/golang.org/x/sync/errgroup#WithContext"},
}
