package service

import (
	"context"
	"database/sql"

	"contextdeadline/store"
)

// What implements it is in another package, which knows nothing of it.
type balances interface {
	Balance(ctx context.Context, id string) (int64, error)
}

type wired struct {
	of    balances
	fixed balances
	quiet peer
}

// The package puts into the fields what they hold.
func newWired(db *sql.DB) *wired {
	w := &wired{of: store.New(db), quiet: mute{}}
	w.fixed = fixed(1)
	return w
}

type fixed int64

func (f fixed) Balance(context.Context, string) (int64, error) { return int64(f), nil }

func (w *wired) work(jobs chan string) {
	for id := range jobs {
		w.of.Balance(context.Background(), id) // want `s.db.QueryRowContext waits for the database, .* \(\*wired\).work runs it each time round the loop`
	}
}

// It holds what does not wait, although there is an implementation that does.
func (w *wired) still(jobs chan string) {
	for id := range jobs {
		w.fixed.Balance(context.Background(), id)
		w.quiet.greet(context.Background())
	}
}

// The callers say what it holds.
func consume(b balances, jobs chan string) {
	for id := range jobs {
		b.Balance(context.Background(), id) // want `s.db.QueryRowContext waits for the database, .* consume runs it each time round the loop`
	}
}

func (w *wired) start(db *sql.DB, jobs chan string) { go consume(open(db), jobs) }

func open(db *sql.DB) balances {
	if db == nil {
		return fixed(0)
	}
	return store.New(db)
}

// Another package can give something else, which may answer at once.
func Serve(db *sql.DB, given balances, jobs chan string) {
	for id := range jobs {
		or(given, db).Balance(context.Background(), id)
	}
}

func or(given balances, db *sql.DB) balances {
	if given != nil {
		return given
	}
	return store.New(db)
}
