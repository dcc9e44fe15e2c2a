// Package shared sets a deadline before a loop that tries again.
package shared

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"net/http"
	"time"
)

type store interface {
	Load(ctx context.Context, key string) ([]byte, error)
	Save(ctx context.Context, key string) error
}

func failover(stores []store, key string) (data []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, s := range stores {
		if data, err = s.Load(ctx, key); err == nil { // want `s.Load is tried with one after the other until it succeeds, with the deadline of ctx, which was set before the loop: a try that gets no answer uses up the time, and then those that follow fail at once`
			return data, nil
		}
	}
	return nil, err
}

// A deadline that the configuration may leave out.
func configured(ctx context.Context, stores []store, timeout time.Duration) (err error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	for _, s := range stores {
		err = s.Save(ctx, "k") // want `s.Save is tried with one after the other`
		if err == nil {
			break
		}
		var gone *http.MaxBytesError
		if errors.As(err, &gone) {
			break
		}
	}
	return err
}

func again(s store) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	for range 3 {
		if err = s.Save(ctx, "k"); err == nil { // want `s.Save is tried again after a failure, with the deadline of ctx, which was set before the loop`
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}

func without(db *sql.DB) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := db.PingContext(ctx) // want `db.PingContext is tried again after a failure, without a limit, with the deadline of ctx, .* and then the loop goes round for ever, because each try fails at once`
		if err == nil {
			return
		}
		log.Print(err)
		time.Sleep(time.Second)
	}
}

func request(client *http.Client) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	for range 3 {
		req, _ := http.NewRequestWithContext(ctx, "GET", "https://example.com/", nil)
		var resp *http.Response
		if resp, err = client.Do(req); err == nil { // want `client.Do is tried again after a failure, with the deadline of the context, which was set before the loop`
			return resp, nil
		}
	}
	return nil, err
}

// Each try has its own time.
func own(parent context.Context, stores []store) (err error) {
	for _, s := range stores {
		ctx, cancel := context.WithTimeout(parent, time.Second)
		err = s.Save(ctx, "k")
		cancel()
		if err == nil {
			return nil
		}
	}
	return err
}

// The time is for all tries, and the loop leaves when it is over.
func budget(s store) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for {
		err := s.Save(ctx, "k")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Second):
		}
	}
}

func asks(s store) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for i := 0; i < 5 && ctx.Err() == nil; i++ {
		if err = s.Save(ctx, "k"); err == nil {
			return nil
		}
	}
	return err
}

// What is no failure of a kind to retry ends the loop, and so may the end of the context.
func kinds(s store) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for range 5 {
		if err = s.Save(ctx, "k"); err == nil || !temporary(err) {
			return err
		}
	}
	return err
}

func lasting(s store) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for range 5 {
		if err = s.Save(ctx, "k"); err == nil || permanent(err) {
			return err
		}
	}
	return err
}

func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}
func permanent(err error) bool { return errors.Is(err, context.DeadlineExceeded) }

// All are to be saved, as many as the time allows.
func all(stores []store) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, s := range stores {
		if err := s.Save(ctx, "k"); err != nil {
			log.Print(err)
		}
	}
}

// The loop has its own clock.
func until(s store) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for start := time.Now(); time.Since(start) < 5*time.Second; {
		if err = s.Save(ctx, "k"); err == nil {
			return nil
		}
	}
	return err
}

// The wait that ignores the context at hand tells of it already.
func slept(parent context.Context, s store) (err error) {
	ctx, cancel := context.WithTimeout(parent, 5*time.Second)
	defer cancel()
	for range 5 {
		if err = s.Save(ctx, "k"); err == nil {
			return nil
		}
		time.Sleep(time.Second) // want `delays each round of a loop that does not notice the end of parent`
	}
	return err
}

// The function that is tried has a timeout of its own.
func each(parent context.Context, clients []*http.Client) (err error) {
	ctx, cancel := context.WithTimeout(parent, time.Duration(len(clients))*time.Second)
	defer cancel()
	for _, client := range clients {
		if err = fetch(ctx, client); err == nil {
			return nil
		}
	}
	return err
}

func fetch(ctx context.Context, client *http.Client) error {
	traced := context.WithValue(ctx, http.ServerContextKey, nil)
	return short(traced, client)
}

func short(ctx context.Context, client *http.Client) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return get(ctx, client)
}

func get(ctx context.Context, client *http.Client) error {
	req, err := http.NewRequestWithContext(ctx, "GET", "https://example.com/", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// This one has none.
func first(parent context.Context, clients []*http.Client) (err error) {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	for _, client := range clients {
		if err = get(ctx, client); err == nil { // want `get is tried with one after the other`
			return nil
		}
	}
	return err
}
