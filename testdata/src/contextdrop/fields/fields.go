// Package fields uses contexts that objects keep.
package fields

import (
	"context"
	"database/sql"
)

type reader struct {
	ctx    context.Context
	cancel context.CancelFunc
	db     *sql.DB
}

func (r *reader) trace(ctx context.Context) error {
	_, err := r.db.ExecContext(r.ctx, "SELECT 1") // want `r.db.ExecContext is called with r.ctx, which the object keeps, although ctx is at hand`
	return err
}

func (r *reader) own(ctx context.Context) error {
	_, err := r.db.ExecContext(ctx, "SELECT 1")
	return err
}

// It has no other.
func (r *reader) none() error {
	_, err := r.db.ExecContext(r.ctx, "SELECT 1")
	return err
}

// The work is the object's.
func (r *reader) start(ctx context.Context) {
	go r.loop(r.ctx)
	r.background(r.ctx)
}

func (r *reader) loop(ctx context.Context) { r.db.ExecContext(ctx, "SELECT 1") }

func (r *reader) background(ctx context.Context) { go r.loop(ctx) }

// It makes the context itself.
func (r *reader) open(ctx context.Context) error {
	r.ctx, r.cancel = context.WithCancel(ctx)
	_, err := r.db.ExecContext(r.ctx, "SELECT 1")
	return err
}

// It watches both.
func (r *reader) both(ctx context.Context) error {
	select {
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	_, err := r.db.ExecContext(r.ctx, "SELECT 1")
	return err
}

func (r *reader) Shutdown(ctx context.Context) error {
	_, err := r.db.ExecContext(r.ctx, "SELECT 1")
	return err
}
