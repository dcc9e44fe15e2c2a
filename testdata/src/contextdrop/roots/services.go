package roots

import (
	"context"
	"net/http"

	"contextdrop/parts"
)

// Silent: what the package that has the interface implements it with goes on after the call.
func started(ctx context.Context, s parts.Service) error {
	return s.StartAsync(context.Background())
}

func awaited(ctx context.Context, s parts.Service) error {
	return s.Await(context.Background()) // want `s.Await is called with context.Background\(\) although ctx is at hand`
}

func swapped(ctx context.Context, s parts.Store) error {
	return s.Swap(context.Background()) // want `s.Swap is called with context.Background\(\) although ctx is at hand`
}

type tenant struct{}

// Silent: the request has a context, and the other one brings values for it.
func label(r *http.Request, name string) error {
	return sign(context.WithValue(context.Background(), tenant{}, name), r)
}

func labelPlain(r *http.Request) error {
	return sign(context.Background(), r) // want `sign is called with context.Background\(\) although r.Context\(\) is at hand`
}

func sign(ctx context.Context, r *http.Request) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	default:
		r.Header.Set("Tenant", "x")
		return nil
	}
}
