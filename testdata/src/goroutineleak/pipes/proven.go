package pipes

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Nobody reads yet: a pipe is no buffer.
func encodeFirst(v any) ([]byte, error) {
	pr, pw := io.Pipe()
	if _, err := fmt.Fprintln(pw, v); err != nil { // want `CL1001: the write to pw blocks for ever: nobody reads from pr while it waits, and a pipe has no room; read in a goroutine of its own`
		return nil, err
	}
	pw.Close()
	return io.ReadAll(pr)
}

func encodeBeside(v any) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		_, err := fmt.Fprintln(pw, v)
		pw.CloseWithError(err)
	}()
	return io.ReadAll(pr)
}

// All writers are waited for before anybody reads.
func joinFirst(parts [][]byte) ([]byte, error) {
	pr, pw := io.Pipe()
	var wg sync.WaitGroup
	for _, part := range parts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			pw.Write(part) // want `CL1001: the write to pw blocks for ever: nobody reads from pr while it waits`
		}()
	}
	wg.Wait()
	pw.Close()
	return io.ReadAll(pr)
}

func joinBeside(parts [][]byte) ([]byte, error) {
	pr, pw := io.Pipe()
	var wg sync.WaitGroup
	for _, part := range parts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			pw.Write(part)
		}()
	}
	go func() {
		wg.Wait()
		pw.Close()
	}()
	return io.ReadAll(pr)
}

// The close comes when the copy is over, and the copy is over when there was a close.
func closeAfterCopy(w io.Writer, v any) error {
	pr, pw := io.Pipe()
	defer closeBoth(pr, pw)
	go func() { json.NewEncoder(pw).Encode(v) }()
	_, err := io.Copy(w, pr) // want `CL1002: the read from pr blocks for ever: the goroutine started at line \d+ can return without closing pw; call pw.CloseWithError\(err\)`
	return err
}

// One of several writers closes, and only if it does not fail before.
func twoWriters(head string, rows []string, check func(string) error) ([]byte, error) {
	pr, pw := io.Pipe()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		io.WriteString(pw, head)
	}()
	go func() {
		wg.Wait()
		for _, row := range rows {
			if err := check(row); err != nil {
				return
			}
			io.WriteString(pw, row)
		}
		pw.Close()
	}()
	return io.ReadAll(pr) // want `CL1002: the read from pr blocks for ever: the goroutine started at line \d+ can return without closing pw`
}

func twoWritersTell(head string, rows []string, check func(string) error) ([]byte, error) {
	pr, pw := io.Pipe()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		io.WriteString(pw, head)
	}()
	go func() {
		wg.Wait()
		for _, row := range rows {
			if err := check(row); err != nil {
				pw.CloseWithError(err)
				return
			}
			io.WriteString(pw, row)
		}
		pw.Close()
	}()
	return io.ReadAll(pr)
}

// The goroutine has an object of its own, and the end is a field of it.
type feeder struct {
	out  io.WriteCloser
	done chan struct{}
}

func (f *feeder) run(rows []string) {
	defer close(f.done)
	for _, row := range rows {
		fmt.Fprintln(f.out, row) // want `CL1001: the write to pw blocks for ever: nobody reads from pr while it waits`
	}
	f.out.Close()
}

func waitForFeeder(rows []string) ([]byte, error) {
	pr, pw := io.Pipe()
	f := &feeder{out: pw, done: make(chan struct{})}
	go f.run(rows)
	<-f.done
	return io.ReadAll(pr)
}

type server struct {
	out  io.WriteCloser
	done chan struct{}
}

func (s *server) run(rows []string) {
	defer close(s.done)
	for _, row := range rows {
		fmt.Fprintln(s.out, row)
	}
	s.out.Close()
}

func waitForServer(rows []string) ([]byte, error) {
	pr, pw := io.Pipe()
	s := &server{out: pw, done: make(chan struct{})}
	go s.run(rows)
	b, err := io.ReadAll(pr)
	<-s.done
	return b, err
}

// The one who reads needs the lock that is held while something is written.
func lockedWrite(rows []string) {
	pr, pw := io.Pipe()
	var state sync.Mutex
	n := 0
	go func() {
		b := make([]byte, 4096)
		for {
			k, err := pr.Read(b)
			if err != nil {
				return
			}
			state.Lock()
			n += k
			state.Unlock()
		}
	}()
	state.Lock()
	defer state.Unlock()
	for _, row := range rows {
		fmt.Fprintln(pw, row) // want `CL1008: the write to pw blocks for ever: this goroutine holds a lock that its partner needs`
	}
	pw.Close()
}

func unlockedWrite(rows []string) {
	pr, pw := io.Pipe()
	var state sync.Mutex
	n := 0
	go func() {
		b := make([]byte, 4096)
		for {
			k, err := pr.Read(b)
			if err != nil {
				return
			}
			state.Lock()
			n += k
			state.Unlock()
		}
	}()
	for _, row := range rows {
		fmt.Fprintln(pw, row)
	}
	state.Lock()
	defer state.Unlock()
	pw.Close()
}

// What is handed out as a body may be closed by whoever sends it.
func handedOut(client *http.Client, url string, rows []string) error {
	pr, pw := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer pw.Close()
		for _, row := range rows {
			fmt.Fprintln(pw, row)
		}
	}()
	_, err := client.Post(url, "text/plain", pr)
	<-done
	return err
}
