// Package rates is what package prices calls.
package rates

import (
	"context"
	"database/sql"
)

func Ask(db *sql.DB) error {
	_, err := db.ExecContext(context.Background(), "SELECT 1")
	return err
}
