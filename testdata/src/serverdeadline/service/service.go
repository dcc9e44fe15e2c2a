// Command service has the servers that services have, bad beside good.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/net/http2"
	"sigs.k8s.io/controller-runtime/pkg/manager"
)

// The plain form, and the message in full.
func orders(routes http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: routes} // want `^CL2001: a client of srv that sends its request header slowly, or stays silent, holds a connection and a goroutine for ever, because neither ReadHeaderTimeout nor ReadTimeout is set, nor IdleTimeout: set ReadHeaderTimeout and IdleTimeout$`
	return srv.ListenAndServe()
}

func ordersIdleOnly(routes http.Handler) error {
	srv := &http.Server{ // want `^CL2001: a client of srv that sends its request header slowly, or never, holds a connection and a goroutine for ever, because neither ReadHeaderTimeout nor ReadTimeout is set: set ReadHeaderTimeout$`
		Addr:        ":8080",
		Handler:     routes,
		IdleTimeout: time.Minute,
	}
	return srv.ListenAndServe()
}

func ordersBounded(routes http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: routes, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	return srv.ListenAndServe()
}

// ReadTimeout bounds the header and idling as well.
func ordersReadTimeout(routes http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: routes, ReadTimeout: time.Minute}
	return srv.ListenAndServe()
}

// WriteTimeout bounds nothing of this, and is never asked for.
func ordersWriteTimeout(routes http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: routes, WriteTimeout: time.Minute} // want `CL2001: .*: set ReadHeaderTimeout and IdleTimeout$`
	return srv.ListenAndServe()
}

// Zero is no bound.
func explicitZero() error {
	srv := &http.Server{ReadTimeout: 0, ReadHeaderTimeout: noTimeout} // want `CL2001`
	return srv.ListenAndServe()
}

const noTimeout = -1 * time.Second

// Values from configuration count as bounds.
type config struct {
	ReadHeaderTimeout, IdleTimeout time.Duration
}

func fromConfig(cfg config) error {
	srv := &http.Server{ReadHeaderTimeout: cfg.ReadHeaderTimeout, IdleTimeout: cfg.IdleTimeout}
	return srv.ListenAndServe()
}

func fromFlags() error {
	srv := &http.Server{}
	flag.DurationVar(&srv.ReadHeaderTimeout, "read-header-timeout", 10*time.Second, "")
	flag.DurationVar(&srv.IdleTimeout, "idle-timeout", time.Minute, "")
	flag.Parse()
	return srv.ListenAndServe()
}

// A helper sets the bounds: gosec's G112 reports this one.
func withHelper() error {
	srv := &http.Server{Addr: ":8080"}
	setTimeouts(srv)
	return srv.ListenAndServe()
}

func setTimeouts(srv *http.Server) {
	srv.ReadHeaderTimeout = 10 * time.Second
	srv.IdleTimeout = time.Minute
}

// A wrapper type with an embedded server.
type wrapper struct {
	*http.Server
	done chan struct{}
}

func newWrapper(routes http.Handler) *wrapper {
	return &wrapper{
		Server: &http.Server{Handler: routes}, // want `CL2001: a client of Server`
		done:   make(chan struct{}),
	}
}

