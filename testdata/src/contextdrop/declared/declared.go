// Package declared uses a library that the configuration tells of.
package declared

import (
	"context"

	library "corp.example/contextdrop"
)

func rename(ctx context.Context, pool *library.Pool) error {
	lease, err := pool.Take(ctx)
	if err != nil {
		return err
	}
	err = lease.Put(context.Background(), "hat") // want `CL2031: lease.Put is called with context.Background\(\) although ctx is at hand`
	// Silent: what is taken is given back also when ctx has ended.
	lease.Return(context.Background())
	return err
}
