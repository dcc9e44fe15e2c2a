package models

// A ServerCall is what a function does with a server that it gets.
type ServerCall struct {
	Func string // full name of the function or method
	// Positions among the arguments, counted from 1, the receiver of a method first; 0: none. The address or the
	// listener tells whether only peers on the same machine can connect.
	Server, Address, Listener int
	// Harmless tells that the function neither serves nor sets a bound; else it serves, and sets no bound.
	Harmless bool
	// Local tells that only peers on the same machine can connect: a unix socket.
	Local bool
}

// A ServerType is a type of server that can be told how long to wait for its clients.
type ServerType struct {
	Type string // full name
	// Read are the fields that bound the wait for a request, and Idle those that bound the wait for the next one.
	Read, Idle []string
	// Hooks are fields for functions that get each connection and may set deadlines themselves.
	Hooks []string
	// Address is the field with the address to listen on, if it is one.
	Address string
	Calls   []ServerCall
}

// HTTPServer returns what is known of http.Server.
func HTTPServer() ServerType { return httpServer }

// FastHTTPServer returns what is known of fasthttp.Server.
func FastHTTPServer() ServerType { return fastHTTPServer }

var httpServer = ServerType{
	// https://pkg.go.dev/net/http#Server: ReadHeaderTimeout falls back to ReadTimeout, and so does IdleTimeout.
	Type:    "net/http.Server",
	Read:    []string{"ReadHeaderTimeout", "ReadTimeout"},
	Idle:    []string{"IdleTimeout", "ReadTimeout"},
	Hooks:   []string{"ConnState", "ConnContext"},
	Address: "Addr",
	Calls: []ServerCall{
		{Func: "(*net/http.Server).ListenAndServe", Server: 1},
		{Func: "(*net/http.Server).ListenAndServeTLS", Server: 1},
		{Func: "(*net/http.Server).Serve", Server: 1, Listener: 2},
		{Func: "(*net/http.Server).ServeTLS", Server: 1, Listener: 2},
		{Func: "(*net/http.Server).Close", Server: 1, Harmless: true},
		{Func: "(*net/http.Server).RegisterOnShutdown", Server: 1, Harmless: true},
		{Func: "(*net/http.Server).SetKeepAlivesEnabled", Server: 1, Harmless: true},
		{Func: "(*net/http.Server).Shutdown", Server: 1, Harmless: true},
		// github.com/prometheus/exporter-toolkit v0.20.0, web/tls_config.go: all end in server.Serve or ServeTLS and
		// write only Handler, TLSConfig and TLSNextProto.
		{Func: "github.com/prometheus/exporter-toolkit/web.Listen", Server: 1},
		{Func: "github.com/prometheus/exporter-toolkit/web.ListenAndServe", Server: 1},
		{Func: "github.com/prometheus/exporter-toolkit/web.Serve", Server: 2, Listener: 1},
		{Func: "github.com/prometheus/exporter-toolkit/web.ServeMultiple", Server: 2},
		// github.com/labstack/echo/v4 v4.16.0, echo.go: sets ErrorLog and Handler, then s.Serve.
		{Func: "(*github.com/labstack/echo/v4.Echo).StartServer", Server: 2},
		{Func: "(*github.com/labstack/echo.Echo).StartServer", Server: 2},
		// gopkg.in/tylerb/graceful.v1 v1.2.15, graceful.go: sets ConnState for its own count, then Serve.
		{Func: "gopkg.in/tylerb/graceful.v1.ListenAndServe", Server: 1},
		{Func: "gopkg.in/tylerb/graceful.v1.ListenAndServeTLS", Server: 1},
		{Func: "gopkg.in/tylerb/graceful.v1.Serve", Server: 1, Listener: 2},
		// golang.org/x/net v0.62.0, http2/server_wrap.go and v0.38.0, http2/server.go: reads IdleTimeout and
		// ReadTimeout, writes TLSConfig and TLSNextProto.
		{Func: "golang.org/x/net/http2.ConfigureServer", Server: 1, Harmless: true},
	},
}

