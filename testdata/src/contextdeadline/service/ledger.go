package service

import (
	"context"
	"database/sql"
	"net/http"

	"contextdeadline/store"
)

type books struct {
	ledger store.Ledger
	pinger store.Pinger
	summer summer
	peer   peer
}

// What a library's interface holds is not known, though the library implements it.
func (b *books) work(jobs chan string) {
	for id := range jobs {
		b.ledger.Sum(context.Background(), id)
	}
}

func (b *books) drop(w http.ResponseWriter, r *http.Request) {
	b.ledger.Drop()
}

// Nobody implements it where it is declared.
func (b *books) unknown(jobs chan string) {
	for range jobs {
		b.pinger.Ping(context.Background())
	}
}

// It is declared where it is used: what implements it is a matter of the callers.
type summer interface {
	Sum(ctx context.Context, id string) (int64, error)
}

func (b *books) anySummer(jobs chan string) {
	for id := range jobs {
		b.summer.Sum(context.Background(), id)
	}
}

// Only this package can implement it. One of two implementations waits: that is enough.
type peer interface {
	greet(ctx context.Context) error
}

type mute struct{}

func (mute) greet(context.Context) error { return nil }

type speaks struct{ db *sql.DB }

func (s speaks) greet(ctx context.Context) error { return s.db.PingContext(ctx) }

func (b *books) greetings(jobs chan string) {
	for range jobs {
		b.peer.greet(context.Background()) // want `s.db.PingContext waits for the database, .* each time round the loop`
	}
}

// What a wider interface holds implements more than the method that is called.
type wide interface {
	peer
	part() string
}

type both struct{}

func (both) greet(context.Context) error { return nil }
func (both) part() string                { return "" }

func greetAll(jobs chan string, w wide) {
	for range jobs {
		w.greet(context.Background())
	}
}
