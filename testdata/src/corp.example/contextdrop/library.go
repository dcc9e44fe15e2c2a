// Package library belongs to another module.
package library

import (
	"context"
	"database/sql"
)

// Rates asks the database without the context of its caller, who cannot change it.
func Rates(db *sql.DB) error {
	_, err := db.ExecContext(context.Background(), "SELECT 1")
	return err
}
