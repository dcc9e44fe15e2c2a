package models

// A Shutdown is a function that ends a server when the calls in flight have ended.
type Shutdown struct {
	Func string
	// Context is the position of the context that bounds the wait, counted from 1, the receiver first; 0: none does.
	Context int
	// Force are the methods of the same server that cut off what is in flight: the way to end a wait that is not bounded.
	Force []string
	// Instead is what to write where no context bounds the wait.
	Instead string
}

// ShutdownFunction returns the row of the function with the full name, or nil.
func ShutdownFunction(name string) *Shutdown {
	for _, row := range Shutdowns() {
		if row.Func == name {
			return &row
		}
	}
	return nil
}

// Shutdowns returns the functions that end servers gracefully.
func Shutdowns() []Shutdown {
	rows := []Shutdown{
		// net/http/server.go of Go 1.26: Shutdown waits "indefinitely for connections to return to idle"; the context bounds it.
		{Func: "(*net/http.Server).Shutdown", Context: 2, Force: []string{"(*net/http.Server).Close"}},
		// github.com/labstack/echo/v4 v4.16.0, echo.go: Shutdown hands the context to http.Server.Shutdown, of both servers.
		{Func: "(*github.com/labstack/echo/v4.Echo).Shutdown", Context: 2, Force: []string{"(*github.com/labstack/echo/v4.Echo).Close"}},
		// github.com/valyala/fasthttp v1.77.0, server.go: "waiting indefinitely for all connections to return to idle".
		{Func: "(*github.com/valyala/fasthttp.Server).Shutdown", Instead: "ShutdownWithContext with a context that has a deadline"},
		{Func: "(*github.com/valyala/fasthttp.Server).ShutdownWithContext", Context: 2},
		// github.com/quic-go/quic-go v0.62.0, http3/server.go: "Shutdown ... waits ... until the context is done".
		{Func: "(*github.com/quic-go/quic-go/http3.Server).Shutdown", Context: 2, Force: []string{"(*github.com/quic-go/quic-go/http3.Server).Close"}},
	}
	// github.com/gofiber/fiber/v2 v2.52.15 and v3 v3.1.0, app.go: Shutdown is ShutdownWithContext(context.Background()).
	for _, app := range []string{"(*github.com/gofiber/fiber.App)", "(*github.com/gofiber/fiber/v2.App)", "(*github.com/gofiber/fiber/v3.App)"} {
		rows = append(rows,
			Shutdown{Func: app + ".Shutdown", Instead: "ShutdownWithTimeout"},
			Shutdown{Func: app + ".ShutdownWithContext", Context: 2},
		)
	}
	// google.golang.org/grpc v1.85.0, server.go: GracefulStop "blocks until all the pending RPCs are finished", Stop "closes
	// all open connections and listeners ... any pending RPCs on the client side will get notified"; xds/server.go likewise.
	for _, server := range []string{"(*google.golang.org/grpc.Server)", "(*google.golang.org/grpc/xds.GRPCServer)"} {
		rows = append(rows, Shutdown{Func: server + ".GracefulStop", Force: []string{server + ".Stop"}, Instead: "call Stop when a timer fires"})
	}
	return rows
}

// GracefulStop reports whether the row is that of a gRPC server, which takes no context and waits for streams too.
func (s *Shutdown) GracefulStop() bool { return s.Context == 0 && len(s.Force) > 0 }
