package unittest

// Shop has a package with a finding, one that imports it, and tests of both kinds.
const Shop = `
-- go.mod --
module corp.example/shop

go 1.26
-- orders/orders.go --
package orders

import "time"

func Serve() {
	for {
		time.Sleep(time.Second)
	}
}

type Queue struct{}

func (*Queue) Drain() {
	select {}
}
-- orders/orders_test.go --
package orders

import (
	"testing"
	"time"
)

func TestServe(t *testing.T) {
	time.Sleep(1)
}
-- orders/api_test.go --
package orders_test

import (
	"testing"
	"time"

	"corp.example/shop/orders"
)

func TestAPI(t *testing.T) {
	time.Sleep(2)
	orders.Serve()
}
-- cmd/shop/main.go --
package main

import (
	"os"

	"corp.example/shop/orders"
)

func main() {
	if len(os.Args) > 1 {
		new(orders.Queue).Drain() //cloudlint:ignore CL9002 a daemon
	}
	orders.Serve()
}
`
