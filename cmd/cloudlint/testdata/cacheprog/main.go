// Command cacheprog keeps Go's build cache in a folder that machines share, for the go command's GOCACHEPROG. It is made
// for tests: it never deletes anything, and trusts whoever can write to the folder.
//
//	GOCACHEPROG="cacheprog FOLDER [STATISTICS]"
//
// At its end it appends a line with the numbers of hits, misses and puts to the file STATISTICS. The go command's indexes of
// source folders, which every machine makes of its own folders, are not counted as puts.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A request is what the go command writes; see `go doc cmd/go/internal/cacheprog`.
type request struct {
	ID                 int64
	Command            string
	ActionID, OutputID []byte
	BodySize           int64
}

// A response is the answer to a request.
type response struct {
	ID            int64
	Err           string     `json:",omitempty"`
	KnownCommands []string   `json:",omitempty"`
	Miss          bool       `json:",omitempty"`
	OutputID      []byte     `json:",omitempty"`
	Size          int64      `json:",omitempty"`
	Time          *time.Time `json:",omitempty"`
	DiskPath      string     `json:",omitempty"`
}

// An entry is what is kept of an action.
type entry struct {
	OutputID []byte
	Size     int64
	Time     time.Time
}

type cache struct {
	dir                string
	hits, misses, puts int
}

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cacheprog:", err)
		os.Exit(1)
	}
}

func serve(args []string) error {
	if len(args) != 1 && len(args) != 2 {
		return errors.New("usage: cacheprog FOLDER [STATISTICS]")
	}
	dir, err := filepath.Abs(args[0])
	if err != nil {
		return err
	}
	c := &cache{dir: dir}
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(response{KnownCommands: []string{"get", "put", "close"}}); err != nil {
		return err
	}
	for {
		var req request
		line, err := next(in)
		if errors.Is(err, io.EOF) {
			return nil // the go command was killed
		}
		if err == nil {
			err = json.Unmarshal(line, &req)
		}
		if err != nil {
			return err
		}
		res := response{ID: req.ID}
		switch req.Command {
		case "get":
			err = c.get(req, &res)
		case "put":
			err = c.put(req, in, &res)
		case "close":
			if len(args) == 2 {
				err = c.count(args[1])
			}
		}
		if err != nil {
			res.Err = err.Error()
		}
		if err := out.Encode(res); err != nil {
			return err
		}
		if req.Command == "close" {
			return nil
		}
	}
}

// next returns the next line that is not empty.
func next(in *bufio.Reader) ([]byte, error) {
	for {
		line, err := in.ReadBytes('\n')
		if err != nil || len(line) > 1 {
			return line, err
		}
	}
}

func (c *cache) get(req request, res *response) error {
	text, err := os.ReadFile(c.file(req.ActionID, "a"))
	if errors.Is(err, fs.ErrNotExist) {
		c.misses++
		res.Miss = true
		return nil
	}
	if err != nil {
		return err
	}
	var e entry
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	c.hits++
	res.OutputID, res.Size, res.Time, res.DiskPath = e.OutputID, e.Size, &e.Time, c.file(e.OutputID, "d")
	return nil
}

func (c *cache) put(req request, in *bufio.Reader, res *response) error {
	body := []byte(`""`)
	if req.BodySize > 0 {
		var err error
		if body, err = next(in); err != nil {
			return err
		}
	}
	var text string
	if err := json.Unmarshal(body, &text); err != nil {
		return err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	if int64(len(data)) != req.BodySize {
		return fmt.Errorf("got %d bytes of %d", len(data), req.BodySize)
	}
	if !bytes.HasPrefix(data, []byte("go index ")) {
		c.puts++
	}
	res.DiskPath = c.file(req.OutputID, "d")
	if err := write(res.DiskPath, data); err != nil {
		return err
	}
	record, err := json.Marshal(entry{req.OutputID, req.BodySize, time.Now()})
	if err != nil {
		return err
	}
	return write(c.file(req.ActionID, "a"), record)
}

func (c *cache) file(id []byte, kind string) string {
	name := fmt.Sprintf("%x-%s", id, kind)
	return filepath.Join(c.dir, name[:2], name)
}

// write replaces a file at once: other machines read the folder meanwhile.
func write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "new-")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// count appends what has happened.
func (c *cache) count(file string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d hits, %d misses, %d puts\n", c.hits, c.misses, c.puts)
	return errors.Join(err, f.Close())
}
