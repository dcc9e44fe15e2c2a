// Package scopes has a call of probe in each kind of place that contexts are at hand in, and beside it the places where
// they are not, or not to be used.
package scopes

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sort"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
	"google.golang.org/grpc"
)

func probe() {}

func fetch(ctx context.Context) error { return ctx.Err() }

func missing(err error) bool { return err.Error() == "missing" }

// Parameters.

func plain(ctx context.Context) { probe() } // want `^ctx$`

func blank(_ context.Context) { probe() } // want `^none$`

func none() { probe() } // want `^none$`

func handler(w http.ResponseWriter, r *http.Request) { probe() } // want `^r.Context\(\)$`

func blankRequest(w http.ResponseWriter, _ *http.Request) { probe() } // want `^the request's context$`

func blankStream(_ grpc.ServerStream) error { probe(); return nil } // want `^the stream's context$`

func both(r *http.Request, ctx context.Context) { probe() } // want `^ctx r.Context\(\)$`

func inGin(c *gin.Context) { probe() } // want `^c.Request.Context\(\)$`

func inEcho(c echo.Context) error { probe(); return nil } // want `^c.Request\(\).Context\(\)$`

func inFiber(c *fiber.Ctx) error { probe(); return nil } // want `^c.UserContext\(\)$`

func stream(s grpc.ServerStream) error { probe(); return nil } // want `^s.Context\(\)$`

// An own type that implements context.Context, as caddy's.
type provision struct {
	context.Context
	modules []string
}

func own(p provision) { probe() } // want `^p$`

// One that only looks like it.
type deadline struct{ time.Time }

func (deadline) Done() <-chan struct{} { return nil }
func (deadline) Err() error            { return nil }
func (deadline) Value(key string) any  { return nil }

func like(d deadline) { probe() } // want `^none$`

// The receiver is not at hand: its methods make what a context is.
func (p provision) load() { probe() } // want `^none$`

// Closures.

func called(ctx context.Context) {
	func() { probe() }() // want `^ctx$`
}

func inner(ctx context.Context) {
	func(c context.Context) { probe() }(ctx) // want `^c ctx$`
}

func variable(ctx context.Context) {
	var walk func(n int)
	walk = func(n int) {
		probe() // want `^ctx$`
		if n > 0 {
			walk(n - 1)
		}
	}
	walk(3)
}

func sorted(ctx context.Context, names []string) {
	sort.Slice(names, func(i, j int) bool {
		probe() // want `^ctx$`
		return names[i] < names[j]
	})
}

func each(names []string, do func(string)) {
	for _, n := range names {
		do(n)
	}
}

func handed(ctx context.Context, names []string) {
	each(names, func(string) {
		probe() // want `^ctx$`
		_ = ctx
	})
}

func ranged(ctx context.Context, seq func(func(int) bool)) {
	for range seq {
		probe() // want `^ctx$`
	}
}

type informer struct{ list func() }

func stored(ctx context.Context, i *informer) {
	i.list = func() { probe() } // want `^none$`
}

func returned(ctx context.Context) func() {
	return func() { probe() } // want `^none$`
}

func built() func(context.Context) {
	return func(ctx context.Context) { probe() } // want `^ctx$`
}

func foreign(ctx context.Context) {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { probe() }) // want `^r.Context\(\)$`
}

// Goroutines.

func started(ctx context.Context) {
	go func() { probe() }() // want `^none: in a goroutine`
	go probe()              // want `^ctx: in a goroutine`
}

func grouped(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { probe() }) // want `^none: in a goroutine`
	wg.Wait()
}

func worker(ctx context.Context) { probe() } // want `^ctx: in a goroutine`

func start(ctx context.Context) { go worker(ctx) }

// Others may call it otherwise.
func Worker(ctx context.Context) { probe() } // want `^ctx$`

func startWorker(ctx context.Context) { go Worker(ctx) }

func mixed(ctx context.Context) { probe() } // want `^ctx$`

func startMixed(ctx context.Context) {
	go mixed(ctx)
	mixed(ctx)
}

// Deferred.

func deferred(ctx context.Context) {
	defer probe()              // want `^ctx: deferred`
	defer func() { probe() }() // want `^none: deferred`
}

// After the end.

func waited(ctx context.Context) {
	probe() // want `^ctx$`
	<-ctx.Done()
	probe() // want `^ctx: after the context has ended`
}

func selected(ctx context.Context, work chan int) {
	for {
		select {
		case <-ctx.Done():
			probe() // want `^ctx: after the context has ended`
			return
		case <-work:
			probe() // want `^ctx$`
		}
	}
}

func signalled(ctx context.Context, stop chan os.Signal) {
	<-stop
	probe() // want `^ctx: after the context has ended`
}

func asked(ctx context.Context) {
	if ctx.Err() != nil {
		probe() // want `^ctx: after the context has ended`
	}
	probe() // want `^ctx$`
}

func compared(ctx context.Context) {
	err := fetch(ctx)
	if errors.Is(err, context.Canceled) {
		probe() // want `^ctx: after the context has ended`
	}
	if err == context.DeadlineExceeded {
		probe() // want `^ctx: after the context has ended`
	}
}

func cancelled(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	probe() // want `^ctx$`
	cancel()
	probe() // want `^ctx: after the context has ended`
}

func failed(ctx context.Context) {
	if err := fetch(ctx); err != nil {
		probe() // want `^ctx: after a call with the context has failed`
	}
	probe() // want `^ctx$`
}

func classified(ctx context.Context) error {
	if err := fetch(ctx); err != nil {
		if !missing(err) {
			return err
		}
		probe() // want `^ctx$`
	}
	return nil
}

func closureAfter(ctx context.Context) {
	<-ctx.Done()
	func() {
		probe() // want `^ctx: after the context has ended`
		_ = ctx
	}()
}

// Methods that end their object.

type service struct {
	cancel context.CancelFunc
	quit   chan struct{}
}

func (s *service) Shutdown(ctx context.Context) error {
	probe() // want `^ctx: in a function that ends its object`
	return nil
}

func (s *service) halt(ctx context.Context) {
	close(s.quit)
	probe() // want `^ctx: in a function that ends its object`
}

func (s *service) leave(ctx context.Context) {
	probe() // want `^ctx: in a function that ends its object`
	s.cancel()
}

func (s *service) handle(ctx context.Context) { probe() } // want `^ctx$`
