// Package lib is a library that is analysed with the module.
package lib

import (
	"context"
	"database/sql"
)

// Count waits for the database.
func Count(ctx context.Context, db *sql.DB) (n int, err error) {
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM items").Scan(&n)
	return n, err
}
