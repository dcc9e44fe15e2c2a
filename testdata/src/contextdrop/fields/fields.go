// Package fields uses contexts that objects keep.
package fields

import (
	"context"
	"database/sql"
)

type reader struct {
	ctx    context.Context
	cancel context.CancelFunc
	db     *sql.DB
}

func (r *reader) trace(ctx context.Context) error {
	_, err := r.db.ExecContext(r.ctx, "SELECT 1") // want `r.db.ExecContext is called with r.ctx, which the object keeps, although ctx is at hand`
	return err
}

func (r *reader) own(ctx context.Context) error {
	_, err := r.db.ExecContext(ctx, "SELECT 1")
	return err
}

// It has no other.
func (r *reader) none() error {
	_, err := r.db.ExecContext(r.ctx, "SELECT 1")
	return err
}

// The work is the object's.
func (r *reader) start(ctx context.Context) {
	go r.loop(r.ctx)
	r.background(r.ctx)
}

func (r *reader) loop(ctx context.Context) { r.db.ExecContext(ctx, "SELECT 1") }

func (r *reader) background(ctx context.Context) { go r.loop(ctx) }

// It makes the context itself.
func (r *reader) open(ctx context.Context) error {
	r.ctx, r.cancel = context.WithCancel(ctx)
	_, err := r.db.ExecContext(r.ctx, "SELECT 1")
	return err
}

// It watches both.
func (r *reader) both(ctx context.Context) error {
	select {
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	_, err := r.db.ExecContext(r.ctx, "SELECT 1")
	return err
}

func (r *reader) Shutdown(ctx context.Context) error {
	_, err := r.db.ExecContext(r.ctx, "SELECT 1")
	return err
}

// The receiver may be a value, and the field embedded.
type getter struct {
	ctx context.Context
	db  *sql.DB
}

func (g *getter) Provision(ctx context.Context) { g.ctx = ctx }

func (g getter) get(ctx context.Context) error {
	_, err := g.db.ExecContext(g.ctx, "SELECT 1") // want `g.db.ExecContext is called with g.ctx`
	return err
}

type wider struct {
	*getter
	rows int
}

func (w *wider) get(ctx context.Context) error {
	_, err := w.db.ExecContext(w.ctx, "SELECT 1") // want `w.db.ExecContext is called with w.ctx`
	return err
}

// It is replaced for the call.
func (g getter) with(ctx context.Context, other getter) error {
	g = other
	_, err := g.db.ExecContext(g.ctx, "SELECT 1")
	return err
}

// What is made for the object ends with the object.
type pool struct {
	ctx context.Context
	db  *sql.DB
}

func (p *pool) reconnect(ctx context.Context) (err error) {
	p.db, err = connect(p.ctx)
	return err
}

func connect(ctx context.Context) (*sql.DB, error) {
	db, err := sql.Open("x", "y")
	if err != nil {
		return nil, err
	}
	return db, db.PingContext(ctx)
}

// The field has values that the caller's context lacks.
type key struct{}

type unit struct {
	ctx context.Context
	db  *sql.DB
}

func (u *unit) begin(ctx context.Context) { u.ctx = context.WithValue(ctx, key{}, "unit") }

func (u *unit) process(ctx context.Context) error {
	_, err := u.db.ExecContext(u.ctx, "SELECT 1")
	return err
}

// The field holds what the caller has.
type writer struct {
	ctx context.Context
	db  *sql.DB
}

func (w *writer) reset(ctx context.Context) { w.ctx = ctx }

func (w *writer) frame(ctx context.Context) error {
	_, err := w.db.ExecContext(w.ctx, "SELECT 1")
	return err
}

func (w *writer) Write(ctx context.Context) error {
	w.reset(ctx)
	return w.frame(ctx)
}

// The object's end is what a wait inside the program is for; a call to the outside is for its caller.
type pipe struct {
	ctx    context.Context
	cancel context.CancelFunc
	items  chan int
	db     *sql.DB
}

func newPipe(ctx context.Context, db *sql.DB) *pipe {
	p := &pipe{items: make(chan int), db: db}
	p.ctx, p.cancel = context.WithCancel(ctx)
	return p
}

func (p *pipe) put(ctx context.Context, item int) bool {
	select {
	case p.items <- item:
		return true
	case <-ctx.Done():
		return false
	}
}

func (p *pipe) Match(ctx context.Context) bool { return p.put(p.ctx, 1) }

func (p *pipe) Store(ctx context.Context) error {
	_, err := p.db.ExecContext(p.ctx, "INSERT INTO items VALUES (1)") // want `p.db.ExecContext is called with p.ctx`
	return err
}
