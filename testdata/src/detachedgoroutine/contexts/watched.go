package contexts

import (
	"context"
	"net/http"
)

// What follows changes runs as long as the context that it is given.
func follow(ctx context.Context, changes <-chan string, do func(string)) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case c := <-changes:
				do(c)
			}
		}
	}()
}

// The goroutine ends with the context that its function works with.
func (s *service) followed(w http.ResponseWriter, r *http.Request, changes <-chan string) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	follow(ctx, changes, func(c string) { s.mail.Send(ctx, c, "b") })
}

func (s *service) serveFollowed(w http.ResponseWriter, r *http.Request) {
	s.followed(w, r, make(chan string))
}

// Another context than the one that it works with says when it ends.
func (s *service) serveDetached(w http.ResponseWriter, r *http.Request) {
	changes := make(chan string)
	follow(context.WithoutCancel(r.Context()), changes, func(c string) {
		s.mail.Send(r.Context(), c, "b") // want `CL1031`
	})
}

// The goroutine does what it is given once, whatever becomes of the context.
func soon(ctx context.Context, do func(string)) {
	go func() { do("x") }()
}

func (s *service) serveSoon(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	soon(ctx, func(c string) { s.mail.Send(ctx, c, "b") }) // want `CL1031`
}
