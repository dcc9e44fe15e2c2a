// Package abandoned takes contexts out of the pool before it leaves them to a goroutine.
package abandoned

import (
	"time"

	"github.com/gofiber/fiber/v3"
)

// timeout leaves the handler, and keeps the context from the pool.
func timeout(h fiber.Handler) fiber.Handler {
	return func(c fiber.Ctx) error {
		done := make(chan error, 1)
		go func() { done <- h(c) }()
		select {
		case err := <-done:
			return err
		case <-time.After(time.Second):
			return late(c)
		}
	}
}

func late(c fiber.Ctx) error {
	c.Abandon()
	return c.SendStatus(408)
}

// careless gives it back all the same.
func careless(h fiber.Handler) fiber.Handler {
	return func(c fiber.Ctx) error {
		done := make(chan error, 1)
		go func() { done <- h(c) }() // want `uses c in a goroutine that can outlive the handler`
		select {
		case err := <-done:
			return err
		case <-time.After(time.Second):
			return c.SendStatus(408)
		}
	}
}
