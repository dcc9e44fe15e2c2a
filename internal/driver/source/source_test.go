package source_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

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

// TestRealModules compares the drivers on the modules in the folders that CLOUDLINT_MODULES lists.
func TestRealModules(t *testing.T) {
	dirs := filepath.SplitList(os.Getenv("CLOUDLINT_MODULES"))
	if len(dirs) == 0 {
		t.Skip("CLOUDLINT_MODULES names no folders")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			c := unittest.Open(t, dir)
			start := time.Now()
			got, errs := run(t, c, nil)
			t.Logf("source driver: %d records, %d findings, %.1fs", len(got), len(unittest.Found(got)), time.Since(start).Seconds())
			for _, e := range errs {
				t.Error(e)
			}
			if os.Getenv("CLOUDLINT_SOURCE_ONLY") != "" {
				return
			}
			start = time.Now()
			want, out := c.Records("./...")
			t.Logf("go vet: %d records, %d findings, %.1fs", len(want), len(unittest.Found(want)), time.Since(start).Seconds())
			if out.Status != 0 {
				t.Errorf("go vet: status %d: %s", out.Status, out.Stderr)
			}
			if diff := cmp.Diff(unittest.Distinct(want), unittest.Distinct(got)); diff != "" {
				t.Errorf("go vet (-) and the source driver (+) disagree: %s", diff)
			}
		})
	}
}
