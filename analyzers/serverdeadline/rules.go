package serverdeadline

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// Rules returns the rules of this analyzer.
func Rules() []*rule.Rule {
	return []*rule.Rule{readHeader, idle, serveHelper, framework, fastHTTP, grpcIdle}
}

const since = "0.1.0"

var readHeader = &rule.Rule{
	Code:     "CL2001",
	Name:     "server-read-header-timeout",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "`http.Server` waits for ever for the header of a request",
		Text: `An ` + "`http.Server`" + ` with neither ReadHeaderTimeout nor ReadTimeout waits without bound for a client to send the header of its
request, and without WriteTimeout for the TLS handshake as well. A client on a bad network, or an attacker who sends one byte now and then
("slowloris"), holds a connection, a goroutine and a file descriptor for as long as it likes; a few thousand of them make
the service refuse everybody.

Set ReadHeaderTimeout, which bounds the header only: unlike ReadTimeout and WriteTimeout it breaks neither uploads nor
streamed responses, websockets or gRPC. Set IdleTimeout as well, so that idle keep-alive connections end; where it is zero,
ReadTimeout counts.

Any value that is not zero satisfies the rule, also one that comes from configuration or that a function sets. A server that
only listens on a unix socket or on the loopback interface is left alone.`,
		Before: `
func main() {
	srv := &http.Server{
		Addr:    ":8080",
		Handler: routes(),
	}
	log.Fatal(srv.ListenAndServe())
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/orders", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusAccepted) })
	return mux
}`,
		After: `
func main() {
	srv := &http.Server{
		Addr:              ":8080",
		Handler:           routes(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	log.Fatal(srv.ListenAndServe())
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/orders", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusAccepted) })
	return mux
}`,
		Since:    since,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Stable,
	Fix:      rule.UnsafeFix,
	Blind: "A server that leaves what can be seen is not reported: given to an unknown function or a functional option from elsewhere, " +
		"kept in an exported field of a package that others import, or converted by unsafe. A timeout that comes from configuration " +
		"counts as set, also where its default is zero.",
	References: []string{
		"https://pkg.go.dev/net/http#Server",
		"https://blog.cloudflare.com/the-complete-guide-to-golang-net-http-timeouts/",
		"https://github.com/nats-io/nats-server/pull/5790",
		"https://github.com/knative/serving/pull/13702",
	},
}

var idle = &rule.Rule{
	Code:     "CL2002",
	Name:     "server-idle-timeout",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "`http.Server` keeps idle connections for ever",
		Text: `An ` + "`http.Server`" + ` with ReadHeaderTimeout, but with neither IdleTimeout nor ReadTimeout, keeps each keep-alive connection
open until the client closes it, or until TCP finds that the client is gone. Clients that forget their connections use up
file descriptors and memory.

Many servers are meant so: a monitoring port, or one behind a proxy. The rule therefore speaks only where another server of the
package has an IdleTimeout, and this one does not mention it.

Up to Go 1.19 ReadHeaderTimeout bounded the wait for the next request as well; since Go 1.20 it starts only when the first
bytes of the next request arrive. The rule therefore speaks only where the module's Go version is 1.20 or later.

Set IdleTimeout. It should be longer than the clients' own (Go's http.DefaultTransport: 90 seconds), and longer than that of a load
balancer in front, else a request can meet a connection that is just being closed.`,
		Before: `
func serveAPI(api http.Handler) error {
	srv := &http.Server{
		Addr:              ":8080",
		Handler:           api,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	return srv.ListenAndServe()
}

func serveMetrics(metrics http.Handler) error {
	srv := &http.Server{
		Addr:              ":9090",
		Handler:           metrics,
		ReadHeaderTimeout: 10 * time.Second,
	}
	return srv.ListenAndServe()
}`,
		After: `
func serveAPI(api http.Handler) error {
	srv := &http.Server{
		Addr:              ":8080",
		Handler:           api,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	return srv.ListenAndServe()
}

func serveMetrics(metrics http.Handler) error {
	srv := &http.Server{
		Addr:              ":9090",
		Handler:           metrics,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	return srv.ListenAndServe()
}`,
		Since:    since,
		Severity: lint.SeverityInfo,
	},
	Maturity: rule.Preview,
	Fix:      rule.UnsafeFix,
	Blind: "As CL2001. A package whose servers all lack IdleTimeout is taken to mean it so. A proxy in front of the service may bound " +
		"idle connections; that is not seen.",
	References: []string{
		"https://pkg.go.dev/net/http#Server",
		"https://github.com/golang/go/blob/go1.20/src/net/http/server.go#L2003",
	},
}

var serveHelper = &rule.Rule{
	Code:     "CL2003",
	Name:     "serve-without-timeouts",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "`http.ListenAndServe` and `http.Serve` serve without timeouts",
		Text: "`http.ListenAndServe`, `http.ListenAndServeTLS`, `http.Serve` and `http.ServeTLS`" + ` make a server of which only the address and the
handler are set, and there is no way to give it a timeout: a client that sends its header slowly, or that stays idle, holds a
connection, a goroutine and a file descriptor for ever.

Make an ` + "`http.Server`" + ` with ReadHeaderTimeout and IdleTimeout and call its method of the same name. Then it can also be shut down.`,
		Before: `
func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	log.Fatal(http.ListenAndServe(":8080", nil))
}`,
		After: `
func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	srv := &http.Server{
		Addr:              ":8080",
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	log.Fatal(srv.ListenAndServe())
}`,
		Since:    since,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Stable,
	Fix:      rule.UnsafeFix,
	Blind:    "An address that is not constant counts as one that others can reach. The functions as values (`serve := http.Serve`) are not seen.",
	References: []string{
		"https://pkg.go.dev/net/http#ListenAndServe",
		"https://github.com/containerd/containerd/pull/7349",
	},
}

