// Package odd has values that are made of themselves, calls without arguments and blocks without successors: what once made
// an analyzer recurse without end, or read past the end of a list.
package odd

import (
	"context"
	"log"
	"os/exec"
	"sync"
	"time"
)

// An error that is merged with itself.
func merged(ctx context.Context, need func(int) bool, g func(context.Context) error) error {
	var err error
	for i := 0; i < 5; i++ {
		if need(i) {
			err = g(ctx)
		}
		if err != nil {
			time.Sleep(time.Second)
		}
	}
	if err != nil {
		return g(context.Background())
	}
	return err
}

type key struct{}

// A context that is put aside and back.
func Restored(ctx context.Context) {
	saved := ctx
	defer func() { log.Print(ctx.Value(key{})) }()
	ctx = context.WithValue(ctx, key{}, 1)
	work(ctx)
	ctx = saved
}

func work(ctx context.Context) { log.Print(ctx.Value(key{})) }

// Outbound calls as values.
func values(cmd *exec.Cmd) error {
	run := cmd.Run
	if err := run(); err != nil {
		return err
	}
	var r interface{ Run() error } = exec.Command("true")
	return r.Run()
}

type hub struct {
	mu      sync.Mutex
	subs    map[string]chan int
	dropped int
}

func (h *hub) subscribe(id string) <-chan int {
	h.mu.Lock()
	defer h.mu.Unlock()
	ch := make(chan int, 1)
	h.subs[id] = ch
	return ch
}

// Nothing follows the send.
func (h *hub) send(id string, v int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ch := h.subs[id]
	select {
	case <-ch:
		h.dropped++
	default:
	}
	ch <- v
}

// A context that is derived from nothing but itself.
func itself(d time.Duration, use func(context.Context)) {
	var ctx context.Context
	var cancel context.CancelFunc
	if d > 0 {
		ctx, cancel = context.WithTimeout(ctx, d)
	}
	defer func() { cancel(); use(ctx) }()
}

type keeper struct{ ctx context.Context }

// Variables that are made of each other.
func (k *keeper) round(ctx context.Context, use func(context.Context)) {
	var a, b *keeper
	if k.ctx == nil {
		a = b
	} else {
		b = a
	}
	func() { use(a.ctx); use(b.ctx) }()
}

// A function that asks itself.
func again(mu *sync.Mutex, n int) error {
	mu.Lock()
	if err := again(mu, n-1); err != nil {
		return err
	}
	mu.Unlock()
	return nil
}