var fastHTTPServer = ServerType{
	// github.com/valyala/fasthttp v1.77.0, server.go: "By default request read timeout is unlimited"; without
	// ReadTimeout nothing bounds the header, IdleTimeout only the wait for the first byte of a further request.
	Type:  "github.com/valyala/fasthttp.Server",
	Read:  []string{"ReadTimeout"},
	Idle:  []string{"IdleTimeout", "ReadTimeout"},
	Hooks: []string{"ConnState"},
	Calls: []ServerCall{
		{Func: "(*github.com/valyala/fasthttp.Server).ListenAndServe", Server: 1, Address: 2},
		{Func: "(*github.com/valyala/fasthttp.Server).ListenAndServeTLS", Server: 1, Address: 2},
		{Func: "(*github.com/valyala/fasthttp.Server).ListenAndServeTLSEmbed", Server: 1, Address: 2},
		{Func: "(*github.com/valyala/fasthttp.Server).ListenAndServeUNIX", Server: 1, Local: true},
		{Func: "(*github.com/valyala/fasthttp.Server).Serve", Server: 1, Listener: 2},
		{Func: "(*github.com/valyala/fasthttp.Server).ServeTLS", Server: 1, Listener: 2},
		{Func: "(*github.com/valyala/fasthttp.Server).ServeTLSEmbed", Server: 1, Listener: 2},
		{Func: "(*github.com/valyala/fasthttp.Server).AppendCert", Server: 1, Harmless: true},
		{Func: "(*github.com/valyala/fasthttp.Server).AppendCertEmbed", Server: 1, Harmless: true},
		{Func: "(*github.com/valyala/fasthttp.Server).GetCurrentConcurrency", Server: 1, Harmless: true},
		{Func: "(*github.com/valyala/fasthttp.Server).GetOpenConnectionsCount", Server: 1, Harmless: true},
		{Func: "(*github.com/valyala/fasthttp.Server).GetRejectedConnectionsCount", Server: 1, Harmless: true},
		{Func: "(*github.com/valyala/fasthttp.Server).NextProto", Server: 1, Harmless: true},
		{Func: "(*github.com/valyala/fasthttp.Server).Shutdown", Server: 1, Harmless: true},
		{Func: "(*github.com/valyala/fasthttp.Server).ShutdownWithContext", Server: 1, Harmless: true},
	},
}

// ServingFields returns fields of structs of libraries that serve the http.Server that is stored there, as
// "import/path.Field", without setting a bound.
func ServingFields() []string {
	return []string{
		// sigs.k8s.io/controller-runtime v0.25.2, pkg/manager/server.go: Start ends in Server.Serve or ListenAndServe.
		"sigs.k8s.io/controller-runtime/pkg/manager.Server",
	}
}

// A ServeFunc is a function that makes a server without bounds, and serves.
type ServeFunc struct {
	Func              string // full name of the function or method
	Address, Listener int    // as in ServerCall; the address may be variadic
	// Bound are fields of the receiver that hold an http.Server, which can be given bounds before.
	Bound []string
	// Constructors make the receiver, where Bound is to be trusted only for a receiver made in the same package.
	Constructors []string
}

// NetHTTPServe returns the functions of net/http that serve.
func NetHTTPServe() []ServeFunc { return netHTTPServe }

// FrameworkServe returns the functions of frameworks on net/http that serve.
//
// Left out: echo v5, whose server has a ReadTimeout of 30 seconds (v5.3.1, server.go).
func FrameworkServe() []ServeFunc { return frameworkServe }

// FastHTTPServe returns the functions of fasthttp that serve.
func FastHTTPServe() []ServeFunc { return fastHTTPServe }

var netHTTPServe = []ServeFunc{
	// https://pkg.go.dev/net/http: each makes a Server of which only Addr and Handler are set.
	{Func: "net/http.ListenAndServe", Address: 1},
	{Func: "net/http.ListenAndServeTLS", Address: 1},
	{Func: "net/http.Serve", Listener: 1},
	{Func: "net/http.ServeTLS", Listener: 1},
}

var frameworkServe = []ServeFunc{
	// github.com/gin-gonic/gin v1.12.0, gin.go: each makes a Server of which only Addr and Handler are set. RunUnix
	// listens on a unix socket, RunQUIC is no HTTP over TCP.
	{Func: "(*github.com/gin-gonic/gin.Engine).Run", Address: 2},
	{Func: "(*github.com/gin-gonic/gin.Engine).RunTLS", Address: 2},
	{Func: "(*github.com/gin-gonic/gin.Engine).RunListener", Listener: 2},
	{Func: "(*github.com/gin-gonic/gin.Engine).RunFd"},
	// github.com/labstack/echo/v4 v4.16.0, echo.go: New makes both servers with new(http.Server).
	{Func: "(*github.com/labstack/echo/v4.Echo).Start", Address: 2, Bound: []string{"Server"}, Constructors: []string{"github.com/labstack/echo/v4.New"}},
	{Func: "(*github.com/labstack/echo/v4.Echo).StartTLS", Address: 2, Bound: []string{"TLSServer"}, Constructors: []string{"github.com/labstack/echo/v4.New"}},
	{Func: "(*github.com/labstack/echo/v4.Echo).StartAutoTLS", Address: 2, Bound: []string{"TLSServer"}, Constructors: []string{"github.com/labstack/echo/v4.New"}},
	{Func: "(*github.com/labstack/echo/v4.Echo).StartH2CServer", Address: 2, Bound: []string{"Server"}, Constructors: []string{"github.com/labstack/echo/v4.New"}},
	{Func: "(*github.com/labstack/echo.Echo).Start", Address: 2, Bound: []string{"Server"}, Constructors: []string{"github.com/labstack/echo.New"}},
	{Func: "(*github.com/labstack/echo.Echo).StartTLS", Address: 2, Bound: []string{"TLSServer"}, Constructors: []string{"github.com/labstack/echo.New"}},
	{Func: "(*github.com/labstack/echo.Echo).StartAutoTLS", Address: 2, Bound: []string{"TLSServer"}, Constructors: []string{"github.com/labstack/echo.New"}},
	// github.com/urfave/negroni v1.0.0, negroni.go: http.ListenAndServe.
	{Func: "(*github.com/urfave/negroni.Negroni).Run", Address: 2},
	// gopkg.in/tylerb/graceful.v1 v1.2.15, graceful.go: a Server of which only Addr and Handler are set.
	{Func: "gopkg.in/tylerb/graceful.v1.Run", Address: 1},
	{Func: "gopkg.in/tylerb/graceful.v1.RunWithErr", Address: 1},
}

