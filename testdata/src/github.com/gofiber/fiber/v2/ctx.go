package fiber

import (
	"context"

	"github.com/valyala/fasthttp"
)

// Ctx is the context of a request. The App takes it from a pool.
type Ctx struct{ fasthttp *fasthttp.RequestCtx }

// Handler handles a request.
type Handler = func(*Ctx) error

// Post registers a handler.
func (app *App) Post(path string, handlers ...Handler) *App { return app }

// Params returns a parameter of the path.
func (c *Ctx) Params(key string) string { return key }

// SendStatus answers with a status code.
func (c *Ctx) SendStatus(code int) error { c.fasthttp.SetStatusCode(code); return nil }

// Context returns the context of fasthttp.
func (c *Ctx) Context() *fasthttp.RequestCtx { return c.fasthttp }

// UserContext returns a context that does not end with the request.
func (c *Ctx) UserContext() context.Context { return context.Background() }
