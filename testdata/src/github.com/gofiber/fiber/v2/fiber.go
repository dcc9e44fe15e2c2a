// Package fiber has the part of github.com/gofiber/fiber/v2 that the tests use.
package fiber

import (
	"net"
	"time"

	"github.com/valyala/fasthttp"
)

// Config configures an App.
type Config struct {
	AppName      string
	ReadTimeout  time.Duration
	WriteTimeout time.Duration
	IdleTimeout  time.Duration
}

// App is the framework.
type App struct {
	config Config
	server *fasthttp.Server
}

// New returns an App.
func New(config ...Config) *App {
	app := &App{server: &fasthttp.Server{}}
	if len(config) > 0 {
		app.config = config[0]
	}
	return app
}

// Get registers a handler.
func (app *App) Get(path string, handlers ...func() error) *App { return app }

// Listen serves on an address.
func (app *App) Listen(addr string) error { return app.server.ListenAndServe(addr) }

// Listener serves on a listener.
func (app *App) Listener(l net.Listener) error { return app.server.Serve(l) }

// Server returns the server behind.
func (app *App) Server() *fasthttp.Server { return app.server }
