// Command lastrun ends when its run returns.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync"
)

func work(name string) (string, error) {
	if name == "" {
		return "", errors.New("no name")
	}
	return name, nil
}

func main() {
	if err := run(); err != nil {
		log.Print(err)
		os.Exit(1)
	}
}

// What is left behind when run returns ends with the process, although each goroutine would have worked on: one finding.
func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := first(ctx); err != nil {
		return err
	}
	s := newServer()
	http.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { s.count() })
	names, failed := make(chan string), make(chan error)
	go func() {
		for {
			name, err := work("x")
			if err != nil {
				failed <- err // want `CL1001: .*; the same holds for line 45; it is started once and stays until the process ends`
				return
			}
			names <- name // this alone is a note only because the process ends with run
		}
	}()
	for {
		select {
		case name := <-names:
			log.Print(name)
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

// run goes on when first has returned.
func first(ctx context.Context) error {
	names := make(chan string)
	go func() {
		for {
			name, _ := work("y")
			names <- name // want `CL1001: [^;]*; [^;]*$`
		}
	}()
	for {
		select {
		case name := <-names:
			if name == "y" {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// A server leaves by a label once it is told to, and takes what is there before it has gone.
type server struct {
	mu      sync.Mutex
	queries chan chan int
	adds    chan int
	quit    chan struct{}
}

func newServer() *server {
	s := &server{queries: make(chan chan int), adds: make(chan int), quit: make(chan struct{})}
	go s.serve()
	return s
}

func (s *server) serve() {
	n := 0
loop:
	for {
		select {
		case q := <-s.queries:
			q <- n
		case by := <-s.adds:
			n += by
		case <-s.quit:
			break loop
		}
	}
drain:
	for {
		select {
		case <-s.queries:
		case <-s.adds:
		default:
			break drain
		}
	}
}

func (s *server) count() int {
	reply := make(chan int)
	s.queries <- reply // want `CL1001: .*; it happens only once server.serve has been told to end`
	return <-reply
}

func (s *server) end() { close(s.quit) }

// A failing server leaves because of what it was asked, and the program goes on.
type failing struct {
	queries chan string
	quit    chan struct{}
}

func newFailing() *failing {
	s := &failing{queries: make(chan string), quit: make(chan struct{})}
	go s.serve()
	return s
}

func (s *failing) serve() {
loop:
	for {
		select {
		case q := <-s.queries:
			if _, err := work(q); err != nil {
				break loop
			}
		case <-s.quit:
			break loop
		}
	}
drain:
	for {
		select {
		case <-s.queries:
		default:
			break drain
		}
	}
}

func (s *failing) ask(q string) {
	s.queries <- q // want `CL1001: [^;]*; [^;]*$`
}

func (s *failing) end() { close(s.quit) }

var _ = []any{(*server).end, (*failing).end, (*failing).ask, newFailing}
