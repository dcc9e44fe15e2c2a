// Package retries waits between rounds.
package retries

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"net/http"
	"time"
)

func poll(ctx context.Context, ready func() bool) error {
	for !ready() {
		time.Sleep(time.Second) // want `time.Sleep\(time.Second\) delays each round of a loop that does not notice the end of ctx`
	}
	return nil
}

func handler(w http.ResponseWriter, r *http.Request) {
	for i := 0; i < 10; i++ {
		if ok(i) {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		time.Sleep(500 * time.Millisecond) // want `does not notice the end of r.Context\(\)`
	}
}

func ok(int) bool { return false }

// The call fails at once when ctx has ended, and the loop sleeps through all tries.
func retried(ctx context.Context, db *sql.DB) error {
	var err error
	for i := 0; i < 5; i++ {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		log.Print(err)
		time.Sleep(time.Duration(i) * time.Second) // want `does not notice the end of ctx`
	}
	return err
}

// A failure leaves the loop.
func failing(ctx context.Context, db *sql.DB, id int) error {
	for {
		var done bool
		if err := db.QueryRowContext(ctx, "SELECT done FROM jobs WHERE id = $1", id).Scan(&done); err != nil {
			return err
		}
		if done {
			return nil
		}
		time.Sleep(time.Second)
	}
}

// Which errors are worth another try is decided elsewhere.
func classified(ctx context.Context, db *sql.DB) error {
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		if !temporary(err) {
			return err
		}
		time.Sleep(time.Second)
	}
}

func temporary(err error) bool { return errors.Is(err, sql.ErrConnDone) }

func asked(ctx context.Context, db *sql.DB) error {
	for ctx.Err() == nil {
		if db.Ping() == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return ctx.Err()
}

func byKind(ctx context.Context, db *sql.DB) error {
	for {
		err := db.PingContext(ctx)
		if err == nil || errors.Is(err, context.Canceled) {
			return err
		}
		time.Sleep(time.Second)
	}
}

func selected(ctx context.Context, db *sql.DB) error {
	for db.Ping() != nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return nil
}

func timers(ctx context.Context, ready func() bool) {
	timer := time.NewTimer(time.Second)
	for !ready() {
		<-timer.C // want `the wait for the timer delays each round`
		timer.Reset(time.Second)
	}
	for !ready() {
		select {
		case <-time.After(time.Second): // want `the wait for time.After delays each round`
		}
	}
}

// The loop can be stopped in another way.
func stoppable(ctx context.Context, stop <-chan struct{}, ready func() bool) {
	for !ready() {
		select {
		case <-stop:
			return
		default:
		}
		time.Sleep(time.Second)
	}
}

func short(ctx context.Context, ready func() bool) {
	for !ready() {
		time.Sleep(10 * time.Millisecond)
	}
}

// It has slept for a second when it gives up.
func few(ctx context.Context, ready func() bool) {
	for range 5 {
		if ready() {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func blank(_ context.Context, ready func() bool) {
	for !ready() {
		time.Sleep(time.Second)
	}
}

// A function that does not know a context cannot heed it.
func without(ready func() bool) {
	for !ready() {
		time.Sleep(time.Second)
	}
}

func once(ctx context.Context) { time.Sleep(time.Second) }

// The literal captures the context, and returns its end.
func literal(ctx context.Context, db *sql.DB) error {
	try := func() error { return db.PingContext(ctx) }
	for {
		if err := try(); err != nil {
			return err
		}
		time.Sleep(time.Second)
	}
}

func cleanup(ctx context.Context, gone func() bool) {
	<-ctx.Done()
	for !gone() {
		time.Sleep(time.Second)
	}
}

func results(ctx context.Context, ready func() bool) (int, string, *sql.DB, error) {
	for !ready() {
		time.Sleep(time.Second) // want `does not notice the end of ctx`
	}
	return 1, "", nil, nil
}

type watcher struct{ quit chan struct{} }

func (w *watcher) stopped() bool {
	select {
	case <-w.quit:
		return true
	default:
		return false
	}
}

func (w *watcher) run(ctx context.Context, work func()) {
	for !w.stopped() {
		work()
		time.Sleep(time.Second)
	}
}

type loader interface {
	Load(ctx context.Context, id string) ([]byte, error)
}

func again(ctx context.Context, l loader, id string) (data []byte, err error) {
	for tries := 0; tries < 5; tries++ {
		data, err = l.Load(ctx, id) // want `l.Load is tried again after any failure, also when ctx has ended`
		if err == nil {
			return data, nil
		}
		if code, ok := codeOf(err); !ok || code >= 500 {
			log.Print(err)
			continue
		}
		return nil, err
	}
	return nil, err
}

func codeOf(err error) (int, bool) { return 0, false }

// Each round asks for something else.
func next(ctx context.Context, l loader, ids []string) ([]byte, error) {
	for _, id := range ids {
		if data, err := l.Load(ctx, id); err == nil {
			return data, nil
		}
	}
	return nil, errors.New("none")
}

// Only a kind of failure is worth another try.
func conflicts(ctx context.Context, l loader, id string) ([]byte, error) {
	for {
		data, err := l.Load(ctx, id)
		if errors.Is(err, sql.ErrTxDone) {
			continue
		}
		return data, err
	}
}

func noticed(ctx context.Context, l loader, id string) (data []byte, err error) {
	for tries := 0; tries < 5 && ctx.Err() == nil; tries++ {
		if data, err = l.Load(ctx, id); err == nil {
			return data, nil
		}
	}
	return nil, err
}

type member struct {
	closed chan struct{}
	db     *sql.DB
}

func (m *member) rejoin(ctx context.Context, tries int) error {
	select { // want `the wait for time.After delays each try of \(\*member\).rejoin, which is called again after a failure and does not notice the end of ctx`
	case <-m.closed:
		return errors.New("closed")
	case <-time.After(2 * time.Second):
	}
	return m.join(ctx, tries-1)
}

func (m *member) join(ctx context.Context, tries int) error {
	if err := m.db.PingContext(ctx); err != nil && tries > 0 {
		return m.rejoin(ctx, tries)
	}
	return nil
}

func (m *member) heed(ctx context.Context, tries int) error {
	if err := m.db.PingContext(ctx); err == nil || tries <= 0 {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * time.Second):
	}
	return m.heed(ctx, tries-1)
}

type logger interface{ Log(values ...any) error }

func with(ctx context.Context, l logger) logger { return l }

// What a logger returns leaves no loop, though it knows the context.
func logged(ctx context.Context, l loader, log logger, id string) (data []byte, err error) {
	tries := 0
	defer func() { log.Log("tries", tries) }()
	for ; tries < 5; tries++ {
		data, err := l.Load(ctx, id) // want `l.Load is tried again after any failure, also when ctx has ended`
		if err == nil {
			return data, nil
		}
		with(ctx, log).Log("try", tries, "err", err)
	}
	return nil, errors.New("too often")
}

// A write to a client that has left fails.
func stream(w http.ResponseWriter, r *http.Request) {
	for {
		if _, err := w.Write([]byte{0}); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
