// Package api has findings whose causes lie in other packages.
package api

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"sync"

	"corp.example/lib"
	"corp.example/outside"

	"shop.example/shop/store"
)

// API answers requests.
type API struct {
	DB        *sql.DB
	Inventory *outside.Client
	mu        sync.Mutex
	served    int
}

// Register registers the handlers.
func (a *API) Register(mux *http.ServeMux) {
	mux.HandleFunc("/balance", a.balance)
	mux.HandleFunc("/count", a.count)
	mux.HandleFunc("/item", a.item)
}

func (a *API) balance(w http.ResponseWriter, _ *http.Request) {
	cents, err := store.Balance(context.Background(), a.DB, "1")
	fmt.Fprintln(w, cents, err)
}

func (a *API) count(w http.ResponseWriter, _ *http.Request) {
	n, err := lib.Count(context.Background(), a.DB)
	fmt.Fprintln(w, n, err)
}

func (a *API) item(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, a.Inventory.Get(context.Background(), "tea"))
}

// Served counts; outside.Die never returns.
func (a *API) Served(limit int) int {
	a.mu.Lock()
	if a.served > limit {
		outside.Die("too many")
		return 0
	}
	a.served++
	a.mu.Unlock()
	return a.served
}

// Reset has no such excuse.
func (a *API) Reset(limit int) {
	a.mu.Lock()
	if a.served > limit {
		return
	}
	a.served = 0
	a.mu.Unlock()
}
