// Package work waits for goroutines.
package work

import (
	"context"
	"database/sql"
	"net/http"
	"os/exec"
	"sync"

	"golang.org/x/sync/errgroup"
)

type service struct {
	db *sql.DB
	wg sync.WaitGroup
}

func (s *service) refresh(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		s.db.Exec("REFRESH")
	}()
	wg.Wait() // want `wg.Wait waits for a goroutine in which s.db.Exec waits for the database, and nothing bounds that: if it does not answer, \(\*service\).refresh never returns, whatever becomes of r.Context\(\)`
}

func (s *service) withContext(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		s.db.ExecContext(r.Context(), "REFRESH")
	}()
	wg.Wait()
}

func (s *service) convert(w http.ResponseWriter, r *http.Request) {
	var g errgroup.Group
	g.Go(func() error { return s.run() })
	g.Wait() // want `exec.Command\("convert"\).Run waits until the command ends`
}

func (s *service) run() error { return exec.Command("convert").Run() }

// Nothing is seen to wait.
func (s *service) compute(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		sum := 0
		for i := range 100 {
			sum += i
		}
	}()
	wg.Wait()
}

// No handler: who calls it knows how long it may take.
func (s *service) batch() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		s.db.Exec("REFRESH")
	}()
	wg.Wait()
}

func (s *service) start() {
	s.wg.Add(1)
	go s.work()
}

func (s *service) work() {
	defer s.wg.Done()
	s.db.Exec("VACUUM")
}

func (s *service) Shutdown(ctx context.Context) error {
	s.wg.Wait() // want `s.wg.Wait waits for a goroutine in which s.db.Exec waits for the database`
	return nil
}

// It knows no context to heed.
func (s *service) Close() { s.wg.Wait() }

func (s *service) answered(w http.ResponseWriter, r *http.Request) {
	done := make(chan error, 1)
	go func() {
		_, err := s.db.Exec("REFRESH")
		done <- err
	}()
	err := <-done // want `the receive from done waits for a goroutine in which s.db.Exec waits for the database, and nothing bounds that: if it does not answer, \(\*service\).answered never returns, whatever becomes of r.Context\(\)`
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// It leaves with the client.
func (s *service) leaves(w http.ResponseWriter, r *http.Request) {
	done := make(chan error, 1)
	go func() {
		_, err := s.db.Exec("REFRESH")
		done <- err
	}()
	select {
	case <-done:
	case <-r.Context().Done():
	}
}

// It is told that the work begins, not that it ends.
func (s *service) begins(w http.ResponseWriter, r *http.Request) {
	begun := make(chan struct{})
	go func() {
		close(begun)
		s.db.Exec("REFRESH")
	}()
	<-begun
}

// Another one may answer first.
func (s *service) races(w http.ResponseWriter, r *http.Request) {
	first := make(chan error, 2)
	go func() {
		_, err := s.db.Exec("REFRESH")
		first <- err
	}()
	go func() { first <- nil }()
	<-first
}

// Who else sends is not known.
func (s *service) given(w http.ResponseWriter, r *http.Request, also func(chan error)) {
	done := make(chan error, 2)
	also(done)
	go func() {
		_, err := s.db.Exec("REFRESH")
		done <- err
	}()
	<-done
}

type indexer struct {
	db   *sql.DB
	own  *sql.DB
	stop chan struct{}
	done chan struct{}
	idle chan struct{}
}

func newIndexer(db *sql.DB) *indexer {
	x := &indexer{db: db, stop: make(chan struct{}), done: make(chan struct{}), idle: make(chan struct{})}
	go x.run()
	go x.rest()
	return x
}

func (x *indexer) run() {
	defer close(x.done)
	for {
		select {
		case <-x.stop:
			return
		default:
			x.index()
		}
	}
}

func (x *indexer) index() { x.db.Exec("REFRESH") }

func (x *indexer) Shutdown(ctx context.Context) error {
	close(x.stop)
	<-x.done // want `the receive from done waits for a goroutine in which x.db.Exec waits for the database`
	return nil
}

// What it waits for is ended before.
func (x *indexer) rest() {
	defer close(x.idle)
	x.own.Exec("REFRESH")
}

func (x *indexer) Stop(ctx context.Context) error {
	x.own.Close()
	<-x.idle
	return nil
}

// Idle gives the channel to those who receive.
func (x *indexer) Idle() <-chan struct{} { return x.idle }
