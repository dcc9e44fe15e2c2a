package lost

import (
	"context"

	"contextdrop/lost/prices"
)

// The context that audit hands over never ends: nothing is lost with it.
func audit(s *prices.Store) error { return auditAll(context.Background(), s) }

func auditAll(ctx context.Context, s *prices.Store) error {
	if err := s.Rise(); err != nil {
		return err
	}
	return ctx.Err()
}

// One of the two callers has a context that may end.
func Check(ctx context.Context, s *prices.Store, all bool) error {
	if all {
		return checkSome(context.TODO(), s)
	}
	return checkSome(ctx, s)
}

func checkSome(ctx context.Context, s *prices.Store) error {
	if err := s.Fall(); err != nil { // want `CL2035: s.Fall gets no context although ctx is at hand`
		return err
	}
	return ctx.Err()
}
