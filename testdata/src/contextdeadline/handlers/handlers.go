// Package handlers is analysed with require-deadline=handlers.
package handlers

import (
	"context"
	"database/sql"
	"net/http"
	"time"

	"contextdeadline/store"
)

type server struct {
	store *store.Store
	db    *sql.DB
}

func (s *server) direct(w http.ResponseWriter, r *http.Request) {
	s.db.PingContext(r.Context()) // want `s.db.PingContext waits for the database as long as no answer comes: r has no deadline`
}

func (s *server) through(w http.ResponseWriter, r *http.Request) {
	s.store.Balance(r.Context(), "me") // want `s.db.QueryRowContext waits for the database as long as no answer comes`
}

func (s *server) both(w http.ResponseWriter, r *http.Request) {
	s.pair(r.Context(), r.Context()) // want `s.db.PingContext waits for the database as long as no answer comes`
}

func (s *server) pair(a, b context.Context) {
	s.db.PingContext(a)
	s.db.ExecContext(b, "SELECT 1")
}

func (s *server) bounded(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	s.db.PingContext(ctx)
}
