// Command fast serves with fasthttp and fiber.
package main

import (
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func handle(ctx *fasthttp.RequestCtx) { ctx.SetStatusCode(fasthttp.StatusNoContent) }

func plain() error {
	srv := &fasthttp.Server{Handler: handle} // want `^CL2005: a client of srv that sends its request header slowly, or stays silent, holds a connection and a goroutine for ever, because ReadTimeout is not set, nor IdleTimeout: set ReadTimeout and IdleTimeout$`
	return srv.ListenAndServe(":8080")
}

// IdleTimeout does not bound the header.
func idleOnly(l net.Listener) error {
	srv := &fasthttp.Server{Handler: handle, IdleTimeout: time.Minute} // want `CL2005: .*: set ReadTimeout$`
	return srv.Serve(l)
}

func bounded() error {
	srv := &fasthttp.Server{Handler: handle, ReadTimeout: time.Minute}
	defer srv.Shutdown()
	return srv.ListenAndServe(":8080")
}

func local() {
	srv := &fasthttp.Server{Handler: handle}
	go srv.ListenAndServeUNIX("/run/service.sock", 0o600)
	_ = srv.ListenAndServe("localhost:8080")
}

func helper() error { return fasthttp.ListenAndServe(":8080", handle) } // want `CL2005: .* use a fasthttp.Server with ReadTimeout and IdleTimeout`

func fiberDefault() error {
	app := fiber.New() // want `^CL2005: a client of app that sends its request slowly, or stays silent, holds a connection and a goroutine for ever, because fiber.New gets no ReadTimeout: set ReadTimeout and IdleTimeout in its Config$`
	app.Get("/", func() error { return nil })
	return app.Listen(":8080")
}

func fiberNamed() error {
	app := fiber.New(fiber.Config{AppName: "orders"}) // want `CL2005`
	return app.Listen(":8080")
}

func fiberBounded() error {
	cfg := fiber.Config{AppName: "orders"}
	cfg.ReadTimeout = time.Minute
	return fiber.New(cfg).Listen(":8080")
}

func fiberFromOutside(cfg fiber.Config) error { return fiber.New(cfg).Listen(":8080") }

func fiberLocal() error { return fiber.New().Listen("127.0.0.1:8080") }

func fiberServer() error {
	app := fiber.New()
	app.Server().ReadTimeout = time.Minute
	return app.Listen(":8080")
}

// Routes are registered elsewhere, by a function that is known.
func fiberRoutes() error {
	app := fiber.New() // want `CL2005`
	routes(app)
	return app.Listen(":8080")
}

func routes(app *fiber.App) { app.Get("/orders", func() error { return nil }) }

// A function that nobody knows may reach the server behind.
func fiberInstrumented(instrument func(*fiber.App)) error {
	app := fiber.New()
	instrument(app)
	return app.Listen(":8080")
}

var instrumented = fiberInstrumented

func main() {
	_ = plain()
	_ = fiberDefault()
}
