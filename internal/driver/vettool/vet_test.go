package vettool_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
)

// TestMain makes the test binary the vet tool, too.
func TestMain(m *testing.M) {
	if vettool.Main(os.Args[1:], unittest.Analyzers) {
		return
	}
	os.Exit(m.Run())
}

func TestRecords(t *testing.T) {
	c := unittest.Unpack(t, unittest.Shop)
	records, out := c.Records("./...")
	if out.Status != 0 || out.Stderr != "" {
		t.Errorf("status %d, stderr %s", out.Status, out.Stderr)
	}
	want := []string{
		"corp.example/shop/cmd/shop/main.go:11:26: CL9002: Drain never returns (corp.example/shop/orders/orders.go:13: it blocks here) (suppressed in line 11)",
		"corp.example/shop/cmd/shop/main.go:13:14: CL9002: Serve never returns (corp.example/shop/orders/orders.go:5: it blocks here)",
		"corp.example/shop/orders/api_test.go:11:2: CL9001: sleeps",
		"corp.example/shop/orders/api_test.go:12:14: CL9002: Serve never returns (corp.example/shop/orders/orders.go:5: it blocks here)",
		"corp.example/shop/orders/orders.go:7:3: CL9001: sleeps",
		"corp.example/shop/orders/orders_test.go:9:2: CL9001: sleeps",
	}
	if diff := cmp.Diff(want, unittest.Found(records)); diff != "" {
		t.Error(diff)
	}
	for _, r := range records {
		if diff := cmp.Diff([]string{"forever", "sleepy"}, r.Ran); diff != "" {
			t.Errorf("%s: %s", r.Package, diff)
		}
	}
	again, _ := c.Records("./...")
	if diff := cmp.Diff(unittest.Found(records), unittest.Found(again)); diff != "" {
		t.Errorf("replayed from the cache: %s", diff)
	}
}
