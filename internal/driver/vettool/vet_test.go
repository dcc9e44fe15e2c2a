package vettool_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop has a package with a finding, one that imports it, and tests of both kinds.
const shop = `
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

func TestRecords(t *testing.T) {
	c := unpack(t, shop)
	records, out := c.records("./...")
	if out.status != 0 || out.stderr != "" {
		t.Errorf("status %d, stderr %s", out.status, out.stderr)
	}
	want := []string{
		"corp.example/shop/cmd/shop/main.go:11:26: CL9002: Drain never returns (corp.example/shop/orders/orders.go:13: it blocks here) (suppressed in line 11)",
		"corp.example/shop/cmd/shop/main.go:13:14: CL9002: Serve never returns (corp.example/shop/orders/orders.go:5: it blocks here)",
		"corp.example/shop/orders/api_test.go:11:2: CL9001: sleeps",
		"corp.example/shop/orders/api_test.go:12:14: CL9002: Serve never returns (corp.example/shop/orders/orders.go:5: it blocks here)",
		"corp.example/shop/orders/orders.go:7:3: CL9001: sleeps",
		"corp.example/shop/orders/orders_test.go:9:2: CL9001: sleeps",
	}
	if diff := cmp.Diff(want, found(records)); diff != "" {
		t.Error(diff)
	}
	for _, r := range records {
		if diff := cmp.Diff([]string{"forever", "sleepy"}, r.Ran); diff != "" {
			t.Errorf("%s: %s", r.Package, diff)
		}
	}
	again, _ := c.records("./...")
	if diff := cmp.Diff(found(records), found(again)); diff != "" {
		t.Errorf("replayed from the cache: %s", diff)
	}
}
