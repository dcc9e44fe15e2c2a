// Package ended uses contexts that have ended.
package ended

import (
	"context"
	"database/sql"
	"net/http"
	"time"
)

func direct(ctx context.Context, server *http.Server) error {
	<-ctx.Done()
	return server.Shutdown(ctx) // want `ctx has ended here: server.Shutdown returns at once`
}

func derived(ctx context.Context, server *http.Server) error {
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(ctx, 20*time.Second) // want `ctx has ended here: the context of context.WithTimeout has ended from the start`
	defer cancel()
	return server.Shutdown(stopping)
}

func inGoroutine(ctx context.Context, server *http.Server) error {
	go func() {
		<-ctx.Done()
		stopping, cancel := context.WithTimeout(ctx, 20*time.Second) // want `ctx has ended here`
		defer cancel()
		server.Shutdown(stopping)
	}()
	return server.ListenAndServe()
}

type service struct {
	ctx context.Context
	db  *sql.DB
}

func (s *service) run(failed <-chan error) error {
	select {
	case err := <-failed:
		_, _ = s.db.ExecContext(s.ctx, "UPDATE state SET ok = false")
		return err
	case <-s.ctx.Done():
		_, err := s.db.ExecContext(s.ctx, "UPDATE state SET stopped = true") // want `s.ctx has ended here: s.db.ExecContext fails before it does anything`
		return err
	}
}

func asked(ctx context.Context, db *sql.DB) {
	if ctx.Err() != nil {
		db.PingContext(ctx) // want `ctx has ended here`
	}
	if ctx.Err() == nil {
		db.PingContext(ctx)
	}
}

// A child's end is not its parent's.
func child(ctx context.Context, db *sql.DB) error {
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	<-short.Done()
	return db.PingContext(ctx)
}

// The parent's end is its child's.
func parent(ctx context.Context, db *sql.DB) error {
	named := context.WithValue(ctx, key{}, "orders")
	<-ctx.Done()
	return db.PingContext(named) // want `named has ended here`
}

type key struct{}

func fresh(ctx context.Context, server *http.Server) error {
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return server.Shutdown(stopping)
}

func reassigned(ctx context.Context, server *http.Server) error {
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}

// The variable is written before it is used again.
func captured(ctx context.Context, server *http.Server) {
	func() {
		<-ctx.Done()
		ctx = context.Background()
		server.Shutdown(ctx)
	}()
}

func oneOfTwo(ctx, other context.Context, db *sql.DB) error {
	select {
	case <-ctx.Done():
	case <-other.Done():
	}
	return db.PingContext(ctx)
}
