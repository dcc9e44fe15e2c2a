package p

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// A pipe has no room: who writes to it must not be the one who is to read.
func PipeInOneGoroutine(data []byte) ([]byte, error) {
	pr, pw := io.Pipe()
	if _, err := pw.Write(data); err != nil { // stuck
		return nil, err
	}
	pw.Close()
	return io.ReadAll(pr)
}

func PipeInTwo(data []byte) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		_, err := pw.Write(data)
		pw.CloseWithError(err)
	}()
	return io.ReadAll(pr)
}

// The reads begin when the writes are over.
func PipeWaitFirst(parts [][]byte) ([]byte, error) {
	pr, pw := io.Pipe()
	var wg sync.WaitGroup
	for _, part := range parts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			pw.Write(part) // stuck
		}()
	}
	wg.Wait() // stuck
	pw.Close()
	return io.ReadAll(pr)
}

func PipeWaitBeside(parts [][]byte) ([]byte, error) {
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

// Nobody says that this is the end.
func PipeNotClosed(rows []string) error {
	pr, pw := io.Pipe()
	go func() {
		for _, row := range rows {
			if _, err := io.WriteString(pw, row); err != nil { // stuck
				return
			}
		}
	}()
	_, err := io.Copy(os.Stdout, pr) // stuck
	return err
}

func PipeClosed(rows []string) error {
	pr, pw := io.Pipe()
	go func() {
		defer pw.Close()
		for _, row := range rows {
			if _, err := io.WriteString(pw, row); err != nil {
				return
			}
		}
	}()
	defer pr.Close()
	_, err := io.Copy(os.Stdout, pr)
	return err
}

// The one who reads leaves.
func PipeAbandoned(rows []string, check func(byte) error) error {
	pr, pw := io.Pipe()
	go func() {
		defer pw.Close()
		for _, row := range rows {
			fmt.Fprintln(pw, row) // stuck
		}
	}()
	var b [1]byte
	if _, err := pr.Read(b[:]); err != nil {
		return err
	}
	return check(b[0])
}

func PipeAbandonedClosed(rows []string, check func(byte) error) error {
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() {
		defer pw.Close()
		for _, row := range rows {
			fmt.Fprintln(pw, row)
		}
	}()
	var b [1]byte
	if _, err := pr.Read(b[:]); err != nil {
		return err
	}
	return check(b[0])
}

// How much one read takes of one write is not known, and one of two may be enough for the other, either way.
func PipeTwoReads(data []byte) (byte, byte) {
	pr, pw := io.Pipe()
	done := make(chan bool)
	go func() {
		pw.Write(data)
		close(done)
	}()
	b, c := make([]byte, 17), make([]byte, 17)
	pr.Read(b)
	pr.Read(c)
	<-done
	return b[0], c[0]
}

// Where it is known, it counts.
func PipeRest() {
	pr, pw := io.Pipe()
	go pr.Read(make([]byte, 1)) // code that is not seen, to be sure
	pw.Write(make([]byte, 2))
}

func PipeKnownRest() {
	pr, pw := io.Pipe()
	go func() { pr.Read(make([]byte, 1)) }()
	pw.Write(make([]byte, 2)) // stuck
}

func PipeKnownAll() {
	pr, pw := io.Pipe()
	go func() { pr.Read(make([]byte, 2)) }()
	pw.Write(make([]byte, 2))
}

func PipeKnownBoth() {
	pr, pw := io.Pipe()
	go func() {
		pr.Read(make([]byte, 1))
		pr.Read(make([]byte, 1))
	}()
	pw.Write(make([]byte, 2))
}

func PipeKnownOne() {
	pr, pw := io.Pipe()
	done := make(chan bool)
	go func() {
		pr.Read(make([]byte, 2))
		pr.Read(make([]byte, 1)) // stuck
		close(done)
	}()
	pw.Write(make([]byte, 2))
	<-done // stuck
}

// What is empty waits, too.
func PipeEmpty() {
	pr, pw := io.Pipe()
	pw.Write(nil) // stuck
	pr.Close()
}

// A loop reads until there is an end, whatever it gets before.
func PipeLoop(data []byte) {
	pr, pw := io.Pipe()
	go func() {
		pw.Write(data)
	}()
	b := make([]byte, 17)
	for {
		if _, err := pr.Read(b); err == io.EOF { // stuck
			return
		}
	}
}

func PipeLoopEnds(data []byte) {
	pr, pw := io.Pipe()
	go func() {
		pw.Write(data)
		pw.Close()
	}()
	b := make([]byte, 17)
	for {
		if _, err := pr.Read(b); err == io.EOF {
			return
		}
	}
}

// A loop that ignores errors does not end, which is no wait.
func PipeLoopCounted(data []byte) {
	pr, pw := io.Pipe()
	go func() {
		pw.Write(data)
	}()
	b := make([]byte, 17)
	for range 3 {
		pr.Read(b)
	}
}

// An error that is told is an error.
func PipeTells(data []byte) int {
	pr, pw := io.Pipe()
	done := make(chan int)
	go func() {
		if _, err := pr.Read(make([]byte, 17)); err != nil {
			done <- 1
		}
	}()
	pw.CloseWithError(errors.New("none"))
	return <-done
}

func PipeTellsEnd(data []byte) int {
	pr, pw := io.Pipe()
	done := make(chan int)
	go func() {
		if _, err := pr.Read(make([]byte, 17)); err == io.EOF {
			done <- 1
		}
	}()
	pw.CloseWithError(nil)
	return <-done
}

func PipeTellsOther(data []byte) int {
	pr, pw := io.Pipe()
	done := make(chan int)
	go func() {
		if _, err := pw.Write(data); err == nil {
			done <- 1
		}
	}()
	pr.Close()
	return <-done // stuck
}

func PipeTellsOwn(data []byte) int {
	pr, pw := io.Pipe()
	done := make(chan int)
	pw.CloseWithError(io.EOF)
	go func() {
		if _, err := pw.Write(data); err == io.ErrClosedPipe {
			done <- 1
		}
	}()
	_, _ = io.ReadAll(pr)
	return <-done
}

// By way of an interface.
func fill(w io.WriteCloser, data []byte) {
	w.Write(data) // stuck in PipeGiven
	w.Close()
}

func PipeGiven(data []byte) {
	pr, pw := io.Pipe()
	go fill(pw, data)
	if len(data) == 0 {
		return
	}
	io.ReadAll(pr)
}

func PipeGivenClosed(data []byte) {
	pr, pw := io.Pipe()
	defer pr.Close()
	go fill(pw, data)
	if len(data) == 0 {
		return
	}
	io.ReadAll(pr)
}

type uploader struct {
	w    io.Writer
	done chan struct{}
}

func (u *uploader) run(data []byte) {
	defer close(u.done)
	u.w.Write(data) // stuck in PipeKept
}

func PipeKept(data []byte) {
	pr, pw := io.Pipe()
	u := &uploader{w: pw, done: make(chan struct{})}
	go u.run(data)
	<-u.done // stuck
	pw.Close()
	io.ReadAll(pr)
}

func PipeKeptRead(data []byte) {
	pr, pw := io.Pipe()
	u := &uploader{w: pw, done: make(chan struct{})}
	go u.run(data)
	io.ReadFull(pr, make([]byte, 20))
	pr.Close()
	<-u.done
}

// A helper that reads is no less a reader because it does nothing else.
func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func PipeDrained(data []byte) error {
	pr, pw := io.Pipe()
	go func() {
		pw.Write(data)
		pw.Close()
	}()
	return drain(pr)
}

// Code that is not seen may close what it is given.
func PipeForeign(data []byte, use func(io.Reader)) {
	pr, pw := io.Pipe()
	go func() {
		pw.Write(data)
		pw.Close()
	}()
	use(pr)
}

// What package json is given, it does not close.
func PipeEncoded(v any) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		json.NewEncoder(pw).Encode(v)
	}()
	return io.ReadAll(pr) // stuck
}

