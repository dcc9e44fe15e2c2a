// Package responses has handlers whose goroutines use the response.
package responses

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

type page struct{ next http.Handler }

// What is reported.

func fireAndForget(w http.ResponseWriter, r *http.Request) {
	go func() {
		time.Sleep(time.Second)
		fmt.Fprintln(w, "late") // want `CL1032: fmt.Fprintln uses the response in a goroutine that can outlive fireAndForget: when the handler has returned, the server has sent the response, and the write is lost or is a data race with the server; write before fireAndForget returns, or wait for the goroutine`
	}()
}

func method(w http.ResponseWriter, r *http.Request) {
	go w.Write([]byte("late")) // want `CL1032: w.Write`
}

func argument(w http.ResponseWriter, r *http.Request) {
	go answer(w, "x") // want `CL1032: answer`
}

func answer(w io.Writer, text string) { io.WriteString(w, text) }

func byTimeout(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		json.NewEncoder(w).Encode("x") // want `CL1032: json.NewEncoder\(w\).Encode`
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
		http.Error(w, "slow", http.StatusGatewayTimeout)
	}
}

func byContext(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	go func() {
		io.Copy(w, slow()) // want `CL1032: io.Copy`
		close(done)
	}()
	select {
	case <-done:
	case <-r.Context().Done():
	}
}

func slow() io.Reader { return http.NoBody }

func earlyReturn(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(w, slow()) // want `CL1032`
	}()
	if _, err := io.Copy(io.Discard, slow()); err != nil {
		return
	}
	<-done
}

func flusher(w http.ResponseWriter, r *http.Request) {
	f, ok := w.(http.Flusher)
	if !ok {
		return
	}
	go func() {
		for range 3 {
			f.Flush() // want `CL1032: f.Flush`
		}
	}()
}

func controller(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	go rc.Flush() // want `CL1032: rc.Flush`
}

func compressed(w http.ResponseWriter, r *http.Request) {
	zw := gzip.NewWriter(w)
	buf := bufio.NewWriter(zw)
	go func() {
		zw.Write([]byte("x")) // want `CL1032: zw.Write`
		zw.Close()
	}()
	buf.Flush()
}

func (p page) timeout(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	go func() {
		p.next.ServeHTTP(w, r) // want `CL1032: p.next.ServeHTTP`
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// What is not reported.

func (p page) waits(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.next.ServeHTTP(w, r)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		<-done
	}
}

// A writer of its own, as http.TimeoutHandler has.
type recorder struct {
	mu     sync.Mutex
	header http.Header
	body   []byte
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(int)     {}
func (r *recorder) Write(b []byte) (int, error) {
	r.body = append(r.body, b...)
	return len(b), nil
}

func (p page) recorded(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	rec := &recorder{header: make(http.Header)}
	go func() {
		p.next.ServeHTTP(rec, r)
		close(done)
	}()
	select {
	case <-done:
		w.Write(rec.body)
	case <-time.After(time.Minute):
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func deferred(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Add(1)
	go func() {
		defer wg.Done()
		io.Copy(w, slow())
	}()
	if r.URL.Path == "/" {
		return
	}
	fmt.Println("waiting")
}

func deferredFunction(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	defer func() { <-done }()
	go func() {
		defer close(done)
		io.Copy(w, slow())
	}()
}

func flag(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	started := false
	if r.URL.Query().Has("copy") {
		started = true
		go func() {
			defer close(done)
			io.Copy(w, slow())
		}()
	}
	if started {
		<-done
	}
}

func piped(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	go func() {
		json.NewEncoder(pw).Encode("x")
		pw.Close()
	}()
	io.Copy(w, pr)
}

func command(w http.ResponseWriter, r *http.Request) {
	cmd := exec.Command("ls")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return
	}
	if err := cmd.Start(); err != nil {
		return
	}
	go io.Copy(w, out)
	cmd.Wait()
}

func keepAlive(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				io.WriteString(w, ": ping\n\n")
			}
		}
	}()
	<-ctx.Done()
}

var upgrader websocket.Upgrader

func socket(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	go func() {
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
	}()
}

func hijacked(w http.ResponseWriter, r *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	go func() {
		defer conn.Close()
		io.Copy(conn, slow())
		w.Header()
	}()
}
