package echo

import "net/http"

// Context is the context of a request. Echo takes it from a pool.
type Context interface {
	Request() *http.Request
	Response() *Response
	Param(name string) string
	Get(key string) any
	JSON(code int, v any) error
	NoContent(code int) error
}

// HandlerFunc handles a request.
type HandlerFunc func(c Context) error

// Response writes the response.
type Response struct {
	Writer http.ResponseWriter
	Status int
}

// POST registers a handler.
func (e *Echo) POST(path string, h HandlerFunc) {}
