package unfixed

import (
	"context"
	"database/sql"
)

// The name means something else there.
func shadowed(ctx context.Context, db *sql.DB) error {
	for _, ctx := range []string{"a"} {
		if _, err := db.ExecContext(context.Background(), ctx); err != nil { // want `although ctx is at hand`
			return err
		}
	}
	return nil
}
