package verify

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"sync/atomic"
)

// A sqlOp is what is asked of a driver.
type sqlOp string

const (
	sqlConnect  sqlOp = "connection"
	sqlPing     sqlOp = "ping"
	sqlPrepare  sqlOp = "preparation"
	sqlExec     sqlOp = "statement"
	sqlQuery    sqlOp = "query"
	sqlBegin    sqlOp = "transaction"
	sqlCommit   sqlOp = "commit"
	sqlRollback sqlOp = "rollback"
)

// A sqlHook is called before each operation. An error is the operation's; lose has it done, and its answer lost.
type sqlHook func(ctx context.Context, op sqlOp, query string) (lose bool, err error)

type sqlDriver struct {
	driver.Driver
	hook sqlHook
}

func (d *sqlDriver) Open(name string) (driver.Conn, error) {
	c, err := d.OpenConnector(name)
	if err != nil {
		return nil, err
	}
	return c.Connect(context.Background())
}

func (d *sqlDriver) OpenConnector(name string) (driver.Connector, error) {
	if dc, ok := d.Driver.(driver.DriverContext); ok {
		c, err := dc.OpenConnector(name)
		if err != nil {
			return nil, err
		}
		return &sqlConnector{c, d.hook}, nil
	}
	return &sqlConnector{nameConnector{d.Driver, name}, d.hook}, nil
}

// A nameConnector is what database/sql makes of a driver without connectors.
type nameConnector struct {
	driver driver.Driver
	name   string
}

func (c nameConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.name) }
func (c nameConnector) Driver() driver.Driver                        { return c.driver }

type sqlConnector struct {
	driver.Connector
	hook sqlHook
}

func (c *sqlConnector) Connect(ctx context.Context) (driver.Conn, error) {
	lose, err := c.hook(ctx, sqlConnect, "")
	if err != nil {
		return nil, err
	}
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if lose {
		return nil, errors.Join(errLost, conn.Close())
	}
	return &sqlConn{Conn: conn, hook: c.hook}, nil
}

// Close is for sql.DB's.
func (c *sqlConnector) Close() error {
	if closer, ok := c.Connector.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// A sqlConn has all that a connection may have, and answers as database/sql does for a connection without it.
type sqlConn struct {
	driver.Conn
	hook   sqlHook
	broken atomic.Bool // an answer was lost: the connection is of no use any more
}

// do calls a function between the hook's two moments.
func do[T any](c *sqlConn, ctx context.Context, op sqlOp, query string, call func() (T, error)) (T, error) {
	var none T
	lose, err := c.hook(ctx, op, query)
	if err != nil {
		return none, err
	}
	result, err := call()
	if err != nil || !lose {
		return result, err
	}
	c.broken.Store(true)
	if closer, ok := any(result).(interface{ Close() error }); ok {
		return none, errors.Join(errLost, closer.Close())
	}
	return none, errLost
}

func (c *sqlConn) Ping(ctx context.Context) error {
	p, ok := c.Conn.(driver.Pinger)
	if !ok {
		return nil
	}
	_, err := do(c, ctx, sqlPing, "", func() (struct{}, error) { return struct{}{}, p.Ping(ctx) })
	return err
}

func (c *sqlConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *sqlConn) IsValid() bool {
	if c.broken.Load() {
		return false
	}
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

func (c *sqlConn) CheckNamedValue(v *driver.NamedValue) error {
	if n, ok := c.Conn.(driver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *sqlConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	e, ok := c.Conn.(driver.ExecerContext)
	old, isOld := c.Conn.(driver.Execer) //nolint:staticcheck // drivers have it
	if !ok && !isOld {
		return nil, driver.ErrSkip
	}
	return do(c, ctx, sqlExec, query, func() (driver.Result, error) {
		if ok {
			return e.ExecContext(ctx, query, args)
		}
		values, err := unnamed(ctx, args)
		if err != nil {
			return nil, err
		}
		return old.Exec(query, values)
	})
}

func (c *sqlConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	q, ok := c.Conn.(driver.QueryerContext)
	old, isOld := c.Conn.(driver.Queryer) //nolint:staticcheck // drivers have it
	if !ok && !isOld {
		return nil, driver.ErrSkip
	}
	return do(c, ctx, sqlQuery, query, func() (driver.Rows, error) {
		if ok {
			return q.QueryContext(ctx, query, args)
		}
		values, err := unnamed(ctx, args)
		if err != nil {
			return nil, err
		}
		return old.Query(query, values)
	})
}

func (c *sqlConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := do(c, ctx, sqlPrepare, query, func() (driver.Stmt, error) {
		if p, ok := c.Conn.(driver.ConnPrepareContext); ok {
			return p.PrepareContext(ctx, query)
		}
		stmt, err := c.Conn.Prepare(query)
		if err == nil && ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), stmt.Close())
		}
		return stmt, err
	})
	if err != nil {
		return nil, err
	}
	wrapped := &sqlStmt{stmt, c, query}
	if conv, ok := stmt.(driver.ColumnConverter); ok { //nolint:staticcheck // drivers have it
		return sqlStmtConverter{wrapped, conv}, nil
	}
	return wrapped, nil
}

