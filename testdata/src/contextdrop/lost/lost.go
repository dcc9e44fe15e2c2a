// Package lost calls functions of other packages that take no context.
package lost

import (
	"context"
	"database/sql"

	library "corp.example/contextdrop"

	"contextdrop/lost/prices"
)

func one(ctx context.Context, s *prices.Store) (int, error) {
	return s.Of("x") // want `s.Of gets no context although ctx is at hand, and prices.\(\*Store\).Of passes context.Background\(\) to s.db.QueryRowContext: when the caller gives up or its time is over, the call goes on; give s.Of a context`
}

// The cause is the same one.
func again(ctx context.Context, s *prices.Store) error { return s.All() }

func request(ctx context.Context, s *prices.Store) error {
	return s.Fetch("http://example.com") // want `s.Fetch gets no context although ctx is at hand, and prices.\(\*Store\).Fetch makes a request with http.NewRequest`
}

func rate(ctx context.Context, s *prices.Store) error {
	return s.Rate() // want `s.Rate gets no context although ctx is at hand, and rates.Ask passes context.Background\(\) to db.ExecContext`
}

// There is none.
func none(s *prices.Store) (int, error) { return s.Of("x") }

func opens(ctx context.Context, db *sql.DB) (*prices.Store, error) { return prices.Open(db) }

func far(ctx context.Context, s *prices.Store) error { return s.Far() }

func silent(ctx context.Context, s *prices.Store, db *sql.DB) error {
	if _, err := s.Request("http://example.com"); err != nil {
		return err
	}
	if err := s.Soon(); err != nil {
		return err
	}
	if err := s.Drop(ctx); err != nil {
		return err
	}
	if err := s.Parse("x"); err != nil {
		return err
	}
	s.Clean()
	return library.Rates(db)
}

func variant(ctx context.Context, s *prices.Store) error {
	return s.Ping() // want `s.Ping cannot be cancelled although ctx is at hand`
}

func detached(ctx context.Context, s *prices.Store) error {
	go s.Of("x")
	defer s.Of("y")
	<-ctx.Done()
	_, err := s.Of("z")
	return err
}

func ends(ctx context.Context, s *prices.Store) error { return s.Close() }

type asker interface {
	Of(item string) (int, error)
}

// Who it asks is not known.
func through(ctx context.Context, a asker) (int, error) { return a.Of("x") }
