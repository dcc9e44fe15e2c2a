// Package told has what clientdeadline and contextdeadline tell of, too: one cause is one finding.
package told

import (
	"context"
	"database/sql"
	"net/http"

	"contextdrop/told/rows"
)

type accounts struct{ db *sql.DB }

// contextdeadline: each request waits for ever.
func (a *accounts) balance(w http.ResponseWriter, r *http.Request) {
	a.db.ExecContext(context.Background(), "SELECT 1")
}

// clientdeadline: the client has no timeout.
func (a *accounts) rate(ctx context.Context) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, "https://rates.example.com", nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req)
}

// contextdeadline: one finding at the call tells of the roots of both functions.
func (a *accounts) replace(w http.ResponseWriter, r *http.Request) { rows.Replace(a.db) }

func (a *accounts) insert(ctx context.Context) error { return rows.Insert(a.db) }

// Nobody else.
func (a *accounts) rename(ctx context.Context) error {
	_, err := a.db.Exec("UPDATE accounts SET name = 'a'") // want `call ExecContext with ctx`
	return err
}
