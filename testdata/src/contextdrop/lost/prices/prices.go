// Package prices is what others call without a context.
package prices

import (
	"context"
	"database/sql"
	"net/http"
	"time"

	"contextdrop/lost/rates"
)

type Store struct {
	db     *sql.DB
	client *http.Client
}

func (s *Store) Of(item string) (n int, err error) {
	err = s.db.QueryRowContext(context.Background(), "SELECT price FROM prices WHERE item = $1", item).Scan(&n)
	return n, err
}

// All loses it two functions on.
func (s *Store) All() error { return s.each() }

func (s *Store) each() error {
	_, err := s.Of("x")
	return err
}

func (s *Store) Fetch(url string) error {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Open makes an object once, and asks whether it is of use.
func Open(db *sql.DB) (*Store, error) {
	s := &Store{db: db}
	_, err := s.Of("x")
	return s, err
}

// Far is too far from where it is lost: too many functions would have to change.
func (s *Store) Far() error { return s.far() }

func (s *Store) far() error { return s.farther() }

func (s *Store) farther() error { return s.farthest() }

func (s *Store) farthest() error { return s.end() }

func (s *Store) end() error {
	_, err := s.db.ExecContext(context.Background(), "SELECT 2")
	return err
}

// Rate loses it in another package.
func (s *Store) Rate() error { return rates.Ask(s.db) }

// Request leaves it to its caller to send the request.
func (s *Store) Request(url string) (*http.Request, error) {
	return http.NewRequest(http.MethodGet, url, nil)
}

// Soon has a bound of its own.
func (s *Store) Soon() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := s.db.ExecContext(ctx, "SELECT 1")
	return err
}

// Drop gets a context, and says that it does not want it.
func (s *Store) Drop(_ context.Context) error {
	_, err := s.db.ExecContext(context.Background(), "SELECT 1")
	return err
}

// Ping has a variant.
func (s *Store) Ping() error { return s.PingContext(context.Background()) }

func (s *Store) PingContext(ctx context.Context) error { return s.db.PingContext(ctx) }

// Close is to work when the context has ended.
func (s *Store) Close() error {
	_, err := s.db.ExecContext(context.Background(), "DELETE FROM leases")
	return err
}

// Clean does it elsewhere.
func (s *Store) Clean() {
	go func() {
		s.db.ExecContext(context.Background(), "DELETE FROM prices")
	}()
}

// Parse stays inside the program.
func (s *Store) Parse(text string) error { return parse(context.Background(), text) }

func parse(ctx context.Context, text string) error {
	if text == "" {
		return context.Canceled
	}
	return ctx.Err()
}

// Total has the context and calls what is exported in its own package.
func Total(ctx context.Context, s *Store) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return s.Of("x") // want `s.Of gets no context although ctx is at hand, and \(\*Store\).Of passes context.Background\(\) to s.db.QueryRowContext`
}

// Rise and Fall lose it each by itself.
func (s *Store) Rise() error {
	_, err := s.db.ExecContext(context.Background(), "UPDATE prices SET price = price + 1")
	return err
}

func (s *Store) Fall() error {
	_, err := s.db.ExecContext(context.Background(), "UPDATE prices SET price = price - 1")
	return err
}
