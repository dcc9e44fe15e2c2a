package verify_test

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

func withDeadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestDeadlinesHTTP(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	get := func(t testing.TB, client *http.Client, ctx context.Context) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/orders", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	r := record(t, func(t testing.TB) {
		client := &http.Client{Transport: verify.Deadlines(t).RoundTripper(nil)}
		get(t, client, context.Background())
		get(t, client, context.Background()) // another place
		for i := 0; i < 3; i++ {
			resp, err := client.Get(server.URL) // one place
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
		client.CloseIdleConnections()
	})
	r.want(t, "the request GET "+server.URL+"/orders in github.com/cloudlint/cloudlint/verify_test.TestDeadlinesHTTP.func1 (",
		"carries no deadline", "context.WithTimeout", "\n  net/http.(*Client).Do (")
	if n := len(r.errors); n != 2 {
		t.Errorf("%d places are told of, want 2:\n%s", n, r.text())
	}
	record(t, func(t testing.TB) {
		check := verify.Deadlines(t)
		get(t, &http.Client{Transport: check.RoundTripper(new(http.Transport)), Timeout: time.Minute}, context.Background())
		get(t, &http.Client{Transport: check.RoundTripper(nil)}, withDeadline(t))
	}).wantClean(t)
}

// When the test has ended, a goroutine of it may still call.
func TestDeadlinesAfterTheTest(t *testing.T) {
	var rt http.RoundTripper
	r := record(t, func(t testing.TB) { rt = verify.Deadlines(t).RoundTripper(failing{}) })
	if resp, err := (&http.Client{Transport: rt}).Get("http://orders.invalid/"); err == nil {
		resp.Body.Close()
		t.Error("no error")
	}
	r.wantClean(t)
}

type failing struct{}

func (failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("no network") }

func TestDeadlinesDial(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dial := func(t testing.TB, d verify.DialFunc, ctx context.Context) {
		conn, err := d(ctx, "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
	r := record(t, func(t testing.TB) {
		check := verify.Deadlines(t)
		dial(t, check.DialContext(nil), context.Background())
	})
	r.want(t, "the dialling of tcp 127.0.0.1:", "verify_test.TestDeadlinesDial.func1 (")
	record(t, func(t testing.TB) {
		check := verify.Deadlines(t)
		dial(t, check.DialContext(nil), withDeadline(t))
		dial(t, check.Dialer(&net.Dialer{Timeout: time.Minute}), context.Background())
		dial(t, check.Dialer(&net.Dialer{Deadline: time.Now().Add(time.Minute)}), context.Background())
	}).wantClean(t)
	record(t, func(t testing.TB) { dial(t, verify.Deadlines(t).Dialer(new(net.Dialer)), context.Background()) }).want(t, "the dialling of tcp")
}

// use does with a database what there is to do.
func use(t testing.TB, db *sql.DB, ctx context.Context) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(db.PingContext(ctx))
	res, err := db.ExecContext(ctx, "INSERT ? ?", 1, 2)
	check(err)
	if n, err := res.RowsAffected(); n != 2 || err != nil {
		t.Errorf("%d rows are changed, %v", n, err)
	}
	n := 0
	check(db.QueryRowContext(ctx, "SELECT").Scan(&n))
	if n != 42 {
		t.Errorf("SELECT returns %d", n)
	}
	stmt, err := db.PrepareContext(ctx, "UPDATE ?")
	check(err)
	_, err = stmt.ExecContext(ctx, 1)
	check(err)
	check(stmt.QueryRowContext(ctx, 1).Scan(&n))
	if _, err := stmt.ExecContext(ctx, "text"); err == nil || !strings.Contains(err.Error(), "not a number") {
		t.Errorf("the statement's own converter is not asked: %v", err)
	}
	check(stmt.Close())
	tx, err := db.BeginTx(ctx, nil)
	check(err)
	_, err = tx.ExecContext(ctx, "DELETE")
	check(err)
	check(tx.Commit())
	tx, err = db.BeginTx(ctx, nil)
	check(err)
	check(tx.Rollback())
	check(db.Close())
}

func TestDeadlinesSQL(t *testing.T) {
	for _, old := range []bool{false, true} {
		m := &memory{old: old}
		record(t, func(t testing.TB) {
			verify.Leaks(t)
			use(t, sql.OpenDB(verify.Deadlines(t).Connector(m)), withDeadline(t))
		}).wantClean(t)
		if m.execs.Load() != 4 || m.opens.Load() != 1 || !m.closed.Load() {
			t.Errorf("old %t: %d statements, %d connections", old, m.execs.Load(), m.opens.Load())
		}
		r := record(t, func(t testing.TB) {
			db := sql.OpenDB(verify.Deadlines(t).Connector(&memory{old: old}))
			defer db.Close()
			db.SetMaxOpenConns(1)
			if _, err := db.Exec("INSERT INTO orders ?", 1); err != nil {
				t.Error(err)
			}
			n := 0
			if err := db.QueryRow("SELECT id").Scan(&n); err != nil {
				t.Error(err)
			}
			tx, err := db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			if err := tx.Commit(); err != nil {
				t.Error(err)
			}
		})
		r.want(t, "the connection of the database in github.com/cloudlint/cloudlint/verify_test.TestDeadlinesSQL", `SELECT id" of the database`, "the transaction of the database")
		if len(r.errors) != 3 {
			t.Errorf("%d places are told of, want 3:\n%s", len(r.errors), r.text())
		}
	}
}

// A connection that a sql.DB opens for those that wait has no deadline, theirs does.
func TestDeadlinesSQLOpener(t *testing.T) {
	record(t, func(t testing.TB) {
		ctx := withDeadline(t)
		db := sql.OpenDB(verify.Deadlines(t).Connector(&memory{}))
		defer db.Close()
		db.SetMaxOpenConns(1)
		db.SetMaxIdleConns(-1)
		verify.Load(t, 200, func(context.Context, int) error { return db.PingContext(ctx) })
	}).wantClean(t)
}

func TestDeadlinesDriver(t *testing.T) {
	m := &memory{}
	var name string
	r := record(t, func(t testing.TB) {
		name = fmt.Sprintf("verify-%p", m) // drivers are registered for ever
		sql.Register(name, verify.Deadlines(t).Driver(m))
		db, err := sql.Open(name, "dsn")
		if err != nil {
			t.Fatal(err)
		}
		use(t, db, withDeadline(t))
		conn, err := verify.Deadlines(t).Driver(m).Open("dsn")
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	})
	r.want(t, "the connection of the database")
	if len(r.errors) != 1 || m.opens.Load() != 2 {
		t.Errorf("%d connections:\n%s", m.opens.Load(), r.text())
	}
}
