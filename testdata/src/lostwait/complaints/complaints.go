// Package complaints waits in ways that are meant, beside some that are not.
package complaints

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"
)

// The time for the shutdown does not come from the context whose end it follows: that has no time left.
func serve(ctx context.Context, server *http.Server) error {
	go func() {
		<-ctx.Done()
		own, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := server.Shutdown(own); err != nil {
			log.Print(err)
		}
	}()
	return server.ListenAndServe()
}

func interrupted(server *http.Server) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	<-signals
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server.Shutdown(ctx)
}

// The same with no bound.
func interruptedForever(server *http.Server) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	<-signals
	server.Shutdown(context.Background()) // want `server.Shutdown waits for the requests in flight`
}

// A telemetry provider has a Shutdown, too, which is none of a server.
type provider interface{ Shutdown(context.Context) error }

func flush(tp provider) {
	if err := tp.Shutdown(context.Background()); err != nil {
		log.Print(err)
	}
}

// A lease is given back after the context of the election has ended, in its own time, and tried again while there is some.
type lease struct{ db *sql.DB }

func (l *lease) hold(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			l.release()
			return
		case <-tick.C:
			if _, err := l.db.ExecContext(ctx, "UPDATE leases SET until = now()"); err != nil {
				log.Print(err)
			}
		}
	}
}

func (l *lease) release() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if _, err := l.db.ExecContext(ctx, "DELETE FROM leases"); err == nil {
			return true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

// One deadline for the whole of a chain of functions that all must succeed.
func chain(steps []func(context.Context) (context.Context, error)) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	for _, step := range steps {
		if ctx, err = step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A loop that asks something of its own whether to go on, which knows the context.
type pace struct {
	ctx   context.Context
	tries int
}

func (p *pace) ongoing() bool { p.tries++; return p.tries < 10 && p.ctx.Err() == nil }

func (p *pace) wait() { time.Sleep(time.Duration(p.tries) * time.Second) }

func paced(ctx context.Context, db *sql.DB) (err error) {
	for p := (&pace{ctx: ctx}); p.ongoing(); p.wait() {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
	}
	return err
}

// A pace that knows another context does not leave with this one.
func unpaced(ctx context.Context, db *sql.DB) (err error) {
	for tries := range 10 {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		time.Sleep(time.Duration(tries) * time.Second) // want `does not notice the end of ctx`
	}
	return err
}

// Kinds of errors that say that the context has ended.
func kinds(ctx context.Context, db *sql.DB) error {
	for {
		switch err := db.PingContext(ctx); {
		case err == nil:
			return nil
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
			return err
		}
		time.Sleep(time.Second)
	}
}

// A stream of events has no end but the client's.
func events(w http.ResponseWriter, r *http.Request) {
	if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
		log.Print(err)
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			if _, err := w.Write([]byte("data: \n\n")); err != nil {
				return
			}
		}
	}
}