var framework = &rule.Rule{
	Code:     "CL2004",
	Name:     "framework-serve-without-timeouts",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "A framework's `Run` or `Start` serves without timeouts",
		Text: "`(*gin.Engine).Run` and its variants, `(*echo.Echo).Start` of echo up to v4 and `(*negroni.Negroni).Run`" + ` serve with an
` + "`http.Server`" + ` without timeouts: a client that sends its header slowly, or that stays idle, holds a connection, a goroutine and a
file descriptor for ever.

Give the framework's handler to an ` + "`http.Server`" + ` of your own with ReadHeaderTimeout and IdleTimeout. With echo, its fields
Server and TLSServer can be given them instead. echo v5 sets a ReadTimeout itself.`,
		Before: `
func main() {
	router := gin.Default()
	router.GET("/ping", func(c *gin.Context) { c.String(http.StatusOK, "pong") })
	log.Fatal(router.Run(":8080"))
}`,
		After: `
func main() {
	router := gin.Default()
	router.GET("/ping", func(c *gin.Context) { c.String(http.StatusOK, "pong") })
	srv := &http.Server{
		Addr:              ":8080",
		Handler:           router,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	log.Fatal(srv.ListenAndServe())
}`,
		Since:    since,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Blind:    "An echo instance that another package makes or configures is not reported.",
	References: []string{
		"https://github.com/gin-gonic/gin/blob/v1.12.0/gin.go",
		"https://github.com/labstack/echo/blob/v4.16.0/echo.go",
	},
}

var fastHTTP = &rule.Rule{
	Code:     "CL2005",
	Name:     "fasthttp-read-timeout",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "`fasthttp.Server` or fiber waits for ever for a request",
		Text: "A `fasthttp.Server`" + ` without ReadTimeout reads a request without bound, so that a client that sends slowly holds a connection, a
goroutine and a file descriptor for as long as it likes; IdleTimeout bounds only the wait for the first byte of a further request.
fiber hands ReadTimeout and IdleTimeout of its Config to it, both zero by default. Its documentation also recommends both for
Shutdown, which otherwise waits for idle connections.

Set ReadTimeout, and IdleTimeout if idle clients should stay longer or shorter than that. fasthttp has no timeout for the header
alone: ReadTimeout covers the body too, and must allow for the largest upload.`,
		Before: `
func main() {
	srv := &fasthttp.Server{
		Handler: func(ctx *fasthttp.RequestCtx) { ctx.SetStatusCode(fasthttp.StatusNoContent) },
	}
	log.Fatal(srv.ListenAndServe(":8080"))
}`,
		After: `
func main() {
	srv := &fasthttp.Server{
		Handler:     func(ctx *fasthttp.RequestCtx) { ctx.SetStatusCode(fasthttp.StatusNoContent) },
		ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute,
	}
	log.Fatal(srv.ListenAndServe(":8080"))
}`,
		Since:    since,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Preview,
	Fix:      rule.UnsafeFix,
	Blind:    "A fiber.App whose Server method is called anywhere in the package is not reported.",
	References: []string{
		"https://pkg.go.dev/github.com/valyala/fasthttp#Server",
		"https://docs.gofiber.io/api/fiber#config",
	},
}

var grpcIdle = &rule.Rule{
	Code:     "CL2006",
	Name:     "grpc-idle-connections",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "`grpc.Server` keeps idle connections for ever",
		Text: `grpc-go bounds the handshake of a new connection (ConnectionTimeout, 120 seconds by default) and finds a peer that has gone by a
ping after two hours. A client that lives and stays idle, though, keeps its connection and the server's goroutines for it for
ever, and clients behind a load balancer that works per connection never move to new replicas.

Where the server's clients are many or not your own, set MaxConnectionIdle (and MaxConnectionAge, for load balancing) by
grpc.KeepaliveParams. This is advice: long-lived connections of a few known clients are what gRPC is made for.`,
		Before: `
func serve(l net.Listener) error {
	srv := grpc.NewServer(grpc.MaxRecvMsgSize(16 << 20))
	return srv.Serve(l)
}`,
		After: `
func serve(l net.Listener) error {
	srv := grpc.NewServer(
		grpc.MaxRecvMsgSize(16<<20),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 15 * time.Minute}),
	)
	return srv.Serve(l)
}`,
		Since:    since,
		Severity: lint.SeverityInfo,
	},
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Blind:    "Options that are not written out in the call of NewServer may bound connections, so the server is not reported.",
	References: []string{
		"https://pkg.go.dev/google.golang.org/grpc/keepalive#ServerParameters",
		"https://pkg.go.dev/google.golang.org/grpc#ConnectionTimeout",
	},
}
