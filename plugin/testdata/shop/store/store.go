// Package store is called by package api: what its functions do is known there from facts.
package store

import (
	"context"
	"database/sql"
)

// Balance waits for the database.
func Balance(ctx context.Context, db *sql.DB, id string) (cents int64, err error) {
	err = db.QueryRowContext(ctx, "SELECT cents FROM accounts WHERE id = $1", id).Scan(&cents)
	return cents, err
}