var fastHTTPServe = []ServeFunc{
	// github.com/valyala/fasthttp v1.77.0, server.go: each makes a Server of which only Handler is set.
	{Func: "github.com/valyala/fasthttp.ListenAndServe", Address: 1},
	{Func: "github.com/valyala/fasthttp.ListenAndServeTLS", Address: 1},
	{Func: "github.com/valyala/fasthttp.ListenAndServeTLSEmbed", Address: 1},
	{Func: "github.com/valyala/fasthttp.Serve", Listener: 1},
	{Func: "github.com/valyala/fasthttp.ServeTLS", Listener: 1},
	{Func: "github.com/valyala/fasthttp.ServeTLSEmbed", Listener: 1},
}

// A ServerApp is a server that is configured by the argument of its constructor.
type ServerApp struct {
	Type         string // of the server: "github.com/gofiber/fiber/v2.App"
	Constructors []string
	Config       string   // the type of the configuration
	Read         []string // its fields that bound the wait for a request
	// Calls are the methods that serve. Any other call with the server but those of Harmless could set bounds.
	Calls []ServerCall
	// Opens are methods that give access to the server behind.
	Opens []string
}

// FiberApps returns what is known of fiber, which hands ReadTimeout and IdleTimeout of its configuration, zero by
// default, to fasthttp.Server (v2.52.15 and v3.1.0, app.go, init).
func FiberApps() []ServerApp { return fiberApps }

var fiberApps = []ServerApp{
	{
		Type:         "github.com/gofiber/fiber/v2.App",
		Constructors: []string{"github.com/gofiber/fiber/v2.New"},
		Config:       "github.com/gofiber/fiber/v2.Config",
		Read:         []string{"ReadTimeout"},
		Calls: []ServerCall{
			{Func: "(*github.com/gofiber/fiber/v2.App).Listen", Server: 1, Address: 2},
			{Func: "(*github.com/gofiber/fiber/v2.App).ListenTLS", Server: 1, Address: 2},
			{Func: "(*github.com/gofiber/fiber/v2.App).ListenTLSWithCertificate", Server: 1, Address: 2},
			{Func: "(*github.com/gofiber/fiber/v2.App).ListenMutualTLS", Server: 1, Address: 2},
			{Func: "(*github.com/gofiber/fiber/v2.App).ListenMutualTLSWithCertificate", Server: 1, Address: 2},
			{Func: "(*github.com/gofiber/fiber/v2.App).Listener", Server: 1, Listener: 2},
		},
		Opens: []string{"(*github.com/gofiber/fiber/v2.App).Server"},
	},
	{
		Type:         "github.com/gofiber/fiber/v3.App",
		Constructors: []string{"github.com/gofiber/fiber/v3.New"},
		Config:       "github.com/gofiber/fiber/v3.Config",
		Read:         []string{"ReadTimeout"},
		Calls: []ServerCall{
			{Func: "(*github.com/gofiber/fiber/v3.App).Listen", Server: 1, Address: 2},
			{Func: "(*github.com/gofiber/fiber/v3.App).Listener", Server: 1, Listener: 2},
		},
		Opens: []string{"(*github.com/gofiber/fiber/v3.App).Server"},
	},
}

// ListenerFunc tells how a function makes a listener; positions are counted from 1, 0: none.
type ListenerFunc struct {
	Func             string
	Network, Address int
	Inner            int  // wraps the listener in this argument
	Local            bool // only peers on the same machine, or in the same process, can connect
}

// ListenerFuncs returns functions that make listeners.
func ListenerFuncs() []ListenerFunc { return listenerFuncs }

var listenerFuncs = []ListenerFunc{
	{Func: "net.Listen", Network: 1, Address: 2},
	{Func: "(*net.ListenConfig).Listen", Network: 3, Address: 4},
	{Func: "net.ListenUnix", Local: true},
	{Func: "crypto/tls.Listen", Network: 1, Address: 2},
	{Func: "crypto/tls.NewListener", Inner: 1},
	{Func: "golang.org/x/net/netutil.LimitListener", Inner: 1},
	{Func: "google.golang.org/grpc/test/bufconn.Listen", Local: true},
	{Func: "github.com/valyala/fasthttp/fasthttputil.NewInmemoryListener", Local: true},
}
