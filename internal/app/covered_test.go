package app

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/adopt"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// linterExamples returns code that the linters of golangci-lint report, by linter, check and rule of cloudlint.
func linterExamples() map[string]string {
	return map[string]string{
		"contextcheck  CL2031": `func f(ctx context.Context, db *sql.DB) error { return db.PingContext(context.Background()) }`,
		"contextcheck  CL2034": `
type prices struct{ db *sql.DB }

func (p *prices) F(ctx context.Context) error { return p.ping() }

func (p *prices) ping() error { return p.db.PingContext(context.Background()) }`,
		"contextcheck  CL2035": `
type Prices struct{ db *sql.DB }

func (p *Prices) F(ctx context.Context) error { return p.Ping() }

func (p *Prices) Ping() error { return p.db.PingContext(context.Background()) }`,
		"gosec G112 CL2001": `
func main() {
	s := &http.Server{Addr: ":1234", Handler: http.NotFoundHandler()}
	log.Fatal(s.ListenAndServe())
}`,
		"gosec G114 CL2003": `func main() { log.Fatal(http.ListenAndServe(":8080", nil)) }`,
		"gosec G118 CL2025": lostCancel,

		"govet lostcancel CL2025": lostCancel,

		"noctx  CL2012": `func f() (*http.Response, error) { return http.Get("https://example.com") }`,
		"noctx  CL2013": `func f(addr string) (net.Conn, error) { return net.Dial("tcp", addr) }`,
		"noctx  CL2032": `func f(ctx context.Context) error { return exec.Command("true").Run() }`,
		"noctx  CL2034": `
func F(ctx context.Context) error { return f() }

func f() error { return exec.Command("true").Run() }`,
		"staticcheck SA2003 CL1006": `
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) inc() {
	c.mu.Lock()
	defer c.mu.Lock()
	c.n++
}`,
	}
}

const lostCancel = `
func f(parent context.Context, work func(context.Context) error, bad bool) error {
	ctx, cancel := context.WithCancel(parent)
	if bad {
		return nil
	}
	defer cancel()
	return work(ctx)
}`

// What cloudlint init says of a linter is true: each of the rules that it names reports an example of the linter's findings.
func TestCoveredLinters(t *testing.T) {
	dir := t.TempDir()
	examples := linterExamples()
	ruletest.Write(t, filepath.Join(dir, "go.mod"), "module example.com\n\ngo 1.26\n")
	folder := func(row adopt.Covered, code string) string {
		return strings.ToLower(row.Linter + row.Part + code)
	}
	for _, row := range adopt.CoveredLinters() {
		for _, code := range row.Codes {
			key := row.Linter + " " + row.Part + " " + code
			if examples[key] == "" {
				t.Fatalf("there is no example for %q", key)
			}
			ruletest.WriteExample(t, filepath.Join(dir, folder(row, code)), examples[key])
			delete(examples, key)
		}
	}
	for key := range examples {
		t.Errorf("the example %q is of nothing that is said to be covered", key)
	}
	report := lintJSON(t, dir, LintOptions{Preview: true, Tests: true, Driver: "source"})
	for _, e := range report.Errors {
		t.Errorf("%s: %s", e.Package, e.Message)
	}
	codes := make(map[string][]string)
	for _, f := range report.Findings {
		codes[f.Package] = append(codes[f.Package], f.Code)
	}
	for _, row := range adopt.CoveredLinters() {
		for _, code := range row.Codes {
			if got := codes["example.com/"+folder(row, code)]; !slices.Contains(got, code) {
				t.Errorf("%s %s: %s does not report the example, but %v", row.Linter, row.Part, code, got)
			}
		}
	}
}
