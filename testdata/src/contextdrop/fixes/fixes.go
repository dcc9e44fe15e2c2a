// Package fixes has what can be fixed.
package fixes

import (
	"context"
	"database/sql"
	"net/http"
	"os/exec"
)

func count(ctx context.Context, db *sql.DB) (n int, err error) {
	err = db.QueryRowContext(context.Background(), "SELECT 1").Scan(&n) // want `although ctx is at hand`
	return n, err
}

func handle(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	db.ExecContext(context.TODO(), "DELETE FROM t") // want `although r.Context\(\) is at hand`
}

func rename(ctx context.Context, db *sql.DB) error {
	_, err := db.Exec("UPDATE t SET name = $1", "a") // want `call ExecContext with ctx`
	return err
}

func ping(ctx context.Context, db *sql.DB) error {
	return db.Ping() // want `call PingContext with ctx`
}

func run(ctx context.Context) ([]byte, error) {
	return exec.Command("git", "status").Output() // want `call CommandContext with ctx`
}

func valued(ctx context.Context, db *sql.DB) error {
	bg := context.WithValue(context.Background(), "a", 1) // want `although ctx is at hand`
	_, err := db.ExecContext(bg, "DELETE FROM t")
	return err
}
