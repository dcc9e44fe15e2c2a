package verify_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

func TestInjectSQL(t *testing.T) {
	for _, test := range []struct {
		faults verify.Faults
		execs  int64
		is     error
	}{
		{verify.Faults{Error: 1}, 0, verify.ErrInjected},
		{verify.Faults{Error: 1, Err: driver.ErrBadConn}, 0, driver.ErrBadConn},
		{verify.Faults{BlackHole: 1}, 0, context.DeadlineExceeded},
	} {
		m := &memory{}
		record(t, func(t testing.TB) {
			verify.Leaks(t)
			in := verify.Inject(t, test.faults)
			db := sql.OpenDB(in.Connector(m))
			defer db.Close()
			ctx, cancel := context.WithTimeout(context.Background(), patience(test.faults))
			defer cancel()
			if _, err := db.ExecContext(ctx, "INSERT ?", 1); !errors.Is(err, test.is) {
				t.Errorf("%+v: error %v", test.faults, err)
			}
		}).wantClean(t)
		if m.execs.Load() != test.execs || m.opens.Load() != 0 {
			t.Errorf("%+v: %d statements, %d connections", test.faults, m.execs.Load(), m.opens.Load())
		}
	}
	for _, old := range []bool{false, true} { // nothing happens
		record(t, func(t testing.TB) {
			use(t, sql.OpenDB(verify.Inject(t, verify.Faults{Delay: 1, MaxDelay: time.Microsecond}).Connector(&memory{old: old})), withDeadline(t))
		}).wantClean(t)
	}
}

// A statement whose answer is lost was executed, once, and its connection is not used again.
func TestInjectSQLDrop(t *testing.T) {
	m := &memory{}
	db := sql.OpenDB(verify.Inject(t, verify.Faults{Seed: 3, Drop: 0.5}).Connector(m))
	defer db.Close()
	ctx := withDeadline(t)
	failed := int64(0)
	for i := 0; i < 50; i++ {
		conn, err := db.Conn(ctx)
		if err != nil {
			continue // the connection was dropped
		}
		before := m.execs.Load()
		_, err = conn.ExecContext(ctx, "INSERT ?", i)
		if m.execs.Load() != before+1 {
			t.Errorf("executed %d times", m.execs.Load()-before)
		}
		if err != nil {
			failed++
			if !errors.Is(err, verify.ErrInjected) {
				t.Errorf("error %v", err)
			}
			opens := m.opens.Load()
			conn.Close()
			for again, err := db.Conn(ctx); ; again, err = db.Conn(ctx) {
				if err == nil {
					again.Close()
					break
				}
			}
			if m.opens.Load() == opens {
				t.Error("the broken connection is used again")
			}
			continue
		}
		conn.Close()
	}
	if failed == 0 || failed == 50 {
		t.Errorf("%d of 50 failed", failed)
	}
	for i := 0; i < 20; i++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			continue
		}
		before := m.execs.Load()
		if err := tx.Commit(); m.execs.Load() != before+1 || err != nil && !errors.Is(err, verify.ErrInjected) {
			t.Errorf("%d commits, error %v", m.execs.Load()-before, err)
		}
	}
}
