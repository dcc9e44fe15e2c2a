package source_test

import (
	"context"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver/source"
	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// TestMain makes the test binary the vet tool, too.
func TestMain(m *testing.M) {
	if vettool.Main(os.Args[1:], unittest.Analyzers) {
		return
	}
	os.Exit(m.Run())
}

// run runs the source driver on the checkout.
func run(t *testing.T, c *unittest.Checkout, configure func(*source.Config)) ([]wire.Record, []finding.Error) {
	t.Helper()
	var records []wire.Record
	var errs []finding.Error
	cfg := source.Config{
		Dir:       c.Dir,
		Patterns:  []string{"./..."},
		Env:       c.Environ(),
		Tests:     true,
		Analyzers: unittest.Analyzers(),
		Record:    func(r wire.Record) { records = append(records, r) },
		Error:     func(e finding.Error) { errs = append(errs, e) },
	}
	if configure != nil {
		configure(&cfg)
	}
	if err := source.Run(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	return records, errs
}

func TestEqualToVet(t *testing.T) {
	c := unittest.Unpack(t, unittest.Shop)
	want, _ := c.Records("./...")
	got, errs := run(t, c, nil)
	if len(errs) > 0 {
		t.Error(errs)
	}
	if diff := cmp.Diff(unittest.Distinct(want), unittest.Distinct(got)); diff != "" {
		t.Errorf("go vet (-) and the source driver (+) disagree: %s", diff)
	}
}
