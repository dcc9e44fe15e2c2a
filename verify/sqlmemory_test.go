package verify_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"sync/atomic"
)

// memory is a driver whose one table holds what was inserted last. What its connections can depends on old.
type memory struct {
	old    bool // knows neither contexts nor direct statements
	execs  atomic.Int64
	opens  atomic.Int64
	closed atomic.Bool
}

func (m *memory) Connect(context.Context) (driver.Conn, error) { return m.Open("") }
func (m *memory) Driver() driver.Driver                        { return m }
func (m *memory) Close() error                                 { m.closed.Store(true); return nil }

func (m *memory) Open(string) (driver.Conn, error) {
	m.opens.Add(1)
	if m.old {
		return &memoryConn{m}, nil
	}
	return &memoryConnContext{memoryConn{m}}, nil
}

type memoryConn struct{ m *memory }

func (c *memoryConn) Prepare(query string) (driver.Stmt, error) {
	return &memoryStmt{c.m, strings.Count(query, "?")}, nil
}
func (c *memoryConn) Close() error              { return nil }
func (c *memoryConn) Begin() (driver.Tx, error) { return memoryTx{c.m}, nil }

type memoryConnContext struct{ memoryConn }

func (c *memoryConnContext) Ping(context.Context) error { return nil }

func (c *memoryConnContext) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.m.execs.Add(1)
	return driver.RowsAffected(len(args)), ctx.Err()
}

func (c *memoryConnContext) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return &memoryRows{}, ctx.Err()
}

func (c *memoryConnContext) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	return memoryTx{c.m}, ctx.Err()
}

type memoryTx struct{ m *memory }

func (t memoryTx) Commit() error   { t.m.execs.Add(1); return nil }
func (t memoryTx) Rollback() error { return nil }

type memoryStmt struct {
	m      *memory
	inputs int
}

func (s *memoryStmt) Close() error  { return nil }
func (s *memoryStmt) NumInput() int { return s.inputs }

func (s *memoryStmt) Exec(args []driver.Value) (driver.Result, error) {
	s.m.execs.Add(1)
	return driver.RowsAffected(len(args)), nil
}
func (s *memoryStmt) Query(args []driver.Value) (driver.Rows, error) { return &memoryRows{}, nil }

// ColumnConverter refuses what is no number.
func (s *memoryStmt) ColumnConverter(int) driver.ValueConverter { return numbers{} }

type numbers struct{}

func (numbers) ConvertValue(v any) (driver.Value, error) {
	if n, ok := v.(int); ok {
		return int64(n), nil
	}
	return nil, errors.New("not a number")
}

type memoryRows struct{ done bool }

func (r *memoryRows) Columns() []string { return []string{"n"} }
func (r *memoryRows) Close() error      { return nil }

func (r *memoryRows) Next(dest []driver.Value) error {
	if r.done {
		return io.EOF
	}
	r.done, dest[0] = true, int64(42)
	return nil
}
