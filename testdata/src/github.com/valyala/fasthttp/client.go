package fasthttp

import "time"

// Client sends requests.
type Client struct {
	MaxConnsPerHost int
	ReadTimeout     time.Duration
}

// Request and Response are what is exchanged.
type (
	Request  struct{ uri string }
	Response struct{ code int }
)

// Do sends a request.
func (c *Client) Do(req *Request, resp *Response) error { return nil }
