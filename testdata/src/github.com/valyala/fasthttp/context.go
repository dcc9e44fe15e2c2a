package fasthttp

import "time"

// Deadline is part of context.Context.
func (c *RequestCtx) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done is closed when the server shuts down.
func (c *RequestCtx) Done() <-chan struct{} { return nil }

// Err is not nil when the server shuts down.
func (c *RequestCtx) Err() error { return nil }

// Value returns a value that was kept for the request.
func (c *RequestCtx) Value(key any) any { return nil }

// Path returns the path, in memory that the next request uses again.
func (c *RequestCtx) Path() []byte { return nil }
