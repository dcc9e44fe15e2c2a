// Package instances reads the goroutine profiles of running services: from files, from standard input, and from the
// services themselves.
package instances

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/profiles"
)

// Options say how profiles are read.
type Options struct {
	Path    func(name string) string // makes the name of a file absolute
	Stdin   io.Reader                // what the name "-" stands for
	Timeout time.Duration            // for each answer of a service
	MaxSize int64                    // bytes of each profile, decompressed
	Stacks  bool                     // ask services for the stacks of debug=2, too
	Warn    func(format string, args ...any)
}

// A Result is what was read from one source.
type Result struct {
	Instance   *verify.Instance // nil: nothing
	Goroutines int
	Problems   []string // what could not be read, with the source's name
}

// IsURL reports whether a source is a service's address.
func IsURL(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

// atATime is how many sources are read at the same time.
const atATime = 4

// Read reads sources. The results are in the same order.
func (o Options) Read(ctx context.Context, sources []string) []Result {
	results := make([]Result, len(sources))
	client := newClient()
	defer client.CloseIdleConnections()
	var wait sync.WaitGroup
	slots := make(chan struct{}, atATime)
	for i, source := range sources {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			r := &reader{Options: o, client: client}
			if IsURL(source) {
				r.service(ctx, source)
			} else {
				r.file(source)
			}
			results[i] = r.Result
		})
	}
	wait.Wait()
	return results
}

// places tell the standard library's functions; where files are is no question yet.
func places() verify.Places { return verify.Places{Elsewhere: true} }

// A reader reads one source.
type reader struct {
	Options
	Result
	client *http.Client
	name   string // for messages
}

func (r *reader) problem(format string, args ...any) {
	r.Problems = append(r.Problems, r.name+": "+fmt.Sprintf(format, args...))
}

// add reads a profile into an instance, and returns what is known of the profile.
func (r *reader) add(in io.Reader, into *verify.Instance) (*profiles.Profile, error) {
	var full error
	p, err := profiles.Read(in, r.MaxSize, func(s *profiles.Sample) {
		if full == nil {
			full = into.Add(s, places())
		}
	})
	if err == nil && full != nil {
		p.Partial = full.Error()
	}
	return p, err
}

// file reads a file, or standard input.
func (r *reader) file(name string) {
	r.name = name
	in := r.Stdin
	if name == "-" {
		r.name = "standard input"
	} else {
		f, err := os.Open(r.Path(name))
		switch {
		case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `/\`) && strings.Contains(name, ":"):
			r.problem("there is no such file; for a service write http://%s", name)
			return
		case errors.Is(err, fs.ErrNotExist):
			r.problem("there is no such file")
			return
		case err != nil:
			r.problem("%v", errors.Unwrap(err))
			return
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			r.problem("it is a folder: name the profiles in it")
			return
		}
		in = f
	}
	instance := &verify.Instance{Name: r.name}
	p, err := r.add(in, instance)
	if err != nil {
		r.problem("%v", err)
		return
	}
	r.partial(p)
	r.Instance, r.Goroutines = instance, p.Goroutines
}

func (r *reader) partial(p *profiles.Profile) {
	if p.Partial != "" {
		r.problem("only a part of the profile was read, %d goroutines: %s", p.Goroutines, p.Partial)
	}
}
