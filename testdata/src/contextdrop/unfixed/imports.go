// Package unfixed has what no fix is offered for, because the result would not compile.
package unfixed

import (
	"context"
	"database/sql"
	"net/http"
)

// With the fix nothing of package context would be left in this file.
func last(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	db.ExecContext(context.Background(), "DELETE FROM t") // want `although r.Context\(\) is at hand`
}
