// Package mail is used by handlers of another package.
package mail

import (
	"context"
	"io"
	"net/http"
	"sync"
)

type Client struct {
	http *http.Client
	wg   sync.WaitGroup
}

func (c *Client) Send(ctx context.Context, text string) error { // want Send:"param 1: works"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://mail.corp.example", nil)
	if err != nil {
		return err
	}
	_, err = c.http.Do(req)
	return err
}

func (c *Client) SendLater(ctx context.Context, text string) { // want SendLater:"param 1: late works"
	go c.Send(ctx, text)
}

func (c *Client) SendDetached(ctx context.Context, text string) {
	go c.Send(context.WithoutCancel(ctx), text)
}

func (c *Client) SendCounted(ctx context.Context, wg *sync.WaitGroup) { // want SendCounted:"param 1: late works"
	wg.Add(1)
	go func() {
		defer wg.Done()
		c.Send(ctx, "x")
	}()
}

func (c *Client) Background(work func()) { // want Background:"param 1: late calls"
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		work()
	}()
}

func Run(work func()) { // want Run:"param 0: calls"
	work()
}

func User(ctx context.Context) (string, error) {
	user, _ := ctx.Value("user").(string)
	return user, nil
}

func Write(w io.Writer, text string) { io.WriteString(w, text) }

func Answer(w http.ResponseWriter, text string) { // want Answer:"param 0: writes"
	io.WriteString(w, text)
}
