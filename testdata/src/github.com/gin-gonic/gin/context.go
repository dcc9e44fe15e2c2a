package gin

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// Context is the context of a request. The engine takes it from a pool.
type Context struct {
	Request *http.Request
	Writer  http.ResponseWriter

	keys map[any]any
}

var _ context.Context = (*Context)(nil)

// Copy returns a copy that may be used when the handler has returned.
func (c *Context) Copy() *Context { return &Context{Request: c.Request, keys: c.keys} }

// Set keeps a value for the request.
func (c *Context) Set(key, value any) { c.keys[key] = value }

// GetString returns a value that was kept for the request.
func (c *Context) GetString(key any) string { s, _ := c.keys[key].(string); return s }

// Param returns a parameter of the path.
func (c *Context) Param(key string) string { return c.Request.PathValue(key) }

// Query returns a parameter of the query.
func (c *Context) Query(key string) string { return c.Request.URL.Query().Get(key) }

// ShouldBindJSON decodes the body.
func (c *Context) ShouldBindJSON(v any) error { return json.NewDecoder(c.Request.Body).Decode(v) }

// JSON writes an answer.
func (c *Context) JSON(code int, v any) { c.Writer.WriteHeader(code) }

// Stream writes until step returns false or the client has gone, which it reports.
func (c *Context) Stream(step func(w io.Writer) bool) bool {
	for c.Err() == nil {
		if !step(c.Writer) {
			return false
		}
	}
	return true
}

// Status sets the status code.
func (c *Context) Status(code int) { c.Writer.WriteHeader(code) }

// Deadline is the request's.
func (c *Context) Deadline() (time.Time, bool) { return c.Request.Context().Deadline() }

// Done is the request's.
func (c *Context) Done() <-chan struct{} { return c.Request.Context().Done() }

// Err is the request's.
func (c *Context) Err() error { return c.Request.Context().Err() }

// Value is what was kept for the request.
func (c *Context) Value(key any) any { return c.keys[key] }
