// Package main makes servers in all the ways that services do.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"lib"
)

func local() {
	srv := &http.Server{Addr: ":8080"} // want `literal: ListenAndServe$`
	_ = srv.ListenAndServe()
}

func value() {
	srv := http.Server{Addr: ":8080", IdleTimeout: time.Minute} // want `literal: IdleTimeout; ListenAndServe \(copied to srv\)$`
	_ = srv.ListenAndServe()
}

func zero() {
	var srv http.Server // want `zero: ReadTimeout; ListenAndServe$`
	srv.ReadTimeout = time.Second
	_ = srv.ListenAndServe()
}

func zeros() {
	srv := new(http.Server) // want `zero: ReadTimeout=0; ListenAndServe$`
	srv.ReadTimeout = -1
	_ = srv.ListenAndServe()
}

func captured() {
	srv := &http.Server{} // want `literal: Serve; Shutdown$`
	l, _ := net.Listen("tcp", ":8080")
	go func() { _ = srv.Serve(l) }()
	defer func() { _ = srv.Shutdown(context.Background()) }()
	srv = wrap(srv)
}

func wrap(srv *http.Server) *http.Server { return srv }

func methodValue(group func(func() error)) {
	srv := &http.Server{} // want `literal: ListenAndServe$`
	group(srv.ListenAndServe)
}

func methodExpression() {
	srv := &http.Server{} // want `literal: ListenAndServe$`
	_ = (*http.Server).ListenAndServe(srv)
}

type Service struct {
	srv   http.Server
	admin *http.Server
	*http.Server
}

func newService() *Service {
	s := &Service{admin: &http.Server{Addr: ":1"}} // want `literal: ListenAndServe \(kept in field Service.admin\)$`
	s.srv = http.Server{Addr: ":2"}                // want `literal: ReadHeaderTimeout; ListenAndServe \(copied to field srv\)$`
	s.Server = &http.Server{Addr: ":3"}            // want `literal: ListenAndServe \(kept in field Service.Server\)$`
	return s
}

func (s *Service) harden() { s.srv.ReadHeaderTimeout = time.Second }

func (s *Service) run() {
	go s.admin.ListenAndServe()
	go s.ListenAndServe()
	_ = s.srv.ListenAndServe()
}

type lazy struct {
	srv http.Server // want `field: ListenAndServe$`
}

func (l *lazy) run() error { return l.srv.ListenAndServe() }

var global = &http.Server{} // want `literal: ListenAndServe \(kept in variable global\)$`

var plain http.Server // want `global: IdleTimeout; ListenAndServe$`

func globals() {
	plain.IdleTimeout = time.Hour
	_ = global.ListenAndServe()
	_ = plain.ListenAndServe()
}

// Each of two servers goes through one helper; what is set in one literal does not count for the other.
func two() {
	serve(&http.Server{IdleTimeout: time.Minute}) // want `literal: ReadTimeout; IdleTimeout; ListenAndServe \(passed to serve as srv\)$`
	serve(&http.Server{})                         // want `literal: ReadTimeout; ListenAndServe \(passed to serve as srv\)$`
}

func serve(srv *http.Server) {
	srv.ReadTimeout = time.Second
	_ = srv.ListenAndServe()
}

type server interface{ ListenAndServe() error }

func interfaces() {
	var s server = &http.Server{} // want `literal: ListenAndServe$`
	_ = s.ListenAndServe()
}

type runner interface{ run(srv *http.Server) error }

type tcp struct{}

func (tcp) run(srv *http.Server) error { return srv.ListenAndServe() }

func throughInterface(r runner) {
	_ = r.run(&http.Server{}) // want `literal: ListenAndServe \(passed to tcp.run as srv\)$`
}