func (w *wrapper) run() {
	defer close(w.done)
	if err := w.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

// A wrapper whose method sets the bounds.
type boundedWrapper struct{ http.Server }

func (w *boundedWrapper) harden() {
	w.ReadHeaderTimeout = 10 * time.Second
	w.IdleTimeout = time.Minute
}

func (w *boundedWrapper) run() error {
	w.harden()
	return w.ListenAndServe()
}

// A server VALUE is assigned to a field, and served in another method.
type listener struct {
	server http.Server
	wg     sync.WaitGroup
}

func (l *listener) Start(ln net.Listener) error {
	l.server = http.Server{ // want `CL2001: a client of l.server`
		Handler: http.NotFoundHandler(),
	}
	l.wg.Add(1)
	go l.serve(ln)
	return nil
}

func (l *listener) serve(ln net.Listener) {
	defer l.wg.Done()
	_ = l.server.Serve(ln)
}

type boundedListener struct{ server http.Server }

func (l *boundedListener) Start(ln net.Listener) error {
	l.server = http.Server{Handler: http.NotFoundHandler()}
	l.server.ReadTimeout = time.Minute
	return l.server.Serve(ln)
}

// The zero value of a field is used as it is.
type lazy struct{ server http.Server }

func (l *lazy) run(ln net.Listener) error {
	l.server.Handler = http.NotFoundHandler()
	return l.server.Serve(ln) // want `CL2001: a client of server`
}

// A builder, none of whose callers sets bounds; and one whose caller does.
func buildServer(addr string, h http.Handler) *http.Server {
	return &http.Server{Addr: addr, Handler: h} // want `CL2001: a client of this http.Server`
}

func runBuilt(h http.Handler) {
	admin, metrics := buildServer(":8081", h), buildServer(":9090", h)
	go func() { _ = admin.ListenAndServe() }()
	_ = metrics.ListenAndServe()
}

func buildBare(h http.Handler) *http.Server { return &http.Server{Handler: h} }

func runBare(h http.Handler) error {
	srv := buildBare(h)
	srv.ReadHeaderTimeout, srv.IdleTimeout = 10*time.Second, time.Minute
	return srv.ListenAndServe()
}

// Two servers through one helper: only one of them is bad.
func two(h http.Handler) {
	serve(&http.Server{Addr: ":1", Handler: h, ReadTimeout: time.Minute})
	serve(&http.Server{Addr: ":2", Handler: h}) // want `CL2001`
}

func serve(srv *http.Server) {
	if err := srv.ListenAndServe(); err != nil {
		log.Print(err)
	}
}

// exporter-toolkit serves what it is given.
func telemetry(logger *slog.Logger) error {
	server := http.Server{Handler: http.NotFoundHandler()} // want `CL2001: a client of server`
	return web.ListenAndServe(&server, &web.FlagConfig{}, logger)
}

func telemetryBounded(logger *slog.Logger) error {
	server := http.Server{Handler: http.NotFoundHandler(), ReadTimeout: time.Minute}
	return web.ListenAndServe(&server, &web.FlagConfig{}, logger)
}

// controller-runtime serves what is in its field.
func managed(mgr manager.Manager) error {
	return mgr.Add(&manager.Server{
		Name:   "debug",
		Server: &http.Server{Addr: ":6060"}, // want `CL2001: a client of Server`
	})
}

// Configuring HTTP/2 sets no bound.
func overHTTP2(h http.Handler) error {
	srv := &http.Server{Addr: ":8443", Handler: h, TLSConfig: &tls.Config{MinVersion: tls.VersionTLS13}} // want `CL2001`
	if err := http2.ConfigureServer(srv, &http2.Server{MaxConcurrentStreams: 100}); err != nil {
		return err
	}
	return srv.ListenAndServeTLS("tls.crt", "tls.key")
}

// Method values, deferred calls and goroutines.
type group struct{ wg sync.WaitGroup }

func (g *group) Go(f func() error) {
	g.wg.Add(1)
	go func() { defer g.wg.Done(); _ = f() }()
}

func methodValue(g *group) {
	srv := &http.Server{Addr: ":8080"} // want `CL2001`
	g.Go(srv.ListenAndServe)
}

func goMethod() {
	srv := &http.Server{Addr: ":8080"} // want `CL2001`
	go srv.ListenAndServe()
	defer srv.Shutdown(context.Background())
}

// Generics.
type component[T any] struct{ impl T }

func newComponent[T any](impl T) *component[T] { return &component[T]{impl: impl} }

func generic() error {
	c := newComponent(&http.Server{Addr: ":8080"}) // want `CL2001`
	return c.impl.ListenAndServe()
}

// An alias, and an interface.
type Server = http.Server

type startable interface{ ListenAndServe() error }

func aliased() error {
	var s startable = &Server{Addr: ":8080"} // want `CL2001`
	return s.ListenAndServe()
}

// Several servers in a slice.
func several(h http.Handler) {
	servers := []*http.Server{
		{Addr: ":8080", Handler: h}, // want `CL2001: a client of this http.Server`
		{Addr: ":8081", Handler: h, ReadTimeout: time.Minute},
	}
	for _, s := range servers {
		go func() { log.Print(s.ListenAndServe()) }()
	}
}

// Functional options of this program are followed; of an unknown one anything is expected.
type option func(*http.Server)

func withTimeouts(s *http.Server) { s.ReadHeaderTimeout, s.IdleTimeout = time.Second, time.Minute }

func newWithOptions(opts ...option) *http.Server {
	s := &http.Server{Addr: ":8080"}
	for _, o := range opts {
		o(s)
	}
	return s
}

func withOptions() error { return newWithOptions(withTimeouts).ListenAndServe() }

// Only peers on the same machine.
func loopback(port int, cfg *net.ListenConfig) {
	go func() { _ = (&http.Server{Addr: "localhost:6060"}).ListenAndServe() }()
	go func() { _ = (&http.Server{Addr: "127.0.0.1:6060"}).ListenAndServe() }()
	go func() { _ = (&http.Server{Addr: "[::1]:6060"}).ListenAndServe() }()
	go func() { _ = (&http.Server{Addr: fmt.Sprintf("127.0.0.1:%d", port)}).ListenAndServe() }()
	go func() { _ = (&http.Server{Addr: net.JoinHostPort("localhost", "6060")}).ListenAndServe() }()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return
	}
	callback := &http.Server{}
	go callback.Serve(l)
	u, err := cfg.Listen(context.Background(), "unix", "/run/service.sock")
	if err != nil {
		return
	}
	_ = (&http.Server{}).Serve(u)
}

