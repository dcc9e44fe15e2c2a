package outbound_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/txtar"
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// TestMain makes the test binary the vet tool, too.
func TestMain(m *testing.M) {
	if vettool.Main(os.Args[1:], tellers) {
		return
	}
	os.Exit(m.Run())
}

var told = &rule.Rule{Code: "CL2999", Name: "tell", Analyzer: "tell", Doc: lint.RawDocumentation{Title: "tell"}, Maturity: rule.Stable}

// tellers returns an analyzer that says of every outbound call what it is, and what the configuration declares besides.
func tellers() []*analysis.Analyzer {
	return []*analysis.Analyzer{pass.New(pass.Spec{
		Name:     "tell",
		Doc:      "tell what outbound calls are",
		Rules:    []*rule.Rule{told},
		Requires: []*analysis.Analyzer{buildssa.Analyzer},
		Run: func(p *pass.Pass) error {
			declared := &p.Options.Models
			table := outbound.New(declared)
			for _, fn := range p.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
				for _, b := range fn.Blocks {
					for _, instr := range b.Instrs {
						call, ok := instr.(*ssa.Call)
						if !ok {
							continue
						}
						tell := func(message string) {
							p.Report(pass.Diagnostic{Rule: told, Pos: call.Pos(), Message: message})
						}
						if c, ok := table.Of(call.Common()); ok {
							tell(say(c))
						}
						if callee := call.Common().StaticCallee(); callee != nil && callee.Object() != nil {
							switch name := callee.String(); {
							case declared.IsDeadline(name):
								tell(name + " gives a deadline")
							case declared.IsCloser(name):
								tell(name + " closes")
							}
						}
					}
				}
			}
			return nil
		},
	})}
}

// A service in vendor mode uses the libraries of its company, which are not analysed.
const service = `
-- go.mod --
module corp.example/orders

go 1.26

require corp.example/lib v1.0.0
-- orders.go --
package orders

import (
	"context"

	"corp.example/lib"
)

func Order(ctx context.Context, inventory *lib.Inventory, prices *lib.Prices) {
	ctx, cancel := lib.WithBudget(ctx)
	defer cancel()
	inventory.Get(ctx, "hat")
	lib.Ping()
	prices.DB.QueryContext(ctx, "select 1")
	prices.QueryContext(ctx, "select 1")
	lib.Drain(prices)
	inventory.Name()
}
-- vendor/modules.txt --
# corp.example/lib v1.0.0
## explicit; go 1.26
corp.example/lib
-- vendor/corp.example/lib/lib.go --
package lib

import (
	"context"
	"database/sql"
	"time"
)

type Inventory struct{ name string }

func (i *Inventory) Get(ctx context.Context, key string) error { return ctx.Err() }

func (i *Inventory) Name() string { return i.name }

type Prices struct{ DB *sql.DB }

func (p *Prices) QueryContext(ctx context.Context, query string) error { return ctx.Err() }

func Ping() error { return nil }

func WithBudget(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

func Drain(any) {}
`

const declarations = `version: 1
models:
  outbound:
    - {func: (*corp.example/lib.Inventory).Get, context: 2, waits: for the inventory service}
    - {func: corp.example/lib.Ping}
    - {func: (*corp.example/lib.Prices).QueryContext, context: 2}
  bounded: [corp.example/lib.Prices]
  deadlines: [corp.example/lib.WithBudget]
  closers: [corp.example/lib.Drain]
`

// What the configuration declares of vendored libraries reaches the analyzers in both drivers; when it changes, the
// cached results of go vet do not stay.
func TestDeclarationsReachTheAnalyzers(t *testing.T) {
	for name, value := range map[string]string{
		"GOFLAGS": " ", "GOWORK": "", "GO111MODULE": "", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOENV": "off",
	} {
		t.Setenv(name, value)
	}
	for _, mode := range []driver.Mode{driver.Vet, driver.Source} {
		t.Run(string(mode), func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range txtar.Parse([]byte(service)).Files {
				write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
			}
			plain := []string{"14: prices.DB.QueryContext waits for the database, with t1"}
			if diff := cmp.Diff(plain, findings(t, dir, mode)); diff != "" {
				t.Errorf("without declarations: %s", diff)
			}
			write(t, filepath.Join(dir, ".cloudlint.yml"), []byte(declarations))
			want := []string{
				"10: corp.example/lib.WithBudget gives a deadline",
				"12: inventory.Get waits for the inventory service, with t1",
				"13: lib.Ping waits for an answer",
				"14: prices.DB.QueryContext waits for the database, with t1",
				"15: prices.QueryContext waits for an answer, with t1, bounded",
				"16: corp.example/lib.Drain closes",
			}
			if diff := cmp.Diff(want, findings(t, dir, mode)); diff != "" {
				t.Errorf("with declarations: %s", diff)
			}
			if err := os.Remove(filepath.Join(dir, ".cloudlint.yml")); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain, findings(t, dir, mode)); diff != "" {
				t.Errorf("without declarations again: %s", diff)
			}
		})
	}
}

// findings runs a driver as the command does, with the settings of the module's configuration.
func findings(t *testing.T, dir string, mode driver.Mode) []string {
	t.Helper()
	rules, err := rule.NewCatalogue(told)
	if err != nil {
		t.Fatal(err)
	}
	known := config.Known{Rules: rules, Analyzers: tellers(), CommonFlags: pass.CommonFlags()}
	out, err := driver.Run(context.Background(), driver.Request{
		Dir: dir, Mode: mode, Analyzers: tellers,
		Configure: func(m driver.Module) (driver.Settings, error) {
			c, err := config.Load(m.Dir, m.Dir, "", known, config.Flags{})
			if err != nil {
				return driver.Settings{}, err
			}
			return c.Settings(), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range out.Errors {
		t.Errorf("%s: %s", e.Package, e.Message)
	}
	var lines []string
	for _, rec := range out.Records {
		for _, f := range rec.Findings {
			lines = append(lines, fmt.Sprintf("%d: %s", f.Pos.Line, f.Message))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
