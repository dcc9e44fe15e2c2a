// Package complaints has what users of noctx, contextcheck, fatcontext and containedctx reported as false, and what their
// authors or others wrote //nolint beside. All of it is silent.
package complaints

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"os/exec"
	"time"
)

// noctx: a dial with a timeout is bounded.
func dial(ctx context.Context, addr string) (net.Conn, error) {
	return net.DialTimeout("tcp", addr, time.Second)
}

// noctx: there is no context at hand. In terraform 12 such reports remain beside the bug that was mended.
func Version() ([]byte, error) { return exec.Command("git", "--version").Output() }

func Migrate(db *sql.DB) error {
	_, err := db.Exec("CREATE TABLE t (id int)")
	return err
}

func Probe(url string) (*http.Request, error) { return http.NewRequest(http.MethodGet, url, nil) }

// noctx: a child whose end the program sees to itself; CommandContext would kill it.
func dex(ctx context.Context) (*exec.Cmd, error) {
	cmd := exec.Command("dex", "serve")
	return cmd, cmd.Start()
}

// noctx: to listen does not wait.
func listen(ctx context.Context) (net.Listener, error) { return net.Listen("tcp", ":0") }

// contextcheck, G118: the refresh goes on after the request.
type metadata struct{ db *sql.DB }

func (m *metadata) refresh(ctx context.Context, artist string) error {
	_, err := m.db.ExecContext(ctx, "UPDATE artists SET fresh = true WHERE name = $1", artist)
	return err
}

func (m *metadata) artist(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	go func() {
		if err := m.refresh(context.Background(), name); err != nil {
			println(err.Error())
		}
	}()
}

// contextcheck: the lease is given back after the election's context has ended.
type elector struct{ db *sql.DB }

func (e *elector) renew(ctx context.Context) { <-ctx.Done() }

func (e *elector) Run(ctx context.Context) {
	e.renew(ctx)
	<-ctx.Done()
	e.release()
}

func (e *elector) release() bool {
	ctx := context.Background()
	own, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := e.db.ExecContext(own, "DELETE FROM leases")
	return err == nil
}

// contextcheck: Shutdown must not be given the context whose end it follows.
func serve(ctx context.Context, srv *http.Server) error {
	go func() {
		<-ctx.Done()
		own, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		srv.Shutdown(own)
	}()
	return srv.ListenAndServe()
}

// contextcheck: the values are copied, the cancellation is not meant.
type tenant struct{}

func detach(ctx context.Context) context.Context {
	return context.WithValue(context.Background(), tenant{}, ctx.Value(tenant{}))
}

func upload(ctx context.Context, m *metadata) error { return m.refresh(detach(ctx), "all") }

// fatcontext: a new context in each round, from no other.
func rounds(ctx context.Context, m *metadata, names []string) {
	for _, name := range names {
		own, cancel := context.WithTimeout(context.Background(), time.Second)
		m.refresh(own, name)
		cancel()
	}
}

// containedctx: a context in a struct is no harm by itself.
type job struct {
	ctx  context.Context
	name string
}

func (j job) run(m *metadata) error { return m.refresh(j.ctx, j.name) }

// openfga: cancelling a query closes its connection, so the calls of the database are detached.
func (m *metadata) detachedQuery(ctx context.Context) error {
	return m.refresh(context.WithoutCancel(ctx), "all")
}

// contextcheck: a listener that is called later, when the context may have ended.
type watcher struct{ onEvent func(string) }

func (m *metadata) watch(ctx context.Context, w *watcher) {
	w.onEvent = func(name string) { m.refresh(context.Background(), name) }
}
