// Package fiber stands in for github.com/gofiber/fiber/v3.
package fiber

// Ctx is the context of a request.
type Ctx interface {
	Params(key string) string
	SendStatus(status int) error
	Abandon()
}

// Handler handles a request.
type Handler = func(Ctx) error