func everybody(l net.Listener) {
	go func() { _ = (&http.Server{Addr: "0.0.0.0:6060"}).ListenAndServe() }()                 // want `CL2001`
	go func() { _ = (&http.Server{Addr: "localhost.example.com:6060"}).ListenAndServe() }()   // want `CL2001`
	_ = (&http.Server{}).Serve(tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS13})) // want `CL2001`
}

// A hook that sets deadlines itself, and one that does not.
func hooks() {
	bounded := &http.Server{Addr: ":8080", ConnState: func(conn net.Conn, state http.ConnState) {
		if state == http.StateNew || state == http.StateIdle {
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		}
	}}
	go bounded.ListenAndServe()
	counted := &http.Server{Addr: ":8080", ConnState: count} // want `CL2001: a client of counted`
	_ = counted.ListenAndServe()
}

var open sync.Map

func count(conn net.Conn, state http.ConnState) { open.Store(conn.RemoteAddr().String(), state) }

// A listener of this program that sets deadlines on what it accepts.
type impatient struct{ net.Listener }

func (l impatient) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(time.Minute))
	}
	return conn, err
}

func behindImpatient(l net.Listener) error {
	srv := &http.Server{}
	return srv.Serve(impatient{l})
}

// Never served: somebody's template.
func unserved() *http.Server { return &http.Server{Addr: ":8080"} }

var _ = unserved

// Suppressed, with the reason.
func suppressed() error {
	srv := &http.Server{Addr: ":8080"} //cloudlint:ignore CL2001 behind a proxy that bounds its requests
	return srv.ListenAndServe()
}

func suppressedForGolangci() error {
	srv := &http.Server{Addr: ":8080"} //nolint:serverdeadline // behind a proxy
	return srv.ListenAndServe()
}

// A suppression for another linter silences only that one.
func suppressedForGosec() error {
	srv := &http.Server{Addr: ":8080"} //nolint:gosec // want `CL2001`
	return srv.ListenAndServe()
}

func main() {
	w := newWrapper(http.NotFoundHandler())
	go w.run()
	l := &listener{}
	ln, err := net.Listen("tcp", os.Getenv("LISTEN"))
	if err != nil {
		log.Fatal(err)
	}
	if err := l.Start(ln); err != nil {
		log.Fatal(err)
	}
}
