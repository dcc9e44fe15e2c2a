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
