// Command complaints has calls whose contexts are bounded by something that other linters do not see, or must not be bounded,
// beside some that are not.
package main

import (
	"context"
	"database/sql"
	"net/http"
	"os"
	"os/signal"
	"time"
)

type metadata struct{ db *sql.DB }

func (m *metadata) refresh(ctx context.Context, artist string) error {
	_, err := m.db.ExecContext(ctx, "UPDATE artists SET fresh = true WHERE name = $1", artist)
	return err
}

// The context of a request has no deadline, and needs none: it ends when the client leaves.
func (m *metadata) artist(w http.ResponseWriter, r *http.Request) {
	m.refresh(r.Context(), r.FormValue("name"))
}

// The refresh goes on after the request, for as long as its own time.
func (m *metadata) later(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
		defer cancel()
		m.refresh(ctx, name)
	}()
}

// The same without an end piles up when the database does not answer.
func (m *metadata) laterForever(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	go func() {
		m.refresh(context.Background(), name) // want `m.db.ExecContext waits for the database`
	}()
}

// A wrapper that gives both the context and its cancel function gives the deadline, too.
type timeouts struct{ write time.Duration }

func (t timeouts) withWrite(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, t.write)
}

func (m *metadata) wrapped(t timeouts, jobs <-chan string) {
	for name := range jobs {
		ctx, cancel := t.withWrite(context.Background())
		m.refresh(ctx, name)
		cancel()
	}
}

// The lease is given back when the context has ended.
func (m *metadata) hold(ctx context.Context, every time.Duration) {
	for {
		select {
		case <-ctx.Done():
			own, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			m.refresh(own, "released")
			return
		case <-time.After(every):
			m.refresh(ctx, "held")
		}
	}
}

// Only a failure cuts a fan-out short; the others end with the timeout.
func (m *metadata) fanOut(names []string, quorum int) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	answers := make(chan error, len(names))
	for _, name := range names {
		go func() { answers <- m.refresh(ctx, name) }()
	}
	for range quorum {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err = <-answers:
		}
	}
	return err
}

// What ends with the program ends.
func (m *metadata) program() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return m.refresh(ctx, "all")
}

// A chain of functions over the context of the caller, as many as there are.
func (m *metadata) chain(ctx context.Context, steps []func(context.Context) (context.Context, error)) (err error) {
	for _, step := range steps {
		if ctx, err = step(ctx); err != nil {
			return err
		}
	}
	return m.refresh(ctx, "all")
}

func main() {
	m := new(metadata)
	mux := http.NewServeMux()
	mux.HandleFunc("/artist", m.artist)
	mux.HandleFunc("/later", m.later)
	mux.HandleFunc("/forever", m.laterForever)
	http.ListenAndServe("localhost:80", mux)
}
