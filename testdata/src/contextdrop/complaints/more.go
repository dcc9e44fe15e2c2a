package complaints

import (
	"context"
	"io/fs"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// contextcheck#3: the context of the request in a deferred closure.
func (m *metadata) audited(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if err := m.refresh(r.Context(), "all"); err != nil {
			log.Print(err)
		}
	}()
	if err := m.byRequest(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

// contextcheck#7: the request carries the context.
func (m *metadata) byRequest(r *http.Request) error {
	return m.refresh(r.Context(), r.FormValue("name"))
}

// golangci-lint#2216: the function says that it does not use its context.
func (m *metadata) Reload(_ context.Context) error { return m.refresh(context.Background(), "all") }

func (m *metadata) reloads(ctx context.Context) error { return m.Reload(ctx) }

// contextcheck: functions that log or measure have nothing to cancel; noctx (dingo#802) asked for slog.InfoContext.
func note(ctx context.Context, names []string) {
	slog.Info("names", "count", len(names))
	slog.InfoContext(context.Background(), "names", "count", len(names))
}

// contextcheck: a deferred function that cleans up.
func (m *metadata) temporary(ctx context.Context) error {
	defer m.refresh(context.Background(), "temporary")
	return m.refresh(ctx, "temporary")
}

// contextcheck: Stop must also work when the context has ended.
func (m *metadata) Stop(ctx context.Context) error { return m.refresh(context.Background(), "stopped") }

// noctx#10: the request gets a context with one more value.
func labelled(r *http.Request, client *http.Client) error {
	req, err := http.NewRequest(http.MethodGet, "http://example.com", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req.WithContext(context.WithValue(r.Context(), tenant{}, "a")))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// noctx, of its version 0.2: to listen, to look up what needs no name server, to start.
func shell(ctx context.Context) error {
	cmd := exec.Command("sh")
	cmd.Stdin, cmd.Stdout = os.Stdin, os.Stdout
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Wait()
}

// fatcontext#8: the struct is copied for each round, and its context with it.
func copies(m *metadata, jobs []job) error {
	for _, j := range jobs {
		j.ctx = context.WithValue(j.ctx, tenant{}, j.name)
		if err := j.run(m); err != nil {
			return err
		}
	}
	return nil
}

// fatcontext#34: a function literal is no loop.
func wrapper(ctx context.Context, m *metadata) func(string) error {
	return func(name string) error {
		ctx := context.WithValue(ctx, tenant{}, name)
		return m.refresh(ctx, name)
	}
}

// fatcontext#43, moby: the variable gets a new root in each round, which has nothing from the round before.
func fresh(m *metadata, names []string) (err error) {
	var ctx context.Context
	for _, name := range names {
		ctx = context.Background()
		ctx = context.WithValue(ctx, tenant{}, name)
		err = m.refresh(ctx, name)
	}
	return err
}

// fatcontext, crossplane: as many contexts as there are functions.
func decorated(ctx context.Context, m *metadata, wrap []func(context.Context) context.Context) error {
	for _, w := range wrap {
		ctx = w(ctx)
	}
	return m.refresh(ctx, "all")
}

// fatcontext, grpc-go: a struct behind a pointer is given a context once for each round.
func each(ctx context.Context, m *metadata, jobs []*job) error {
	for _, j := range jobs {
		j.ctx = context.WithValue(ctx, tenant{}, j.name)
		if err := j.run(m); err != nil {
			return err
		}
	}
	return nil
}

// containedctx (osv-scalibr#395): an adapter for a callback without a context.
type walk struct {
	ctx context.Context
	m   *metadata
}

func (w *walk) visit(path string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	return w.m.refresh(w.ctx, path)
}

func tree(ctx context.Context, m *metadata) error {
	w := &walk{ctx, m}
	return filepath.WalkDir(".", w.visit)
}

// contextcheck: a wrapper of the project's own detaches, and gives what is detached its own time.
func detachedFor(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(detach(ctx), d)
}

// Only a failure cuts the requests to the other peers short: they do not end with the caller's, which has its quorum.
func fanOut(ctx context.Context, m *metadata, peers []string, quorum int) (err error) {
	own, cancel := detachedFor(ctx, time.Second)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	answers := make(chan error, len(peers))
	for _, peer := range peers {
		go func() { answers <- m.refresh(own, peer) }()
	}
	for range quorum {
		select {
		case <-own.Done():
			return own.Err()
		case err = <-answers:
		}
	}
	return err
}

// A chain of functions that each return the context for the next.
func chained(ctx context.Context, m *metadata, steps []func(context.Context, *metadata) (context.Context, error)) (context.Context, error) {
	var err error
	for _, step := range steps {
		if ctx, err = step(ctx, m); err != nil {
			return ctx, err
		}
	}
	return ctx, nil
}

// The database has a method with a context and one without; who has no context uses the one without.
func (m *metadata) Close() error {
	_, err := m.db.Exec("DELETE FROM sessions")
	return err
}

// Beside it: who has one is to pass it on.
func (m *metadata) purge(ctx context.Context) error {
	_, err := m.db.Exec("DELETE FROM artists") // want `ExecContext`
	return err
}
