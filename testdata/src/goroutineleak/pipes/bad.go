package pipes

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
)

// The request is not made, so nobody closes its body.
func upload(client *http.Client, url string, v any) error {
	pr, pw := io.Pipe()
	go func() {
		pw.CloseWithError(json.NewEncoder(pw).Encode(v)) // want `CL1001: the goroutine started at line \d+ blocks for ever in a write to pw when the function returns at line \d+: nobody reads the rest, and pr is not closed on this way; write defer pr.Close\(\) after io.Pipe`
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

// The one who downloads goes away.
func export(w http.ResponseWriter, r *http.Request, rows []string) {
	pr, pw := io.Pipe()
	go func() {
		defer pw.Close()
		for _, row := range rows {
			if _, err := fmt.Fprintln(pw, row); err != nil { // want `CL1001: the goroutine started at line \d+ blocks for ever in a write to pw when the function returns at line \d+: nobody reads the rest, and pr is not closed`
				return
			}
		}
	}()
	io.Copy(w, pr)
}

func firstError(src io.Reader, check func(string) error) error {
	pr, pw := io.Pipe()
	go func() {
		_, err := io.Copy(pw, src) // want `CL1001: the goroutine started at line \d+ blocks for ever in a write to pw when the function returns at line \d+`
		pw.CloseWithError(err)
	}()
	lines := bufio.NewScanner(pr)
	for lines.Scan() {
		if err := check(lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// The reader gives up, and the function itself is stuck in its write.
func tee(src io.Reader, stop func(string) bool) error {
	pr, pw := io.Pipe()
	defer pw.Close()
	go func() {
		lines := bufio.NewScanner(pr)
		for lines.Scan() {
			if stop(lines.Text()) {
				return
			}
		}
	}()
	_, err := io.Copy(pw, src) // want `CL1001: the function blocks for ever in a write to pw when the goroutine that has pr returns at line \d+: nobody reads the rest, and pr is not closed on this way; write defer pr.Close\(\) where the goroutine begins`
	return err
}

// The writer gives up without a word, and the function reads for ever.
func pack(path string, v any) ([]byte, error) {
	pr, pw := io.Pipe()
	go func() {
		zw := gzip.NewWriter(pw)
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close()
		io.Copy(zw, f)
		zw.Close()
		pw.Close()
	}()
	return io.ReadAll(pr) // want `CL1002: the function waits for ever for more from pr when the goroutine that has pw returns at line \d+: pw is not closed on this way; call pw.CloseWithError\(err\) on every way out`
}

func form(part []byte, send func(io.Reader) error) error {
	pr, pw := io.Pipe()
	defer pr.Close()
	mw := multipart.NewWriter(pw)
	go func() {
		w, err := mw.CreateFormFile("file", "name")
		if err != nil {
			return
		}
		w.Write(part)
		mw.Close()
		pw.Close()
	}()
	return copyAll(pr) // want `CL1002: the function waits for ever for more from pr when the goroutine that has pw returns at line \d+`
}

func copyAll(r io.Reader) error {
	_, err := io.Copy(os.Stdout, r)
	return err
}

// The writer is the function, and the goroutine reads.
func logLines(v []string, write func(*bufio.Scanner) error) error {
	pr, pw := io.Pipe()
	go func() {
		lines := bufio.NewScanner(pr)
		for lines.Scan() { // want `CL1002: the goroutine started at line \d+ waits for ever for more from pr when the function returns at line \d+: pw is not closed on this way`
			fmt.Println(lines.Text())
		}
	}()
	for _, s := range v {
		if s == "" {
			return errors.New("empty")
		}
		fmt.Fprintln(pw, s)
	}
	return pw.Close()
}

// A decoder that fails leaves the rest unread.
func decode(ctx context.Context, produce func(context.Context, io.Writer) error, v any) error {
	r, w := io.Pipe()
	go pump(ctx, produce, w) // the goroutine has a function of its own
	if err := json.NewDecoder(r).Decode(v); err != nil {
		return err
	}
	return nil
}

func pump(ctx context.Context, produce func(context.Context, io.Writer) error, w *io.PipeWriter) {
	fmt.Fprintln(w, "[") // want `CL1001: the goroutine started at line \d+ blocks for ever in a write to w when the function returns at line \d+`
	w.Close()
}
