// Package frameworks has handlers whose goroutines use a context that the framework recycles.
package frameworks

import (
	"context"
	"io"
	"log"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
	"github.com/valyala/fasthttp"
)

type store interface {
	Save(ctx context.Context, v any) error
}

type api struct{ store store }

// What is reported.

func (a *api) ginHandler(c *gin.Context) {
	go func() {
		log.Println(c.Query("name")) // want `CL1034: c.Query uses c in a goroutine that can outlive ginHandler: gin gives it to another request as soon as the handler returns, so the goroutine sees that request's data, in a data race; give it c.Copy\(\), made before the goroutine starts`
	}()
	c.Status(http.StatusAccepted)
}

func (a *api) ginAsContext(c *gin.Context) {
	go a.store.Save(c, "x") // want `CL1034: a.store.Save uses c`
}

func (a *api) ginField(c *gin.Context) {
	go func() {
		a.store.Save(c.Request.Context(), "x") // want `CL1034: Request uses c`
	}()
}

func (a *api) ginArgument(c *gin.Context) {
	go a.handle(c) // want `CL1034: a.handle uses c`
}

func (a *api) handle(c *gin.Context) { log.Println(c.Param("id")) }

func (a *api) copiedTooLate(c *gin.Context) {
	go func() {
		a.handle(c.Copy()) // want `CL1034: c.Copy`
	}()
}

func (a *api) echoHandler(c echo.Context) error {
	go func() {
		log.Println(c.Param("id")) // want `CL1034: c.Param uses c in a goroutine that can outlive echoHandler: echo gives it to another request as soon as the handler returns, so the goroutine sees that request's data, in a data race; take what it needs from it before the goroutine starts`
	}()
	return c.NoContent(http.StatusAccepted)
}

func (a *api) echoRequest(c echo.Context) error {
	r := c.Request()
	go a.store.Save(r.Context(), "x") // want `CL1031`
	return nil
}

func (a *api) echoResponse(c echo.Context) error {
	w := c.Response()
	go func() {
		w.Writer.Write([]byte("x"))
	}()
	return nil
}

func (a *api) fiberHandler(c *fiber.Ctx) error {
	go func() {
		log.Println(c.Params("id")) // want `CL1034: c.Params`
	}()
	return nil
}

func (a *api) fiberContext(c *fiber.Ctx) error {
	go a.store.Save(c.Context(), "x") // want `CL1034: a.store.Save uses c.Context\(\)`
	return nil
}

func (a *api) fast(ctx *fasthttp.RequestCtx) {
	go func() {
		log.Println(ctx.Path()) // want `CL1034: ctx.Path`
	}()
}

func (a *api) onTimeout(c *gin.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.handle(c) // want `CL1034`
	}()
	select {
	case <-done:
	case <-c.Request.Context().Done():
	}
}

func (a *api) streamed(c *gin.Context) {
	parts := make(chan string)
	go func() {
		defer close(parts)
		parts <- c.Param("id") // want `CL1034: c.Param`
	}()
	c.Stream(func(w io.Writer) bool {
		text, ok := <-parts
		io.WriteString(w, text)
		return ok
	})
}

// What is not reported.

func (a *api) copied(c *gin.Context) {
	copied := c.Copy()
	go func() { log.Println(copied.Query("name")) }()
	go a.handle(c.Copy())
}

func (a *api) taken(c *gin.Context) {
	name := c.Query("name")
	go func() { log.Println(name) }()
}

func (a *api) waited(c *gin.Context) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { a.handle(c) })
	}
	wg.Wait()
}

func (a *api) fiberUserContext(c *fiber.Ctx) error {
	go a.store.Save(c.UserContext(), "x")
	return nil
}

func (a *api) ignores(c *gin.Context) {
	go ignore(c)
}

func ignore(ctx context.Context) { log.Println("x") }
