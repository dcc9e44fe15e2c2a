// Package rows makes contexts of its own.
package rows

import (
	"context"
	"database/sql"
)

func Replace(db *sql.DB) error {
	if _, err := db.ExecContext(context.Background(), "DELETE FROM rows"); err != nil {
		return err
	}
	return Insert(db)
}

func Insert(db *sql.DB) error {
	_, err := db.ExecContext(context.Background(), "INSERT INTO rows VALUES (1)")
	return err
}
