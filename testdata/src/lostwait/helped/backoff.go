package helped

import (
	"context"

	"github.com/grafana/dskit/backoff"
)

type writer struct {
	client  client
	backoff *backoff.Backoff
	own     *backoff.Backoff
}

func newWriter(ctx context.Context, c client) *writer {
	return &writer{
		client:  c,
		backoff: backoff.New(context.TODO(), backoff.Config{MaxRetries: 10}),
		own:     backoff.New(ctx, backoff.Config{MaxRetries: 10}),
	}
}

func (w *writer) write(ctx context.Context) (err error) {
	w.backoff.Reset()
	for w.backoff.Ongoing() {
		if err = w.client.Put(ctx, "k"); err == nil {
			return nil
		}
		w.backoff.Wait() // want `w.backoff.Wait, which knows context.TODO\(\) only, delays each round of a loop that does not notice the end of ctx: when that has ended, \(\*writer\).write still waits and tries on, and so does its caller; make it with ctx, by backoff.New`
	}
	return err
}

// It ends with the context of the writer.
func (w *writer) writeOwn(ctx context.Context) (err error) {
	for w.own.Ongoing() {
		if err = w.client.Put(ctx, "k"); err == nil {
			return nil
		}
		w.own.Wait()
	}
	return err
}

func local(ctx context.Context, c client) (err error) {
	for b := backoff.New(context.Background(), backoff.Config{}); b.Ongoing(); b.Wait() { // want `b.Wait, which knows context.Background\(\) only, delays each round`
		if err = c.Put(ctx, "k"); err == nil {
			return nil
		}
	}
	return err
}

func heeds(ctx context.Context, c client) (err error) {
	for b := backoff.New(context.Background(), backoff.Config{}); b.Ongoing() && ctx.Err() == nil; b.Wait() {
		if err = c.Put(ctx, "k"); err == nil {
			return nil
		}
	}
	return err
}

func with(ctx context.Context, c client) (err error) {
	for b := backoff.New(ctx, backoff.Config{}); b.Ongoing(); b.Wait() {
		if err = c.Put(ctx, "k"); err == nil {
			return nil
		}
	}
	return err
}
