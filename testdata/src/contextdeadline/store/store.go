// Package store is what a service calls: its functions owe deadlines to their callers.
package store

import (
	"context"
	"database/sql"
	"time"
)

type Store struct {
	db  *sql.DB
	ctx context.Context
}

func New(db *sql.DB) *Store { return &Store{db: db, ctx: context.Background()} }

// Balance hands its context on.
func (s *Store) Balance(ctx context.Context, id string) (cents int64, err error) { // want Balance:`s.db.QueryRowContext by parameter 1`
	err = s.db.QueryRowContext(ctx, "SELECT cents FROM accounts WHERE id = $1", id).Scan(&cents)
	return cents, err
}

// Rename hands it on through another function and a value.
func (s *Store) Rename(ctx context.Context, id, name string) error { // want Rename:`s.db.ExecContext by parameter 1`
	return s.exec(context.WithValue(ctx, key{}, id), "UPDATE accounts SET name = $1 WHERE id = $2", name, id)
}

type key struct{}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.db.ExecContext(ctx, query, args...)
	return err
}

// Quick bounds the wait itself.
func (s *Store) Quick(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return s.db.PingContext(ctx)
}

// Purge takes no context, and makes one.
func (s *Store) Purge() error { // want Purge:`s.db.ExecContext by context.Background\(\)`
	_, err := s.db.ExecContext(context.Background(), "DELETE FROM accounts WHERE gone")
	return err
}

// Replace makes two.
func (s *Store) Replace() error { // want Replace:`s.db.PrepareContext by context.Background\(\); s.db.ExecContext by context.TODO\(\)`
	_, err := s.db.PrepareContext(context.Background(), "DELETE FROM accounts")
	if err != nil {
		return err
	}
	return s.Insert()
}

func (s *Store) Insert() error { // want Insert:`s.db.ExecContext by context.TODO\(\)`
	_, err := s.db.ExecContext(context.TODO(), "INSERT INTO accounts VALUES ('me')")
	return err
}

// Kept uses a context that the Store keeps.
func (s *Store) Kept() error { // want Kept:`s.db.PingContext by context.Background\(\)`
	return s.db.PingContext(s.ctx)
}

// Bounded makes a context with a deadline for others.
func Bounded(parent context.Context) (context.Context, context.CancelFunc) { // want Bounded:`result 0 has a deadline`
	return context.WithTimeout(parent, time.Second)
}

// Tagged adds a value only.
func Tagged(parent context.Context) context.Context { // want Tagged:`result 0 is parameter 0`
	return context.WithValue(parent, key{}, "tag")
}

// Fresh is a root.
func Fresh() context.Context { return context.Background() } // want Fresh:`result 0 has no deadline`

// Either cannot be told: no fact.
func Either(parent context.Context, bound bool) context.Context {
	if bound {
		ctx, _ := context.WithTimeout(parent, time.Second)
		return ctx
	}
	return parent
}

// All runs a literal for each row: it owes what the literal owes.
func (s *Store) All(ctx context.Context) error { // want All:`s.db.PingContext by parameter 1`
	return each(func() error { return s.db.PingContext(ctx) })
}

func each(f func() error) error { return f() }
