package roots

import (
	"context"
	"database/sql"
)

// The context that flush hands over never ends: nothing is lost with it.
func flush(db *sql.DB, rows []string) error {
	return writeAll(context.Background(), db, rows)
}

func writeAll(ctx context.Context, db *sql.DB, rows []string) error {
	for _, r := range rows {
		if _, err := db.ExecContext(context.Background(), "insert", r); err != nil {
			return err
		}
		if _, err := db.Exec("update", r); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// One of the two callers has a context that may end.
func Flush(ctx context.Context, db *sql.DB, rows []string) error {
	if len(rows) == 0 {
		return writeSome(context.Background(), db, rows)
	}
	return writeSome(ctx, db, rows)
}

func writeSome(ctx context.Context, db *sql.DB, rows []string) error {
	for _, r := range rows {
		if _, err := db.ExecContext(context.Background(), "insert", r); err != nil { // want `CL2031: db.ExecContext is called with context.Background\(\) although ctx is at hand`
			return err
		}
	}
	return ctx.Err()
}
