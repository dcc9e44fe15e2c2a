// Package quotes has findings with a safe fix, and one without.
package quotes

import (
	"context"
	"net/http"
)

// First waits for the price or the end of the context.
func First(ctx context.Context, ask func() (int, error)) (int, error) {
	result := make(chan int)
	go func() {
		price, _ := ask()
		result <- price
	}()
	select {
	case price := <-result:
		return price, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Second does the same.
func Second(ctx context.Context, ask func() (int, error)) (int, error) {
	result := make(chan int)
	go func() {
		price, _ := ask()
		result <- price
	}()
	select {
	case price := <-result:
		return price, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Page asks without a bound.
func Page() (*http.Response, error) {
	return http.Get("http://shop.example/")
}
