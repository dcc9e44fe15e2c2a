// Package outer has function literals that get contexts of their own.
package outer

import (
	"context"
	"database/sql"
)

type store struct{ db *sql.DB }

func (s *store) insert(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO t VALUES (1)")
	return err
}

func (s *store) both(ctx, tx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.insert(tx)
}

func atomically(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return do(ctx)
}

func (s *store) add(ctx context.Context) error {
	return atomically(ctx, func(tx context.Context) error {
		return s.insert(ctx) // want `s.insert is called with ctx of the function around the literal, which gets tx itself`
	})
}

// Its own hides the other.
func (s *store) shadows(ctx context.Context) error {
	return atomically(ctx, func(ctx context.Context) error { return s.insert(ctx) })
}

// It says that it does not want its own.
func (s *store) refuses(ctx context.Context) error {
	return atomically(ctx, func(context.Context) error { return s.insert(ctx) })
}

func (s *store) passesBoth(ctx context.Context) error {
	return atomically(ctx, func(tx context.Context) error { return s.both(ctx, tx) })
}

func (s *store) watches(ctx context.Context) error {
	return atomically(ctx, func(tx context.Context) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.insert(tx); err != nil {
			return err
		}
		return s.insert(ctx)
	})
}

// It has a use for each of them: what is read by ctx is not of the transaction.
func (s *store) chooses(ctx context.Context) error {
	return atomically(ctx, func(tx context.Context) error {
		if err := s.insert(tx); err != nil {
			return err
		}
		return s.insert(ctx)
	})
}

// The variable is the literal's own affair.
func (s *store) sets(ctx context.Context) error {
	return atomically(ctx, func(tx context.Context) error {
		ctx = tx
		return s.insert(ctx)
	})
}

// The other has values that its own lacks.
type key struct{}

func (s *store) labels(ctx context.Context) error {
	labelled := context.WithValue(ctx, key{}, "a")
	return atomically(ctx, func(tx context.Context) error { return s.insert(labelled) })
}

// What is started goes on after the literal.
func (s *store) starts(ctx context.Context, onStart func(func(context.Context) error)) {
	onStart(func(start context.Context) error {
		go s.insert(ctx)
		return s.insert(start)
	})
}
