// Package fixes has what can be fixed.
package fixed

import (
	"context"
	"database/sql"
	"net/http"
	"os/exec"
)

func count(ctx context.Context, db *sql.DB) (n int, err error) {
	err = db.QueryRowContext(ctx, "SELECT 1").Scan(&n)
	return n, err
}

func handle(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	db.ExecContext(r.Context(), "DELETE FROM t")
}

func rename(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "UPDATE t SET name = $1", "a")
	return err
}

func ping(ctx context.Context, db *sql.DB) error {
	return db.PingContext(ctx)
}

func run(ctx context.Context) ([]byte, error) {
	return exec.CommandContext(ctx, "git", "status").Output()
}

func valued(ctx context.Context, db *sql.DB) error {
	bg := context.WithValue(ctx, "a", 1)
	_, err := db.ExecContext(bg, "DELETE FROM t")
	return err
}
