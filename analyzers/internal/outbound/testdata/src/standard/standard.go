// Package standard makes the calls of the standard library that wait for something outside the program.
package standard

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"os/exec"
)

type store struct {
	db *sql.DB
	*sql.Tx
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (s *store) all(ctx context.Context, args []any) {
	s.db.QueryContext(ctx, "select 1")     // out: s.db.QueryContext waits for the database, with ctx
	s.db.Query("select 1")                 // out: s.db.Query waits for the database
	s.ExecContext(ctx, "delete", args...)  // out: s.ExecContext waits for the database, with ctx
	(s.db.PingContext)(ctx)                // out: s.db.PingContext waits for the database, with ctx
	query := s.db.QueryRowContext          // a method value
	query(ctx, "select 1")                 // out: query waits for the database, with ctx
	(*sql.DB).ExecContext(s.db, ctx, "x")  // out: (*sql.DB).ExecContext waits for the database, with ctx
	queryer(s.db).QueryContext(ctx, "one") // out: queryer(s.db).QueryContext waits for the database, with ctx
	s.db.SetMaxOpenConns(1)
	s.db.Close()
	defer s.Tx.Rollback()
	go s.db.PingContext(ctx) // out: s.db.PingContext waits for the database, with ctx
}

func unknown(ctx context.Context, q queryer) {
	q.QueryContext(ctx, "select 1") // the user's own interface: anything
}

func command(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "true")
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Wait() // out: cmd.Wait waits until the command ends, with what carries it
}

func request(client *http.Client, req *http.Request) {
	client.Do(req)                  // out: client.Do waits for the response, with what carries it
	client.Get("https://x")         // out: client.Get waits for the response
	client.Transport.RoundTrip(req) // out: client.Transport.RoundTrip waits for the response, with what carries it
	http.DefaultClient.CloseIdleConnections()
}

func dial(ctx context.Context, d net.Dialer) {
	d.DialContext(ctx, "tcp", "x:1")         // out: d.DialContext waits for the connection, with ctx
	net.Dial("tcp", "x:1")                   // out: net.Dial waits for the connection
	net.DialTimeout("tcp", "x:1", 1e9)       // out: net.DialTimeout waits for the connection, bounded
	net.DefaultResolver.LookupHost(ctx, "x") // out: net.DefaultResolver.LookupHost waits for the name server, with ctx, bounded
}
