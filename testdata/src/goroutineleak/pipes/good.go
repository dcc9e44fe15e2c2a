package pipes

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
)

func uploadClosed(client *http.Client, url string, v any) error {
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() {
		pw.CloseWithError(json.NewEncoder(pw).Encode(v))
	}()
	req, err := http.NewRequest(http.MethodPost, url, pr)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// The transport closes the body of what is sent, also when that fails.
func uploadSent(client *http.Client, url string, v any) error {
	pr, pw := io.Pipe()
	req, err := http.NewRequest(http.MethodPost, url, pr)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	go func() {
		pw.CloseWithError(json.NewEncoder(pw).Encode(v))
	}()
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func uploadPost(client *http.Client, url string, v any) error {
	pr, pw := io.Pipe()
	go func() {
		pw.CloseWithError(json.NewEncoder(pw).Encode(v))
	}()
	resp, err := client.Post(url, "application/json", pr)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// An end that is closed ends what waits at the other one, whichever it is.
func closesOther(w http.ResponseWriter, rows []string) {
	pr, pw := io.Pipe()
	defer pw.Close()
	go func() {
		for _, row := range rows {
			fmt.Fprintln(pw, row)
		}
		pw.Close()
	}()
	io.Copy(w, pr)
}

func closedInFunction(w http.ResponseWriter, rows []string) {
	pr, pw := io.Pipe()
	defer func() { pr.Close() }()
	go func() {
		defer pw.Close()
		json.NewEncoder(pw).Encode(rows)
	}()
	io.Copy(w, pr)
}

// Memory does not fail, so all is read.
func toMemory(v any) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		pw.CloseWithError(json.NewEncoder(pw).Encode(v))
	}()
	var b bytes.Buffer
	if _, err := io.Copy(&b, pr); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func toHash(v any) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		pw.CloseWithError(json.NewEncoder(pw).Encode(v))
	}()
	h := sha256.New()
	if _, err := io.Copy(h, pr); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

// Whoever has it now closes it.
func open(v any) io.ReadCloser {
	pr, pw := io.Pipe()
	go func() {
		pw.CloseWithError(json.NewEncoder(pw).Encode(v))
	}()
	return pr
}

type source struct{ r *io.PipeReader }

func kept(s *source, v any) {
	pr, pw := io.Pipe()
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	s.r = pr
}

func given(consume func(io.ReadCloser) error, v any) error {
	pr, pw := io.Pipe()
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	return consume(pr)
}

// A store may send what it is given as a request, whose body is closed also when that fails.
type store interface {
	Put(ctx context.Context, r io.Reader) error
}

func stored(ctx context.Context, s store, v any) error {
	pr, pw := io.Pipe()
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	if err := s.Put(ctx, pr); err != nil {
		return err
	}
	return nil
}

// Whoever reads without an error has read it all, as far as is known.
func givenToRead(consume func(io.Reader) error, v any) error {
	pr, pw := io.Pipe()
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	if err := consume(pr); err != nil {
		pr.CloseWithError(err)
		return err
	}
	return nil
}

func command(ctx context.Context, v any) error {
	pr, pw := io.Pipe()
	cmd := exec.CommandContext(ctx, "cat")
	cmd.Stdin = pr
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	return cmd.Run()
}

func output(cmd *exec.Cmd) error {
	pr, pw := io.Pipe()
	cmd.Stdout = pw
	go func() {
		lines := bufio.NewScanner(pr)
		for lines.Scan() {
			fmt.Println(lines.Text())
		}
	}()
	defer pw.Close()
	return cmd.Run()
}

func whenCancelled(ctx context.Context, w http.ResponseWriter, v any) {
	pr, pw := io.Pipe()
	context.AfterFunc(ctx, func() { pr.CloseWithError(ctx.Err()) })
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	io.Copy(w, pr)
}

func watched(ctx context.Context, w http.ResponseWriter, v any) {
	pr, pw := io.Pipe()
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	go func() {
		<-ctx.Done()
		pr.Close()
	}()
	io.Copy(w, pr)
}

// A write that fails says that nobody reads any more.
func stops(rows []string) error {
	pr, pw := io.Pipe()
	go func() {
		for _, row := range rows {
			if _, err := io.WriteString(pw, row); err != nil {
				return
			}
		}
		pw.Close()
	}()
	defer pr.Close()
	_, err := io.Copy(os.Stdout, pr)
	return err
}

// All ways out tell.
func tells(path string) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		f, err := os.Open(path)
		if err != nil {
			pw.CloseWithError(err)
			return
		}
		defer f.Close()
		_, err = io.Copy(pw, f)
		pw.CloseWithError(err)
	}()
	return io.ReadAll(pr)
}

// A loop over values ends with them.
func values(each func(int) error) error {
	pr, pw := io.Pipe()
	go func() {
		defer pw.Close()
		for i := range 10 {
			json.NewEncoder(pw).Encode(i)
		}
	}()
	d := json.NewDecoder(pr)
	for {
		var v int
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(v); err != nil {
			pr.CloseWithError(err)
			return err
		}
	}
}

// The goroutine is started when nothing can go wrong any more.
func late(w io.Writer, v any) error {
	pr, pw := io.Pipe()
	if v == nil {
		return errors.New("nothing")
	}
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	defer pr.Close()
	_, err := io.Copy(w, pr)
	return err
}

func closeBoth(a, b io.Closer) { a.Close(); b.Close() }

func closedByHelper(w io.Writer, v any) {
	pr, pw := io.Pipe()
	defer closeBoth(pr, pw)
	go func() { json.NewEncoder(pw).Encode(v); pw.Close() }()
	io.Copy(w, pr)
}
