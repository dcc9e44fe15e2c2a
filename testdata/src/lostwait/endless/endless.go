// Package endless tries again.
package endless

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"net"
	"time"
)

func connect(address string) net.Conn {
	for {
		conn, err := net.Dial("tcp", address) // want `net.Dial is repeated at once whenever it fails, without a limit and without a pause: while the peer is down, connect burns a core`
		if err != nil {
			log.Print(err)
			continue
		}
		return conn
	}
}

func paused(address string) net.Conn {
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return conn
		}
		time.Sleep(time.Second)
	}
}

func limited(address string) (conn net.Conn, err error) {
	for i := 0; i < 3; i++ {
		if conn, err = net.Dial("tcp", address); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

func each(db *sql.DB, tables []string) {
	for _, table := range tables {
		if _, err := db.Exec("ANALYZE " + table); err != nil {
			log.Print(err)
			continue
		}
	}
}

func heeding(ctx context.Context, db *sql.DB) error {
	for {
		err := db.PingContext(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// Only a conflict is tried again.
func conflict(db *sql.DB) error {
	for {
		_, err := db.Exec("UPDATE accounts SET version = version + 1")
		if errors.Is(err, errConflict) {
			continue
		}
		return err
	}
}

var errConflict = errors.New("conflict")

// The next item is another one.
func consume(items <-chan string, db *sql.DB) {
	for {
		item := <-items
		if _, err := db.Exec("INSERT INTO items VALUES ($1)", item); err != nil {
			continue
		}
	}
}

// What the helper does is not known.
func helped(address string, wait func()) net.Conn {
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return conn
		}
		wait()
	}
}

type client struct{ db *sql.DB }

func (c *client) load(ctx context.Context, tries int) error {
	if err := c.db.PingContext(ctx); err != nil {
		if tries <= 0 {
			return err
		}
		return c.load(ctx, tries) // want `\(\*client\).load calls itself after a failure and passes tries as it is`
	}
	return nil
}

func (c *client) store(ctx context.Context, tries int) error {
	if err := c.db.PingContext(ctx); err != nil {
		if tries <= 0 {
			return err
		}
		return c.store(ctx, tries-1)
	}
	return nil
}

// It does something else each time.
func (c *client) walk(ctx context.Context, node *node, depth int) error {
	if err := c.db.PingContext(ctx); err != nil && depth > 0 {
		return c.walk(ctx, node.next, depth)
	}
	return nil
}

type node struct{ next *node }
