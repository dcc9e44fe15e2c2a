// Package cause has one defect in each function, which several analyzers can see. The comment says which one tells of it.
package cause

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"time"
)

type server struct {
	db   *sql.DB
	http *http.Server
}

// get: CL2012
func (s *server) get(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get("https://example.com/")
	if err == nil {
		resp.Body.Close()
	}
}

// request: CL2012
func (s *server) request(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequest("GET", "https://example.com/", nil)
	if err != nil {
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		resp.Body.Close()
	}
}

// requestTODO: CL2012
func (s *server) requestTODO(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(context.TODO(), "GET", "https://example.com/", nil)
	if err != nil {
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		resp.Body.Close()
	}
}

// query: CL2021
func (s *server) query(w http.ResponseWriter, r *http.Request) {
	s.db.QueryRowContext(context.Background(), "SELECT 1")
}

// plain: CL2032
func (s *server) plain(w http.ResponseWriter, r *http.Request) {
	s.db.Exec("DELETE FROM t")
}

// dial: CL2013
func (s *server) dial(w http.ResponseWriter, r *http.Request) {
	c, err := net.Dial("tcp", "example.com:80")
	if err == nil {
		c.Close()
	}
}

// command: CL2032
func (s *server) command(w http.ResponseWriter, r *http.Request) {
	exec.Command("make").Run()
}

// Shutdown: CL2041
func (s *server) Shutdown(ctx context.Context) error {
	return s.http.Shutdown(context.Background())
}

// stop: CL2041
func (s *server) stop(ctx context.Context) {
	<-ctx.Done()
	s.http.Shutdown(context.Background())
}

// wait: CL2021
func (s *server) wait(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		s.db.PingContext(context.Background())
	}()
	wg.Wait()
}

// receive: CL2021
func (s *server) receive(w http.ResponseWriter, r *http.Request) {
	done := make(chan error, 1)
	go func() { done <- s.db.PingContext(context.Background()) }()
	<-done
}

// receivePlain: CL2043
func (s *server) receivePlain(w http.ResponseWriter, r *http.Request) {
	done := make(chan error, 1)
	go func() { done <- s.db.Ping() }()
	<-done
}

// waitPlain: CL2043
func (s *server) waitPlain(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		s.db.Ping()
	}()
	wg.Wait()
}

// nested: CL2024
func (s *server) nested(w http.ResponseWriter, r *http.Request) {
	short, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	ctx, cancel := context.WithTimeout(short, time.Minute)
	defer cancel()
	s.db.PingContext(ctx)
}

// failover: CL2048
func (s *server) failover(parent context.Context, replicas []*sql.DB) error {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	var err error
	for _, db := range replicas {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
	}
	return err
}

// again: CL2048
func (s *server) again(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	var err error
	for range 3 {
		if err = s.db.PingContext(ctx); err == nil {
			return nil
		}
	}
	return err
}

// slept: CL2044
func (s *server) slept(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	var err error
	for range 10 {
		if err = s.db.PingContext(ctx); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}
