// Package service handles requests and works in loops: what it does with a root context it does again and again.
package service

import (
	"context"
	"database/sql"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"contextdeadline/store"
)

type server struct {
	store *store.Store
	db    *sql.DB
}

func (s *server) query(w http.ResponseWriter, r *http.Request) {
	s.db.QueryRowContext(context.Background(), "SELECT 1") // want `s.db.QueryRowContext waits for the database, for ever if no answer comes: its context comes from context.Background\(\), which has no deadline, and \(\*server\).query runs it for each request; give it one with context.WithTimeout`
}

// One root is one finding, whatever is called with it.
func (s *server) twice(w http.ResponseWriter, r *http.Request) {
	ctx := context.TODO()
	s.db.PingContext(ctx) // want `s.db.PingContext waits for the database`
	s.db.QueryRowContext(ctx, "SELECT 1")
}

func (s *server) balance(w http.ResponseWriter, r *http.Request) {
	s.store.Balance(store.Fresh(), "me") // want `s.db.QueryRowContext waits for the database, for ever .* store.Fresh\(\)`
}

func (s *server) tagged(w http.ResponseWriter, r *http.Request) {
	s.store.Rename(store.Tagged(context.Background()), "me", "you") // want `s.db.ExecContext waits for the database, .* context.Background\(\)`
}

// The root is in the other package; the call that brings it is here.
func (s *server) purge(w http.ResponseWriter, r *http.Request) {
	s.store.Purge() // want `s.db.ExecContext waits for the database, .* context.Background\(\)`
}

// One call is one finding, whatever is behind it; and a root that it tells of is told.
func (s *server) replace(w http.ResponseWriter, r *http.Request) {
	s.store.Replace() // want `s.db.PrepareContext waits for the database, .* context.Background\(\)`
	s.store.Insert()
}

// Whichever of the two it is.
func (s *server) either(w http.ResponseWriter, r *http.Request) {
	ctx := context.Background()
	if r.Method == http.MethodPut {
		ctx = context.TODO()
	}
	s.db.PingContext(ctx) // want `s.db.PingContext waits for the database, .* context.Background\(\)`
}

func (s *server) kept(w http.ResponseWriter, r *http.Request) {
	s.helper()
}

func (s *server) helper() {
	s.store.Kept() // want `s.db.PingContext waits for the database`
}

func (s *server) bounded(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := store.Bounded(context.Background())
	defer cancel()
	s.store.Balance(ctx, "me")
	s.store.Quick(context.Background())
	s.store.Balance(store.Either(context.Background(), true), "me")
}

func (s *server) ofRequest(w http.ResponseWriter, r *http.Request) {
	s.store.Balance(r.Context(), "me")
	s.db.PingContext(r.Context())
}

// A handler that is a literal.
func (s *server) routes(mux *http.ServeMux) {
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.db.PingContext(context.Background()) // want `s.db.PingContext waits for the database, .* the function literal in \(\*server\).routes runs it for each request|s.db.PingContext waits for the database, .* \(\*server\).routes runs it for each request`
	})
}

// What is started for a request can pile up as well.
func (s *server) background(w http.ResponseWriter, r *http.Request) {
	go func() {
		s.db.PingContext(context.Background()) // want `s.db.PingContext waits for the database`
	}()
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		s.db.PingContext(ctx)
	}()
}

// A worker goes on with the next job only when the last is done.
func (s *server) work(jobs chan string) {
	for range jobs {
		s.store.Balance(context.TODO(), "all") // want `s.db.QueryRowContext waits for the database, .* each time round the loop`
	}
}

// Once, however long it takes.
func (s *server) start() error {
	return s.db.PingContext(context.Background())
}

// It goes round until it succeeds, once.
func (s *server) untilReady() {
	for {
		if err := s.db.PingContext(context.Background()); err == nil {
			break
		}
		time.Sleep(time.Second)
	}
}

// A list is no loop that works for ever.
func (s *server) list(ids []string) {
	for _, id := range ids {
		s.store.Balance(context.Background(), id)
	}
}

// What ends with the program ends.
func (s *server) consume(jobs chan string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	for id := range jobs {
		s.store.Balance(ctx, id)
	}
}

// Somebody else may cancel it.
func (s *server) cancellable(jobs chan string, keep func(context.CancelFunc)) {
	ctx, cancel := context.WithCancel(context.Background())
	keep(cancel)
	for id := range jobs {
		s.store.Balance(ctx, id)
	}
}

// A context that is nil for some is the caller's for the others.
func (s *server) orRoot(ctx context.Context) error {
	if ctx == nil {
		ctx = context.Background()
	}
	return s.db.PingContext(ctx)
}

// A parameter that only handlers give, with their own context.
func (s *server) health(w http.ResponseWriter, r *http.Request) {
	if err := s.orRoot(r.Context()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// The default client has no timeout; what its request's context is decides.
func (s *server) fetch(w http.ResponseWriter, r *http.Request) {
	get(context.Background(), "https://example.com/") // want `http.DefaultClient.Do waits for the response`
}

func get(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A client that may have a timeout is clientdeadline's business.
func (s *server) fetchWith(client *http.Client) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		req, _ := http.NewRequestWithContext(context.Background(), "GET", "https://example.com/", nil)
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
	}
}

func main() {
	s := new(server)
	s.start()
}
