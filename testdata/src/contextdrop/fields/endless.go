package fields

import "context"

// What the method gets never ends: that of the object is the better.
func (r *reader) sweep() error { return r.sweepAll(context.Background()) }

func (r *reader) sweepAll(ctx context.Context) error {
	if _, err := r.db.ExecContext(r.ctx, "DELETE FROM t"); err != nil {
		return err
	}
	return ctx.Err()
}
