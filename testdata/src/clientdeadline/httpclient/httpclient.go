// Package httpclient has clients that are made, kept and configured in the ways that services do it.
package httpclient

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type Config struct {
	BaseURL string
	Timeout time.Duration
}

// A client in a field, made by a constructor, with requests in several methods: one finding.

type Payments struct {
	http *http.Client
	base string
}

func NewPayments(base string) *Payments {
	return &Payments{
		http: &http.Client{}, // want `CL2011: http.Client http has no Timeout and its requests no deadline: when a server accepts the connection and does not answer, the caller waits for ever; set Timeout, or send the requests with a context that has a deadline`
		base: base,
	}
}

func (p *Payments) Balance(account string) (string, error) {
	return p.read(p.http.Get(p.base + "/accounts/" + account))
}

func (p *Payments) Ping() error {
	_, err := p.http.Head(p.base)
	return err
}

func (p *Payments) Pay(account string, cents int) (string, error) {
	return p.read(p.http.PostForm(p.base+"/payments", url.Values{"account": {account}}))
}

func (p *Payments) Refund(id string) (string, error) {
	return p.read(p.http.Post(p.base+"/refunds", "text/plain", strings.NewReader(id)))
}

func (p *Payments) read(resp *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// A Timeout in the literal, from the configuration, or set later on any way: bounded.

type Stock struct {
	http *http.Client
	base string
}

func NewStock(c Config) *Stock {
	s := &Stock{http: &http.Client{}, base: c.BaseURL}
	s.configure(c)
	return s
}

func (s *Stock) configure(c Config) { s.http.Timeout = c.Timeout }

func (s *Stock) Level(sku string) (*http.Response, error) { return s.http.Get(s.base + "/" + sku) }

func fromConfig(c Config) (*http.Response, error) {
	client := http.Client{Timeout: c.Timeout}
	return client.Get(c.BaseURL)
}

func setLater(c Config) (*http.Response, error) {
	var client http.Client
	if c.Timeout > 0 {
		client.Timeout = c.Timeout
	}
	return client.Get(c.BaseURL)
}

func toldToUseNone(c Config) (*http.Response, error) {
	if c.Timeout == 0 {
		return (&http.Client{}).Get(c.BaseURL)
	}
	return (&http.Client{Timeout: c.Timeout}).Get(c.BaseURL)
}

func zeroVariable(base string) (*http.Response, error) {
	var client http.Client
	return client.Get(base) // want `CL2011: http.Client client has no Timeout`
}

func explicitZero(base string) (*http.Response, error) {
	client := &http.Client{Timeout: 0} // want `CL2011: http.Client client has no Timeout`
	return client.Get(base)
}

// Functional options.

type Shipping struct {
	client *http.Client
	base   string
}

type Option func(*Shipping)

func WithTimeout(d time.Duration) Option {
	return func(s *Shipping) { s.client.Timeout = d }
}

func NewShipping(base string, options ...Option) *Shipping {
	s := &Shipping{client: &http.Client{}, base: base}
	for _, apply := range options {
		apply(s)
	}
	return s
}

func (s *Shipping) Quote(zip string) (*http.Response, error) { return s.client.Get(s.base + "/" + zip) }

// A package-level client, and one behind a helper.

var directory = &http.Client{CheckRedirect: noRedirect} // want `CL2011: http.Client directory has no Timeout`

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func lookup(name string) (*http.Response, error) {
	return directory.Get("https://directory.example.com/" + name)
}

func fetch(client *http.Client, address string) (*http.Response, error) { return client.Get(address) }

func viaHelper(address string) (*http.Response, error) {
	client := &http.Client{} // want `CL2011: http.Client client has no Timeout`
	return fetch(client, address)
}

// An interface in front of the client.

type doer interface {
	Do(*http.Request) (*http.Response, error)
}

type Search struct{ client doer }

func NewSearch() *Search {
	return &Search{client: &http.Client{}} // want `CL2011: http.Client client has no Timeout`
}

func (s *Search) Find(query string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, "https://search.example.com/?q="+url.QueryEscape(query), nil)
	if err != nil {
		return nil, err
	}
	return s.client.Do(req)
}

// What others may change, or nobody uses here, is not reported.

type Exported struct{ Client http.Client }

func (e *Exported) Get(address string) (*http.Response, error) { return e.Client.Get(address) }

func onlyHandedOut() *http.Client { return &http.Client{} }

func givenAway(register func(*http.Client), address string) (*http.Response, error) {
	client := &http.Client{}
	register(client)
	return client.Get(address)
}

// The scrape client of VictoriaMetrics: Timeout is read to make a deadline for each request, so each request has one.

type scraper struct {
	hc  *http.Client
	url string
}

func newScraper(address string) *scraper { return &scraper{hc: &http.Client{}, url: address} }

func (s *scraper) scrape() (*http.Response, error) {
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(s.hc.Timeout))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, err
	}
	return s.hc.Do(req)
}

// The validation client of boulder: Timeout was removed because every request carries a deadline.

func validate(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	client := http.Client{CheckRedirect: noRedirect}
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// The storage client of dex: all uses of the field lead to one method, and no request has a context.

type kubernetes struct {
	client  *http.Client
	baseURL string
}

func newKubernetes(base string) *kubernetes {
	client := &http.Client{ // want `CL2011: http.Client client has no Timeout`
		Transport: &http.Transport{MaxIdleConnsPerHost: 4},
	}
	return &kubernetes{client: client, baseURL: base}
}

func (k *kubernetes) get(resource string, v any) error {
	resp, err := k.client.Get(k.baseURL + resource)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(v)
}

func (k *kubernetes) delete(resource string) error {
	req, err := http.NewRequest(http.MethodDelete, k.baseURL+resource, nil)
	if err != nil {
		return err
	}
	return k.send(req)
}

func (k *kubernetes) put(resource string, body io.Reader) error {
	req, err := http.NewRequest(http.MethodPut, k.baseURL+resource, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	return k.send(req)
}

func (k *kubernetes) send(req *http.Request) error {
	resp, err := k.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