func PipeEncodedClosed(v any) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		pw.CloseWithError(json.NewEncoder(pw).Encode(v))
	}()
	return io.ReadAll(pr)
}

// It may fail before anything is read.
func PipeEncodedReturn(v any) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		if err := json.NewEncoder(pw).Encode(v); err != nil {
			return
		}
		pw.Close()
	}()
	return io.ReadAll(pr) // stuck
}

func PipeLines(rows []string) (n int) {
	pr, pw := io.Pipe()
	go func() {
		for _, row := range rows {
			fmt.Fprintln(pw, row)
		}
	}()
	lines := bufio.NewScanner(pr)
	for lines.Scan() { // stuck
		n++
	}
	return n
}

func PipeLinesClosed(rows []string) (n int) {
	pr, pw := io.Pipe()
	go func() {
		defer pw.Close()
		for _, row := range rows {
			fmt.Fprintln(pw, row)
		}
	}()
	lines := bufio.NewScanner(pr)
	for lines.Scan() {
		n++
	}
	return n
}

// A decoder takes as much as it needs, and who reads no more than that closes the pipe.
func PipeDecoded(rows []string) (v any, err error) {
	pr, pw := io.Pipe()
	go func() {
		defer pw.Close()
		for _, row := range rows {
			fmt.Fprintln(pw, row) // stuck
		}
	}()
	if err := json.NewDecoder(pr).Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

func PipeDecodedClosed(rows []string) (v any, err error) {
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() {
		defer pw.Close()
		for _, row := range rows {
			fmt.Fprintln(pw, row)
		}
	}()
	if err := json.NewDecoder(pr).Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// The end of a loop is the end of what there is to read.
func PipeDecodedLoop(rows []string) (n int) {
	pr, pw := io.Pipe()
	go func() {
		defer pw.Close()
		for _, row := range rows {
			fmt.Fprintln(pw, row)
		}
	}()
	dec := json.NewDecoder(pr)
	for {
		var v any
		if err := dec.Decode(&v); err != nil {
			return n
		}
		n++
	}
}

// A list of writers is written to by whoever has it.
func PipeMulti(data []byte) []byte {
	pr, pw := io.Pipe()
	var b bytes.Buffer
	all := io.MultiWriter(&b, pw)
	go func() {
		io.ReadAll(pr)
	}()
	all.Write(data)
	pw.Close()
	return b.Bytes()
}

// A lock that is held across a write is the lock that the one who reads needs.
func PipeLocked(data []byte) {
	pr, pw := io.Pipe()
	var mu sync.Mutex
	go func() {
		mu.Lock() // stuck
		defer mu.Unlock()
		io.Copy(io.Discard, pr) // stuck
	}()
	mu.Lock()      // stuck
	pw.Write(data) // stuck
	pw.Close()
	mu.Unlock()
}

func PipeLockedAfter(data []byte) {
	pr, pw := io.Pipe()
	var mu sync.Mutex
	go func() {
		io.Copy(io.Discard, pr)
		mu.Lock()
		defer mu.Unlock()
	}()
	mu.Lock()
	pw.Write(data)
	pw.Close()
	mu.Unlock()
}

// What is asked for its other methods has them.
func PipeCloser(data []byte) error {
	pr, pw := io.Pipe()
	var w io.Writer = pw
	go func() {
		w.Write(data)
		if c, ok := w.(io.Closer); ok {
			c.Close()
		}
	}()
	_, err := io.ReadAll(pr)
	return err
}

func PipeNoCloser(data []byte) error {
	pr, pw := io.Pipe()
	var w io.Writer = pw
	go func() {
		w.Write(data)
		if c, ok := w.(io.StringWriter); ok {
			c.WriteString("end")
			pw.Close()
		}
	}()
	_, err := io.ReadAll(pr) // stuck
	return err
}

// A function that is handed to code that is not seen may be called.
func PipeHandedOut(data []byte, later func(func())) error {
	pr, pw := io.Pipe()
	var w io.WriteCloser = pw
	later(func() {
		w.Write(data)
		w.Close()
	})
	_, err := io.ReadAll(pr)
	return err
}

func PipeHandedOutList(data []byte, later func(...func())) error {
	pr, pw := io.Pipe()
	var w io.WriteCloser = pw
	later(func() { w.Write(data) }, func() { w.Close() })
	_, err := io.ReadAll(pr)
	return err
}
