package store

import (
	"context"
	"database/sql"
	"log"
	"time"
)

// Ledger is implemented here, and can be elsewhere: it is not known what a call of it reaches.
type Ledger interface {
	Sum(ctx context.Context, id string) (int64, error)
	Drop() error
	Quick(ctx context.Context) error
	Len() int
}

type ledger struct{ db *sql.DB }

func NewLedger(db *sql.DB) Ledger { return &logged{next: &ledger{db: db}} }

func (l *ledger) Sum(ctx context.Context, id string) (sum int64, err error) { // want Sum:`l.db.QueryRowContext by parameter 1`
	err = l.db.QueryRowContext(ctx, "SELECT sum(cents) FROM ledger WHERE id = $1", id).Scan(&sum)
	return sum, err
}

func (l *ledger) Drop() error { // want Drop:`l.db.ExecContext by context.Background\(\)`
	_, err := l.db.ExecContext(context.Background(), "DROP TABLE ledger")
	return err
}

func (l *ledger) Quick(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return l.db.PingContext(ctx)
}

func (l *ledger) Len() int { return 0 }

// It decorates another one, which NewLedger gives it.
type logged struct{ next Ledger }

func (l *logged) Sum(ctx context.Context, id string) (int64, error) { // want Sum:`l.db.QueryRowContext by parameter 1`
	log.Print("sum of ", id)
	return l.next.Sum(ctx, id)
}

func (l *logged) Drop() error                     { return l.next.Drop() } // want Drop:`l.db.ExecContext by context.Background\(\)`
func (l *logged) Quick(ctx context.Context) error { return l.next.Quick(ctx) }
func (l *logged) Len() int                        { return l.next.Len() }

// Pinger is implemented by others only.
type Pinger interface {
	Ping(ctx context.Context) error
}

// Later answers on a channel: who waits for that can give up.
func (s *Store) Later(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	go func() { done <- s.db.PingContext(ctx) }()
	return done
}
