// Package siblings calls variants without a context.
package siblings

import (
	"context"
	"database/sql"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/remote"
	"google.golang.org/grpc"
	"gorm.io/gorm"
)

func query(ctx context.Context, db *sql.DB) error {
	rows, err := db.Query("SELECT 1") // want `db.Query cannot be cancelled although ctx is at hand: .*; call QueryContext with ctx`
	if err != nil {
		return err
	}
	defer rows.Close()
	return rows.Err()
}

func begin(ctx context.Context, db *sql.DB) error {
	tx, err := db.Begin() // want `call BeginTx with ctx`
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec("DELETE FROM t"); err != nil { // want `call ExecContext with ctx`
		return err
	}
	return tx.Commit()
}

// The one who began the transaction may have given it a context, which ends it between statements.
func within(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.Exec("DELETE FROM t")
	return err
}

func statement(ctx context.Context, tx *sql.Tx) error {
	stmt, err := tx.Prepare("DELETE FROM t WHERE id = $1")
	if err != nil {
		return err
	}
	_, err = stmt.Exec(1)
	return err
}

func request(r *http.Request, client *http.Client) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, "http://prices.example.com", nil) // want `call NewRequestWithContext with r.Context\(\)`
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

func laterContext(ctx context.Context, client *http.Client) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, "http://prices.example.com", nil)
	if err != nil {
		return nil, err
	}
	return client.Do(req.WithContext(ctx))
}

type sender struct{}

func (sender) Do(ctx context.Context, req *http.Request) error { return nil }

func sentWith(ctx context.Context, s sender) error {
	req, err := http.NewRequest(http.MethodGet, "http://prices.example.com", nil)
	if err != nil {
		return err
	}
	return s.Do(ctx, req)
}

func run(ctx context.Context) ([]byte, error) {
	return exec.Command("git", "status").Output() // want `exec.Command cannot be cancelled although ctx is at hand: .*; call CommandContext with ctx`
}

func command(ctx context.Context, dir string) *exec.Cmd {
	cmd := exec.Command("git", "status") // want `call CommandContext with ctx`
	cmd.Dir = dir
	return cmd
}

// A child that is started is ended by the program itself.
func child(ctx context.Context) error {
	cmd := exec.Command("worker")
	if err := cmd.Start(); err != nil {
		return err
	}
	<-ctx.Done()
	return cmd.Process.Kill()
}

func dialer(ctx context.Context, d *net.Dialer) (net.Conn, error) {
	return d.Dial("tcp", "example.com:80") // want `call DialContext with ctx`
}

// An own type.
type cache struct{}

func (cache) Get(key string) (string, error)                                 { return "", nil }
func (cache) GetWithContext(ctx context.Context, key string) (string, error) { return "", nil }

func get(ctx context.Context, c cache) (string, error) {
	return c.Get("a") // want `call GetWithContext with ctx`
}

// The variant with the context may be made of the one without.
func (cache) Put(key string) error { return nil }
func (c cache) PutContext(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.Put(key)
}

// More options at the end do not make it another function.
type service struct{}

func (service) Head(key string) error                                                 { return nil }
func (service) HeadWithContext(ctx context.Context, key string, opts ...func()) error { return nil }

func head(ctx context.Context, s service) error {
	return s.Head("a") // want `call HeadWithContext with ctx`
}

// Other arguments, or other results, do.
type conn struct{}

func (conn) Request(subject string, timeout time.Duration) error          { return nil }
func (conn) RequestWithContext(ctx context.Context, subject string) error { return nil }
func (conn) Watch(key string) error                                       { return nil }
func (conn) WatchContext(ctx context.Context, key string) (func(), error) { return nil, nil }
func (conn) Info(msg string)                                              {}
func (conn) InfoContext(ctx context.Context, msg string)                  {}

func others(ctx context.Context, c conn, l *slog.Logger) error {
	c.Info("nothing to cancel")
	l.Info("nothing to cancel")
	if err := c.Request("a", time.Second); err != nil {
		return err
	}
	return c.Watch("a")
}

// Options.
func image(ctx context.Context) error {
	_, err := remote.Get("ref", remote.WithUserAgent("x")) // want `remote.Get cannot be cancelled although ctx is at hand: .*; pass remote.WithContext\(ctx\)`
	return err
}

func imageWith(ctx context.Context) error {
	_, err := remote.Get("ref", remote.WithUserAgent("x"), remote.WithContext(ctx))
	return err
}

func imageOptions(ctx context.Context, options ...remote.Option) error {
	_, err := remote.Get("ref", options...)
	return err
}

// Sessions.
type repo struct {
	db    *gorm.DB
	bound *gorm.DB
}

func newRepo(ctx context.Context, db *gorm.DB) *repo {
	return &repo{db: db, bound: db.WithContext(ctx)}
}

func (r *repo) list(ctx context.Context) (all []string, err error) {
	return all, r.db.Where("a = 1").Find(&all).Error // want `cannot be cancelled although ctx is at hand: .*; call WithContext\(ctx\) before`
}

func (r *repo) listWith(ctx context.Context) (all []string, err error) {
	return all, r.db.WithContext(ctx).Where("a = 1").Find(&all).Error
}

func (r *repo) listBound(ctx context.Context) (all []string, err error) {
	return all, r.bound.Find(&all).Error
}

func listGiven(ctx context.Context, db *gorm.DB) (all []string, err error) {
	return all, db.Find(&all).Error
}

// Neither of the two waits.
func lazily(ctx context.Context) (*grpc.ClientConn, error) { return grpc.Dial("example.com:80") }

// Detached.
func afterwards(ctx context.Context, db *sql.DB) {
	go func() { db.Exec("DELETE FROM t") }()
	defer db.Exec("DELETE FROM t")
	<-ctx.Done()
	db.Exec("DELETE FROM t")
}

// No context at hand.
func Nothing(db *sql.DB) error {
	_, err := db.Exec("DELETE FROM t")
	return err
}

// To make an object is not yet work.
type blobs struct{ open func(string) error }

func newBlobs(dir string) (*blobs, error)                                 { return nil, nil }
func newBlobsWithContext(ctx context.Context, dir string) (*blobs, error) { return nil, nil }

func made(ctx context.Context) (*blobs, error) { return newBlobs("/tmp") }

type images struct{ dir string }

func (*images) Push(ctx context.Context, name string) error { return nil }

func newImages(dir string) (*images, error)                                 { return nil, nil }
func newImagesWithContext(ctx context.Context, dir string) (*images, error) { return nil, nil }

func pushed(ctx context.Context) error {
	s, err := newImages("/tmp")
	if err != nil {
		return err
	}
	return s.Push(ctx, "a")
}

// A handler must take the request, so that its parameter has no name does not say that its context is not wanted.
func health(db *sql.DB) map[string]func(*http.Request) error {
	return map[string]func(*http.Request) error{
		"database": func(_ *http.Request) error {
			return db.Ping() // want `db.Ping cannot be cancelled although the request's context is at hand: .*; call PingContext with the request's context`
		},
		"replica": func(*http.Request) error {
			return db.Ping() // want `the request's context is at hand`
		},
		"local": func(*http.Request) error { return nil },
	}
}

// Nor does it where the work goes on.
func audit(db *sql.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		go db.Ping()
		w.WriteHeader(http.StatusAccepted)
	}
}
