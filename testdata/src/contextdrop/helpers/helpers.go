// Package helpers loses contexts in functions that get none.
package helpers

import (
	"context"
	"database/sql"
	"net/http"
	"time"

	library "corp.example/contextdrop"
	"google.golang.org/grpc"
)

type proxy struct {
	client *http.Client
	db     *sql.DB
}

func (p *proxy) execute(url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil) // want `\(\*proxy\).execute makes a request with http.NewRequest, which has no context although every caller has a context at hand \(stream.Context\(\) in \(\*proxy\).serve\)`
	if err != nil {
		return nil, err
	}
	return p.client.Do(req)
}

func (p *proxy) serve(stream grpc.ServerStream) error {
	resp, err := p.execute("http://example.com")
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Over two functions.
func (p *proxy) touch() error {
	_, err := p.db.ExecContext(context.Background(), "SELECT 1") // want `\(\*proxy\).touch passes context.Background\(\) to p.db.ExecContext although every caller has a context at hand \(ctx in \(\*proxy\).Handle\)`
	return err
}

func (p *proxy) between() error { return p.touch() }

func (p *proxy) Handle(ctx context.Context) error { return p.between() }

// One caller has none.
func (p *proxy) ping() error {
	_, err := p.db.ExecContext(context.Background(), "SELECT 1")
	return err
}

func (p *proxy) Check(ctx context.Context) error { return p.ping() }

func (p *proxy) Loop() error { return p.ping() }

// One caller starts it.
func (p *proxy) sync() error {
	_, err := p.db.ExecContext(context.Background(), "SELECT 1")
	return err
}

func (p *proxy) Request(ctx context.Context) error {
	go p.sync()
	return p.sync()
}

// It is called when the context has ended.
func (p *proxy) release() error {
	_, err := p.db.ExecContext(context.Background(), "SELECT 1")
	return err
}

func (p *proxy) Lead(ctx context.Context) error {
	<-ctx.Done()
	return p.release()
}

// It is also a value.
func (p *proxy) job() error {
	_, err := p.db.ExecContext(context.Background(), "SELECT 1")
	return err
}

func (p *proxy) Jobs(ctx context.Context) (func() error, error) { return p.job, p.job() }

// It has a bound of its own.
func (p *proxy) short() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := p.db.ExecContext(ctx, "SELECT 1")
	return err
}

func (p *proxy) Short(ctx context.Context) error { return p.short() }

// One parameter mends both.
func (p *proxy) twice() error {
	if _, err := p.db.ExecContext(context.Background(), "SELECT 1"); err != nil { // want `\(\*proxy\).twice passes`
		return err
	}
	_, err := p.db.ExecContext(context.Background(), "SELECT 2")
	return err
}

func (p *proxy) Twice(ctx context.Context) error { return p.twice() }

// What the interface does is not known.
type compiler interface {
	Compile(ctx context.Context, code string) error
}

func compile(c compiler) error { return c.Compile(context.Background(), "x") }

func Build(ctx context.Context, c compiler) error { return compile(c) }

// What an interface does is known where the package implements it.
type repository interface {
	Resolve(ctx context.Context, name string) error
}

type store struct{ db *sql.DB }

func (s *store) Resolve(ctx context.Context, name string) error {
	_, err := s.db.ExecContext(ctx, "SELECT $1", name)
	return err
}

func resolve(r repository) error {
	return r.Resolve(context.Background(), "x") // want `resolve passes context.Background\(\) to r.Resolve`
}

func Verify(ctx context.Context, r repository) error { return resolve(r) }

// It asks a variant without a context: that waits as well.
type mirror interface {
	Copy(ctx context.Context) error
}

type copies struct{ db *sql.DB }

func (m *copies) Copy(ctx context.Context) error {
	_, err := m.db.Exec("INSERT INTO copies VALUES (1)") // want `m.db.Exec cannot be cancelled`
	return err
}

func mirrored(m mirror) error {
	return m.Copy(context.Background()) // want `mirrored passes context.Background\(\) to m.Copy`
}

func Mirror(ctx context.Context, m mirror) error { return mirrored(m) }

type checker interface {
	Check(ctx context.Context, name string) error
}

type grammar struct{ words map[string]bool }

func (g *grammar) Check(ctx context.Context, name string) error {
	if !g.words[name] {
		return context.Canceled
	}
	return ctx.Err()
}

func spell(c checker) error { return c.Check(context.Background(), "x") }

func Spell(ctx context.Context, c checker) error { return spell(c) }

// contextcheck reports each of the callers, up to 55 times in a package: it is one helper, and one finding.
func (p *proxy) shared() error {
	_, err := p.db.ExecContext(context.Background(), "SELECT 1") // want `\(\*proxy\).shared passes`
	return err
}

func (p *proxy) First(ctx context.Context) error { return p.shared() }

func (p *proxy) Second(ctx context.Context) error { return p.shared() }

func (p *proxy) Third(ctx context.Context) error {
	for range 3 {
		if err := func() error { return p.shared() }(); err != nil {
			return err
		}
	}
	return nil
}

// The method of a library is one of a type that holds an HTTP client.
func generate(c *library.Client) error {
	return c.Generate(context.Background(), "x") // want `generate passes context.Background\(\) to c.Generate`
}

func Generate(ctx context.Context, c *library.Client) error { return generate(c) }

// This one works by itself.
func render(e *library.Engine) error { return e.Render(context.Background(), "x") }

func Render(ctx context.Context, e *library.Engine) error { return render(e) }
