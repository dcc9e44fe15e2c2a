package verify

import (
	"errors"
	"io"
	"net/http"
)

// RoundTripper makes requests fail on their way to rt, http.DefaultTransport if that is nil. A request that is dropped was
// answered: either the answer is lost, or its body breaks off half-way.
func (in *Injector) RoundTripper(rt http.RoundTripper) http.RoundTripper {
	return roundTripper{rt, in.roundTrip}
}

func (in *Injector) roundTrip(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	d := in.decide("http " + req.Method + " " + req.URL.Path)
	if err := in.begin(req.Context(), d); err != nil {
		if req.Body != nil {
			err = errors.Join(err, req.Body.Close()) // a RoundTripper always closes it
		}
		return nil, err
	}
	resp, err := next.RoundTrip(req)
	if err != nil || d.kind != drop {
		return resp, err
	}
	if d.late && resp.Body != http.NoBody && resp.ContentLength != 0 && resp.StatusCode != http.StatusSwitchingProtocols {
		resp.Body = &brokenBody{ReadCloser: resp.Body, left: resp.ContentLength / 2}
		return resp, nil
	}
	return nil, errors.Join(errLost, resp.Body.Close())
}

// A brokenBody ends before its end. Of a body whose length is not known nothing is left.
type brokenBody struct {
	io.ReadCloser
	left int64
}

func (b *brokenBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLost
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}
