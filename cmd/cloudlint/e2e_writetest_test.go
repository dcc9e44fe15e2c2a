package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const leaking = `-- go.mod --
module corp.example/shop

go 1.26
-- fetch/fetch.go --
package fetch

import "context"

type Source[T any] struct{ Load func() T }

func (s Source[T]) Fetch(ctx context.Context) (v T, err error) {
	result := make(chan T)
	go func() { result <- s.Load() }()
	select {
	case v = <-result:
		return v, nil
	case <-ctx.Done():
		return v, ctx.Err()
	}
}
-- fetch/fetch_test.go --
package fetch_test

import (
	"context"
	"testing"

	"corp.example/shop/fetch"
)

var first = true

func TestFetch(t *testing.T) {
	t.Parallel()
	t.Run("ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		left := make(chan bool) // Fetch never gets the value
		s := fetch.Source[int]{Load: func() int { <-left; return 1 }}
		s.Fetch(ctx)
		close(left)
	})
}

func TestOnce(t *testing.T) {
	if c := make(chan int); first {
		go func() { <-c }()
	}
	first = false
}
`

// A test that is written fails before the leak is mended and passes after. One that would pass is not kept.
func TestVerifyWriteTest(t *testing.T) {
	dir := module(t, leaking)
	// The second run of TestOnce in one process leaves nothing.
	edit(t, dir, "fetch/fetch_test.go", "first = true", "first = !strings.Contains(strings.Join(os.Args, \" \"), \"Leaves\")")
	edit(t, dir, "fetch/fetch_test.go", "\"context\"\n", "\"context\"\n\t\"os\"\n\t\"strings\"\n")
	r := cloudlint(t, dir, "verify", "--write-test")
	if r.status != 4 || !strings.Contains(r.stderr, "wrote fetch/cloudlint_leak_x_test.go, which fails as long as the leaks are there: go test -run '^(TestFetchLeavesNothingInSourceFetch)$' ./fetch\n") {
		t.Fatalf("status %d\n%s", r.status, r.stderr)
	}
	if !strings.Contains(r.stderr, "no test about TestOnce (fetch_test.go:") {
		t.Errorf("it does not say what it has not kept: %s", r.stderr)
	}
	if status := goTest(t, dir); status == 0 {
		t.Error("the written test passes with the leak")
	}
	cloudlint(t, dir, "verify", "--write-test").wantError(t, 2, "cloudlint_leak_x_test.go is there already")

	edit(t, dir, "fetch/fetch.go", "make(chan T)", "make(chan T, 1)")
	if status := goTest(t, dir); status != 0 {
		t.Error("the written test fails without the leak")
	}
	if err := os.Remove(filepath.Join(dir, "fetch", "cloudlint_leak_x_test.go")); err != nil {
		t.Fatal(err)
	}
}

func goTest(t *testing.T, dir string) int {
	t.Helper()
	return execute(t, command(dir, "go", "test", "./...")).status
}
