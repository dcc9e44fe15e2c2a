// Package roots passes new contexts where one is at hand, and where that is right.
package roots

import (
	"context"
	"database/sql"
	"log/slog"
	"net"
	"net/http"
	"time"

	"contextdrop/parts"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

type store struct{ db *sql.DB }

func (s *store) count(ctx context.Context) (n int, err error) {
	err = s.db.QueryRowContext(context.Background(), "SELECT 1").Scan(&n) // want `s.db.QueryRowContext is called with context.Background\(\) although ctx is at hand`
	return n, err
}

func (s *store) todo(ctx context.Context) error {
	_, err := s.db.ExecContext(context.TODO(), "DELETE FROM t") // want `context.TODO\(\) although ctx is at hand`
	return err
}

func (s *store) handle(w http.ResponseWriter, r *http.Request) {
	if _, err := s.db.ExecContext(context.Background(), "DELETE FROM t"); err != nil { // want `although r.Context\(\) is at hand`
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (s *store) gin(c *gin.Context) {
	s.db.ExecContext(context.Background(), "DELETE FROM t") // want `although c.Request.Context\(\) is at hand`
}

func (s *store) stream(str grpc.ServerStream) error {
	_, err := s.db.ExecContext(context.Background(), "DELETE FROM t") // want `although str.Context\(\) is at hand`
	return err
}

type module struct{ context.Context }

func (s *store) provision(m module) error {
	_, err := s.db.ExecContext(context.Background(), "DELETE FROM t") // want `although m is at hand`
	return err
}

// The closure's own context, as of a mapping function that a builder returns.
func (s *store) mapper() func(context.Context, string) error {
	return func(ctx context.Context, name string) error {
		_, err := s.db.ExecContext(context.Background(), "DELETE FROM t WHERE name = $1", name) // want `although ctx is at hand`
		return err
	}
}

// Wrappers that only add values.

type key struct{}

func (s *store) valued(ctx context.Context) error {
	bg := context.WithValue(context.Background(), key{}, 1) // want `although ctx is at hand`
	_, err := s.db.ExecContext(bg, "DELETE FROM t")
	return err
}

func tagged() context.Context { return context.WithValue(context.Background(), key{}, 1) }

func (s *store) helped(ctx context.Context) error {
	_, err := s.db.ExecContext(tagged(), "DELETE FROM t") // want `s.db.ExecContext is called with tagged\(\) although ctx is at hand`
	return err
}

func (s *store) cancelledAtEnd(ctx context.Context) error {
	own, cancel := context.WithCancel(context.Background()) // want `although ctx is at hand`
	defer cancel()
	_, err := s.db.ExecContext(own, "DELETE FROM t")
	return err
}

func (s *store) variable(ctx context.Context) error {
	bg := context.Background() // want `although ctx is at hand`
	run := func() error {
		_, err := s.db.ExecContext(bg, "DELETE FROM t")
		return err
	}
	return run()
}

// Functions of the package and of others.

func (s *store) inner(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, "DELETE FROM t")
	return err
}

func (s *store) through(ctx context.Context) error {
	return s.inner(context.Background()) // want `s.inner is called with context.Background\(\) although ctx is at hand`
}

func across(ctx context.Context, url string) error {
	if _, err := parts.Label(context.Background()); err != nil { // only reads a value
		return err
	}
	if err := parts.Start(context.Background(), url); err != nil { // starts work that goes on
		return err
	}
	return parts.Fetch(context.Background(), url) // want `parts.Fetch is called with context.Background\(\) although ctx is at hand`
}

type cmd struct {
	ctx  context.Context
	args []any
}

func newCmd(ctx context.Context, args ...any) *cmd { return &cmd{ctx, args} }

type process func(context.Context, *cmd) error

// What it makes belongs to the work of ctx.
func (p process) slowlog(ctx context.Context) *cmd {
	c := newCmd(context.Background(), "slowlog", "get") // want `newCmd is called with context.Background\(\) although ctx is at hand`
	_ = p(ctx, c)
	return c
}

// Nobody else gets ctx: it may be kept for later.
func later(ctx context.Context) *cmd { return newCmd(context.Background(), "later") }

// Silent: logs, and what only reads values.
func logs(ctx context.Context, l *slog.Logger) {
	l.InfoContext(context.Background(), "started")
	slog.Log(context.Background(), slog.LevelInfo, "started")
}

func note(ctx context.Context, what string) { slog.InfoContext(ctx, what) }

func logsThrough(ctx context.Context) { note(context.Background(), "started") }

// Silent: a bound of its own.
func (s *store) audit(ctx context.Context) error {
	own, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := s.db.ExecContext(own, "INSERT INTO audit VALUES (1)")
	return err
}

// Silent: detached on purpose.
func (s *store) detached(ctx context.Context) error {
	_, err := s.db.ExecContext(context.WithoutCancel(ctx), "INSERT INTO audit VALUES (1)")
	return err
}

func (s *store) copied(ctx context.Context) error {
	own := context.WithValue(context.Background(), key{}, ctx.Value(key{}))
	_, err := s.db.ExecContext(own, "INSERT INTO audit VALUES (1)")
	return err
}

// Silent: goroutines.
func (s *store) refresh(ctx context.Context) {
	go func() {
		s.db.ExecContext(context.Background(), "UPDATE t SET fresh = 1")
	}()
	go s.inner(context.Background())
}

func (s *store) group(ctx context.Context) error {
	var g errgroup.Group
	g.Go(func() error { return s.inner(context.Background()) })
	return g.Wait()
}

// Silent: after the end, in cleanup.
func (s *store) run(ctx context.Context) error {
	defer s.inner(context.Background())
	defer func() { s.inner(context.Background()) }()
	<-ctx.Done()
	return s.inner(context.Background())
}

func (s *store) failed(ctx context.Context) error {
	if err := s.inner(ctx); err != nil {
		s.inner(context.Background())
		return err
	}
	return nil
}

func (s *store) Close(ctx context.Context) error { return s.inner(context.Background()) }

// Silent: it has another way to be cancelled, or is kept.
type server struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newServer(ctx context.Context) *server {
	own, cancel := context.WithCancel(context.Background())
	return &server{own, cancel}
}

// Silent: a default.
func (s *store) optional(ctx context.Context) error {
	if ctx == nil {
		ctx = context.Background()
	}
	_, err := s.db.ExecContext(ctx, "DELETE FROM t")
	return err
}

// Silent: no context at hand.
func (s *store) unnamed(_ context.Context) error {
	_, err := s.db.ExecContext(context.Background(), "DELETE FROM t")
	return err
}

func (s *store) Without() error {
	_, err := s.db.ExecContext(context.Background(), "DELETE FROM t")
	return err
}

// Silent: a closure that is kept to run later.
type informer struct{ list func() error }

func (s *store) informer(ctx context.Context) *informer {
	return &informer{list: func() error { return s.inner(context.Background()) }}
}

// Silent: it makes a client that outlives the call.
type client struct{ conn net.Conn }

func (c *client) connect(ctx context.Context, addr string) (err error) {
	var d net.Dialer
	c.conn, err = d.DialContext(context.Background(), "tcp", addr)
	return err
}

// Silent: the function asks once and does not wait.
type barrier struct{ done chan struct{} }

func (b *barrier) lift(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	close(b.done)
	return nil
}

func lifted(ctx context.Context, b *barrier) error { return b.lift(context.TODO()) }

func polls(ctx context.Context, ready func() bool) error {
	for !ready() {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func polled(ctx context.Context, ready func() bool) error {
	return polls(context.TODO(), ready) // want `polls is called with context.TODO\(\) although ctx is at hand`
}

// Silent: all batches are to be begun, and each of them ends with ctx.
func inBatches(ctx context.Context, do func(int) error) error {
	for i := range 3 {
		if ctx.Done() == nil {
			continue
		}
		if err := do(i); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) batches(ctx context.Context) error {
	return inBatches(context.Background(), func(int) error { return s.inner(ctx) })
}

// The literal does not know of ctx.
func (s *store) blindBatches(ctx context.Context) error {
	return inBatches(context.Background(), func(int) error { return nil }) // want `inBatches is called with context.Background\(\) although ctx is at hand`
}
