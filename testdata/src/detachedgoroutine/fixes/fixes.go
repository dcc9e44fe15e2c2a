// Package fixes has goroutines that a fix mends.
package fixes

import (
	"context"
	"log"
	"net/http"

	"github.com/gin-gonic/gin"
)

type store interface {
	Save(ctx context.Context, text string) error
}

type api struct{ store store }

func (a *api) captured(c *gin.Context) {
	go func() {
		log.Println(c.Query("name")) // want `CL1034`
	}()
}

func (a *api) capturedBeside(c *gin.Context) {
	for i := range 3 {
		go func(i int) {
			log.Println(c.Query("name"), i) // want `CL1034`
		}(i)
	}
}

func (a *api) argument(c *gin.Context) {
	go a.log(c) // want `CL1034`
}

func (a *api) log(c *gin.Context) { log.Println(c.Query("name")) }

func (a *api) context(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() {
		if err := a.store.Save(ctx, "x"); err != nil { // want `CL1031`
			log.Println(err)
		}
		a.store.Save(ctx, "y")
	}()
}

func (a *api) request(w http.ResponseWriter, r *http.Request) {
	go func() {
		a.store.Save(r.Context(), "x") // want `CL1031`
	}()
}

func (a *api) direct(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go a.store.Save(ctx, "x") // want `CL1031`
}
