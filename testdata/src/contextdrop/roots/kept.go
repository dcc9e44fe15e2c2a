package roots

import (
	"context"
	"net/http"
)

type feed struct {
	ctx   context.Context
	watch func(since int) error
}

type source struct {
	watch func(since int) error
}

// follow keeps the context for what it starts.
func follow(ctx context.Context, s *source) (*feed, error) {
	f := &feed{ctx: ctx, watch: s.watch}
	go f.run()
	return f, nil
}

func (f *feed) run() {
	for f.ctx.Err() == nil {
		if f.watch(1) != nil {
			return
		}
	}
}

// TODO is no decision to let the feed go on, nor is what the literal beside it does.
func (s *store) feed(ctx context.Context) (*feed, error) {
	if _, err := s.db.ExecContext(ctx, "SELECT 1"); err != nil {
		return nil, err
	}
	watch := func(since int) error {
		_, err := s.db.ExecContext(context.Background(), "SELECT changes", since)
		return err
	}
	return follow(context.TODO(), &source{watch: watch}) // want `CL2031: follow keeps context.TODO\(\) although ctx is at hand: what it starts or makes goes on when ctx is cancelled`
}

// Background is a decision.
func (s *store) lasting(ctx context.Context) (*feed, error) {
	if _, err := s.db.ExecContext(ctx, "SELECT 1"); err != nil {
		return nil, err
	}
	return follow(context.Background(), &source{})
}

// So is WithoutCancel.
func (s *store) unended(ctx context.Context) (*feed, error) {
	if _, err := s.db.ExecContext(ctx, "SELECT 1"); err != nil {
		return nil, err
	}
	return follow(context.WithoutCancel(ctx), &source{})
}

// The context of a request ends long before the feed.
func (s *store) subscribe(w http.ResponseWriter, r *http.Request) {
	if _, err := s.db.ExecContext(r.Context(), "SELECT 1"); err != nil {
		return
	}
	feeds[r.URL.Path], _ = follow(context.TODO(), &source{})
}

var feeds = map[string]*feed{}

// The context that is at hand never ends.
func (s *store) rooted() (*feed, error) { return s.given(context.Background()) }

func (s *store) given(ctx context.Context) (*feed, error) {
	if _, err := s.db.ExecContext(ctx, "SELECT 1"); err != nil {
		return nil, err
	}
	return follow(context.TODO(), &source{})
}

// What ends something has its own time.
func (s *store) stop(ctx context.Context, srv *http.Server) error {
	if _, err := s.db.ExecContext(ctx, "SELECT 1"); err != nil {
		return err
	}
	return srv.Shutdown(context.TODO())
}
