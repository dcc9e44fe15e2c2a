package instances

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/buildinfo"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/profiles"
)

// maxStacks is up to how many goroutines a service is asked for stacks: it stands still while it writes them, at 100,000
// for up to a second.
const maxStacks = 20_000

const maxRedirects = 5

func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	return &http.Client{
		Transport: transport,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			from := via[0].URL
			switch {
			case len(via) > maxRedirects:
				return fmt.Errorf("it redirects more than %d times", maxRedirects)
			case req.URL.Hostname() != from.Hostname():
				return fmt.Errorf("it redirects to another host, %s: name that one if it is meant", req.URL.Hostname())
			case from.Scheme == "https" && req.URL.Scheme != "https":
				return errors.New("it redirects from https to http: give the address with http if that is meant")
			}
			return nil
		},
	}
}

// publicName returns an address for messages: without user, query and fragment, where secrets may be, and without what is
// the same for all services.
func publicName(u *url.URL) string {
	name := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return strings.TrimSuffix(strings.TrimSuffix(name.String(), "/"), "/debug/pprof")
}

// Name returns a source for messages, in which an address has no secrets.
func Name(source string) string {
	if !IsURL(source) {
		return source
	}
	u, err := url.Parse(source)
	if err != nil || u.Host == "" {
		scheme, _, _ := strings.Cut(source, "://")
		return scheme
	}
	return publicName(u)
}

// service reads the profiles of a service: of its root or of /debug/pprof/ both that of goroutines and that of leaks, of any
// other address what is there.
func (r *reader) service(ctx context.Context, address string) {
	r.name = Name(address)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		r.problem("the address is malformed")
		return
	}
	base, whole := strings.CutSuffix(strings.TrimSuffix(u.Path, "/"), "/debug/pprof")
	if whole || strings.Trim(u.Path, "/") == "" {
		r.both(ctx, u, base+"/debug/pprof/")
		return
	}
	instance := &verify.Instance{Name: r.name}
	p, err := r.fetch(ctx, u, instance)
	if err != nil {
		r.problem("%v", err)
		return
	}
	r.partial(p)
	r.Instance, r.Goroutines = instance, p.Goroutines
}

// both reads the goroutine profile, the cheap form first, and the leak profile, if there is one.
func (r *reader) both(ctx context.Context, u *url.URL, folder string) {
	at := func(profile, debug string) *url.URL {
		c := *u
		c.Path, c.RawPath, c.Fragment = folder+profile, "", ""
		query := c.Query()
		query.Set("debug", debug)
		c.RawQuery = query.Encode()
		return &c
	}
	instance := &verify.Instance{Name: r.name}
	p, err := r.fetch(ctx, at("goroutine", "0"), instance)
	if err != nil {
		r.problem("%v", err)
		return
	}
	if r.Stacks && p.Goroutines >= maxStacks {
		r.Warn("%s has %d goroutines: it is not asked for stacks, which would stop it for long", r.name, p.Goroutines)
	} else if r.Stacks {
		stacks := &verify.Instance{Name: r.name}
		if q, err := r.fetch(ctx, at("goroutine", "2"), stacks); err != nil {
			r.problem("no stacks: %v", err)
		} else {
			p, instance = q, stacks
		}
	}
	r.partial(p)
	r.Instance, r.Goroutines = instance, p.Goroutines

	// The leak profile is in Go 1.27, and in 1.26 if the service was built for it.
	leaks, err := r.fetch(ctx, at("goroutineleak", "0"), instance)
	var status *statusError
	var other *profiles.OtherError
	switch {
	case err == nil:
		r.partial(leaks)
	case errors.As(err, &other), errors.As(err, &status) && status.code < 500:
	default:
		r.problem("no leak profile: %v", err)
	}
}

// A statusError is the error for an answer that is none.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string {
	switch e.code {
	case http.StatusNotFound:
		return "404 Not Found: there is no such profile; does the service import net/http/pprof, and on this port?"
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("%d %s: it wants a login: give it in the address, or take the profile in another way and name the file", e.code, http.StatusText(e.code))
	}
	return "the answer is " + e.text
}

// fetch reads one profile from a service into an instance.
func (r *reader) fetch(ctx context.Context, u *url.URL, into *verify.Instance) (*profiles.Profile, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("the address is malformed")
	}
	req.Header.Set("User-Agent", "cloudlint/"+buildinfo.Read().Version)
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, r.explain(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, &statusError{resp.StatusCode, fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))}
	}
	body := &answer{r: resp.Body}
	p, err := r.add(body, into)
	switch {
	case body.err != nil && err != nil:
		return nil, r.explain(ctx, body.err)
	case body.err != nil:
		p.Partial = r.explain(ctx, body.err).Error()
	case err != nil:
		return nil, err
	}
	return p, nil
}

// An answer remembers what ended it before its time.
type answer struct {
	r   io.Reader
	err error
}

func (a *answer) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		a.err = err
	}
	return n, err
}

// explain says what went wrong, without the address, which the error of the client has, and which may have secrets.
func (r *reader) explain(ctx context.Context, err error) error {
	var timeout net.Error
	if errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("no whole answer within %s (--timeout)", r.Timeout.Round(time.Millisecond))
	}
	if inner := new(url.Error); errors.As(err, &inner) {
		err = inner.Err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the service ended the connection in the middle")
	}
	return err
}