func containers(stop chan *http.Server) {
	servers := []*http.Server{{Addr: ":1"}}              // want `literal: ListenAndServe`
	servers = append(servers, &http.Server{Addr: ":2"})  // want `literal: ListenAndServe`
	byName := map[string]*http.Server{"a": {Addr: ":3"}} // want `literal: ListenAndServe \(kept in a map\)`
	for _, s := range servers {
		go s.ListenAndServe()
	}
	for _, s := range byName {
		go s.ListenAndServe()
	}
	queue := make(chan *http.Server, 1)
	queue <- &http.Server{} // want `literal: ListenAndServe \(sent over a channel\)`
	_ = (<-queue).ListenAndServe()
	stop <- &http.Server{} // want `literal: escapes:container`
}

type option func(*http.Server)

func withIdle(d time.Duration) option { return func(s *http.Server) { s.IdleTimeout = d } }

func newServer(opts ...option) *http.Server {
	s := &http.Server{} // want `literal: IdleTimeout; ListenAndServe \(returned by newServer\)$`
	for _, o := range opts {
		o(s)
	}
	return s
}

func options() { _ = newServer(withIdle(time.Second)).ListenAndServe() }

type Option func(*http.Server)

var defaults = []Option{func(s *http.Server) { s.ReadTimeout = 1 }}

func withDefaults() {
	s := &http.Server{} // want `literal: ReadTimeout; ListenAndServe$`
	for _, o := range defaults {
		o(s)
	}
	_ = s.ListenAndServe()
}

func unknownOption(o Option) {
	s := &http.Server{} // want `literal: ListenAndServe; escapes:dynamic$`
	o(s)
	_ = s.ListenAndServe()
}

var unknownHook = unknownOption

func apply[T any](x T, f func(T)) T {
	f(x)
	return x
}

func generics() {
	s := apply(&http.Server{}, func(s *http.Server) { s.ReadTimeout = 1 }) // want `literal: ReadTimeout; ListenAndServe \(passed to apply as x, returned by apply\)$`
	_ = s.ListenAndServe()
}

type holder[T any] struct{ held T }

func (h holder[T]) get() T { return h.held }

func genericField() {
	h := holder[*http.Server]{held: &http.Server{}} // want `literal: ListenAndServe \(kept in field holder.held, returned by holder.get\)$`
	_ = h.get().ListenAndServe()
}

func sequence(yield func(*http.Server) bool) {
	_ = yield(&http.Server{}) // want `literal: ListenAndServe \(passed to the body of the loop in rangeOverFunc\)$`
}

func rangeOverFunc() {
	for s := range sequence {
		_ = s.ListenAndServe()
	}
}

func tuple() (*http.Server, error) { return &http.Server{}, nil } // want `literal: ListenAndServe \(returned by tuple\)$`

func useTuple() {
	s, err := tuple()
	if err != nil {
		return
	}
	_ = s.ListenAndServe()
}

func copies() {
	base := http.Server{IdleTimeout: 1} // want `literal: ReadTimeout; IdleTimeout; ListenAndServe \(copied to srv\)$`
	srv := base
	srv.ReadTimeout = 1
	_ = srv.ListenAndServe()
}

func address(set func(*time.Duration)) {
	s := &http.Server{} // want `literal: ReadTimeout; ListenAndServe$`
	set(&s.ReadTimeout)
	_ = s.ListenAndServe()
}

func printed() {
	s := &http.Server{} // want `literal: Println$`
	fmt.Println(s)
}

type Alias = http.Server

func alias() {
	s := &Alias{} // want `literal: ListenAndServe$`
	_ = s.ListenAndServe()
}

func facts() {
	s := lib.New(":80") // want `made: IdleTimeout; ListenAndServe in lib$`
	_ = lib.Run(lib.Bound(s))
	_ = lib.NewApp(&http.Server{}).Start() // want `literal: ListenAndServe in lib$`
	lib.Hooks(&http.Server{})              // want `literal: escapes:fact$`
}

func main() {
	newService().run()
	throughInterface(tcp{})
}