func (c *sqlConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := do(c, ctx, sqlBegin, "", func() (driver.Tx, error) {
		if b, ok := c.Conn.(driver.ConnBeginTx); ok {
			return b.BeginTx(ctx, opts)
		}
		if opts != (driver.TxOptions{}) {
			return nil, errors.New("sql: the driver has no isolation levels and no read-only transactions")
		}
		tx, err := c.Conn.Begin() //nolint:staticcheck // drivers have no other
		if err == nil && ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), tx.Rollback())
		}
		return tx, err
	})
	if err != nil {
		return nil, err
	}
	return sqlTx{tx, c, ctx}, nil
}

// unnamed is for drivers that know neither contexts nor names.
func unnamed(ctx context.Context, args []driver.NamedValue) ([]driver.Value, error) {
	values := make([]driver.Value, len(args))
	for i, arg := range args {
		if arg.Name != "" {
			return nil, errors.New("sql: the driver has no named parameters")
		}
		values[i] = arg.Value
	}
	return values, ctx.Err()
}

type sqlTx struct {
	driver.Tx
	conn *sqlConn
	ctx  context.Context // of the transaction: its end has none
}

func (t sqlTx) Commit() error {
	_, err := do(t.conn, t.ctx, sqlCommit, "", func() (struct{}, error) { return struct{}{}, t.Tx.Commit() })
	return err
}

func (t sqlTx) Rollback() error {
	_, err := do(t.conn, t.ctx, sqlRollback, "", func() (struct{}, error) { return struct{}{}, t.Tx.Rollback() })
	return err
}

type sqlStmt struct {
	driver.Stmt
	conn  *sqlConn
	query string
}

type sqlStmtConverter struct {
	*sqlStmt
	conv driver.ColumnConverter //nolint:staticcheck // drivers have it
}

func (s sqlStmtConverter) ColumnConverter(i int) driver.ValueConverter {
	return s.conv.ColumnConverter(i)
}

func (s *sqlStmt) CheckNamedValue(v *driver.NamedValue) error {
	if n, ok := s.Stmt.(driver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return s.conn.CheckNamedValue(v)
}

func (s *sqlStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return do(s.conn, ctx, sqlExec, s.query, func() (driver.Result, error) {
		if e, ok := s.Stmt.(driver.StmtExecContext); ok {
			return e.ExecContext(ctx, args)
		}
		values, err := unnamed(ctx, args)
		if err != nil {
			return nil, err
		}
		return s.Stmt.Exec(values) //nolint:staticcheck // drivers have no other
	})
}

func (s *sqlStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return do(s.conn, ctx, sqlQuery, s.query, func() (driver.Rows, error) {
		if q, ok := s.Stmt.(driver.StmtQueryContext); ok {
			return q.QueryContext(ctx, args)
		}
		values, err := unnamed(ctx, args)
		if err != nil {
			return nil, err
		}
		return s.Stmt.Query(values) //nolint:staticcheck // drivers have no other
	})
}
