package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// HandlerOptions bound the work of [Handler].
type HandlerOptions struct {
	// Interval is how old a report may be that is given again: one is made at most so often. Zero: 5 seconds.
	Interval time.Duration
	// LeakInterval is the same for reports of proven leaks, each of which costs a cycle of the garbage collector. Zero: one minute.
	LeakInterval time.Duration
	// Groups is how many places a report names at most. Zero: 100.
	Groups int
}

// Handler returns a handler that shows which goroutines the process has, grouped by the place where they wait and the one
// where they were started: a [Report], in JSON, or in plain text where the query has format=text or the Accept header asks
// for it. With leaks=1 in the query it shows those that the runtime has proven to wait for ever; a runtime that cannot
// prove that is told of, with status 501.
//
// It reads and changes nothing. However often it is asked, one report at a time is made, and that no more often than the
// options say; in the meantime the last one is given again, whose age in seconds is in the Age header, and who asks while
// the first one is being made gets status 503. Up to 5,000 goroutines their stacks are taken, for which the program stops,
// for some 30 ms; of more the profile, for which it stops no longer, and in which states and go statements are not.
//
// Reports name functions and files of the program. Serve them where pprof would be served: on an address of the operators'.
func Handler(o HandlerOptions) http.Handler {
	if o.Interval <= 0 {
		o.Interval = 5 * time.Second
	}
	if o.LeakInterval <= 0 {
		o.LeakInterval = time.Minute
	}
	if o.Groups <= 0 {
		o.Groups = 100
	}
	return &handler{
		all:   cached{every: o.Interval, make: func() (*Report, error) { return newReport(o.Groups), nil }},
		leaks: cached{every: o.LeakInterval, make: func() (*Report, error) { return newLeakReport(o.Groups) }},
	}
}

type handler struct {
	busy       sync.Mutex // one report at a time
	all, leaks cached
}

// cached makes a report no more often than it should.
type cached struct {
	every time.Duration
	make  func() (*Report, error)

	mu   sync.Mutex
	last *Report
}

var (
	errNoProof = errors.New("the runtime of this program cannot prove that a goroutine waits for ever: Go 1.27 can, and Go 1.26 with GOEXPERIMENT=goroutineleakprofile")
	errBusy    = errors.New("a report is being made, ask again in a second")
)

// get returns the last report, or makes one if that is too old and nobody makes one.
func (c *cached) get(busy *sync.Mutex) (*Report, error) {
	c.mu.Lock()
	last := c.last
	c.mu.Unlock()
	if last != nil && time.Since(last.Time) < c.every {
		return last, nil
	}
	if !busy.TryLock() {
		if last != nil {
			return last, nil
		}
		return nil, errBusy
	}
	defer busy.Unlock()
	report, err := c.make()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.last = report
	c.mu.Unlock()
	return report, nil
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this can only be read", http.StatusMethodNotAllowed)
		return
	}
	query := r.URL.Query()
	from := &h.all
	if on, _ := strconv.ParseBool(query.Get("leaks")); on {
		from = &h.leaks
	}
	report, err := from.get(&h.busy)
	switch {
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", "1")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	case errors.Is(err, errNoProof):
		http.Error(w, err.Error(), http.StatusNotImplemented)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var body bytes.Buffer
	if wantsText(query.Get("format"), r.Header.Get("Accept")) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		err = report.WriteText(&body)
	} else {
		w.Header().Set("Content-Type", "application/json")
		enc := json.NewEncoder(&body)
		enc.SetIndent("", "  ")
		err = enc.Encode(report)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Age", strconv.Itoa(int(time.Since(report.Time).Seconds())))
	_, _ = body.WriteTo(w) // the client has gone
}

func wantsText(format, accept string) bool {
	if format != "" {
		return format == "text"
	}
	return strings.HasPrefix(accept, "text/plain")
}
