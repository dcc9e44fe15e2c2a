// Package shutdown ends servers.
package shutdown

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/valyala/fasthttp"
	"google.golang.org/grpc"
)

func background(server *http.Server) error {
	return server.Shutdown(context.Background()) // want `server.Shutdown waits for the requests in flight, and context.Background\(\) has no deadline`
}

func withValues(server *http.Server) {
	ctx := context.WithValue(context.TODO(), key{}, "stop")
	server.Shutdown(ctx) // want `server.Shutdown waits for the requests in flight, and context.TODO\(\) has no deadline`
}

type key struct{}

func bounded(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}

// A deadline anywhere above bounds it.
func boundedAbove(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return server.Shutdown(context.WithValue(ctx, key{}, "stop"))
}

// The caller knows.
func parameter(ctx context.Context, server *http.Server) error { return server.Shutdown(ctx) }

// The example of net/http: who waits for the channel waits as long as Shutdown does.
func inGoroutine(server *http.Server, interrupted <-chan os.Signal) {
	idle := make(chan struct{})
	go func() {
		<-interrupted
		server.Shutdown(context.Background()) // want `keeps the function literal in inGoroutine from returning`
		close(idle)
	}()
	server.ListenAndServe()
	<-idle
}

// A timer bounds the wait for the goroutine.
func timed(server *http.Server) {
	idle := make(chan struct{})
	go func() {
		server.Shutdown(context.Background())
		close(idle)
	}()
	select {
	case <-idle:
	case <-time.After(10 * time.Second):
	}
}

// It is closed by force.
func forced(server *http.Server) {
	timer := time.AfterFunc(10*time.Second, func() { server.Close() })
	defer timer.Stop()
	server.Shutdown(context.Background())
}

func fast(server *fasthttp.Server) {
	server.Shutdown() // want `server.Shutdown waits for connections to become idle without a bound`
}

type api struct {
	grpc   *grpc.Server
	health *grpc.Server
}

func (a *api) Close() error {
	a.grpc.GracefulStop() // want `a.grpc.GracefulStop waits for every call in flight`
	return nil
}

func stop(server *grpc.Server) {
	done := make(chan struct{})
	go func() {
		server.GracefulStop()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		server.Stop()
	}
}

// The other way to stop is there for whoever wants it.
func (a *api) Drain() { a.health.GracefulStop() }

func (a *api) Kill() { a.health.Stop() }

func byTimer(server *grpc.Server) {
	defer time.AfterFunc(time.Second, server.Stop).Stop()
	server.GracefulStop()
}

// Who runs the function that is returned may bound it.
func stopper(server *grpc.Server) func() { return func() { server.GracefulStop() } }

// Nobody waits for it.
func started(server *grpc.Server) { go server.GracefulStop() }

// One server has one finding: the deferred call comes when the other has returned.
func twice(interrupted <-chan os.Signal) {
	server := grpc.NewServer()
	defer server.GracefulStop()
	go func() {
		<-interrupted
		server.GracefulStop() // want `keeps the function literal in twice from returning`
	}()
	server.Serve(nil)
}
