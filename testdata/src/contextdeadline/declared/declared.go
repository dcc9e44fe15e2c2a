// Package declared calls a library of which the configuration says what waits, and for how long.
package declared

import (
	"context"
	"net/http"

	"corp.example/inventory"
)

type server struct{ inventory *inventory.Client }

func (s *server) item(w http.ResponseWriter, r *http.Request) {
	s.inventory.Get(context.Background(), "1") // want `s.inventory.Get waits for the inventory, for ever if no answer comes`
}

func (s *server) bounded(w http.ResponseWriter, r *http.Request) {
	s.inventory.Get(inventory.WithBudget(context.Background()), "1")
	s.inventory.Cached(context.Background(), "1")
}
