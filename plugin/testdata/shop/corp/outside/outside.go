// Package outside is a library that is not analysed: the configuration says what its functions do.
package outside

import (
	"context"
	"database/sql"
	"errors"
)

// A Client asks the inventory.
type Client struct{ DB *sql.DB }

// Get waits for the inventory.
func (c *Client) Get(ctx context.Context, item string) error {
	if c.DB == nil {
		return errors.New(item)
	}
	return c.DB.PingContext(ctx)
}

// Die ends the process, in a way that nobody sees.
func Die(why string) { dying(why) }

var dying = func(why string) { panic(why) }
