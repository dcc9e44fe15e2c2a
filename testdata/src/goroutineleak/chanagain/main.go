// Nobody imports a program: what its methods are called for, and how often, is all in it.
package main

import (
	"fmt"
	"net/http"
	"os"
)

type receiver interface{ Push() }

// Room for two is enough for two.
type row struct{ data chan struct{} }

func newRow(n int) *row { return &row{data: make(chan struct{}, n)} }

func (r *row) Push() { r.data <- struct{}{} }

func (r *row) Len() int { return len(r.data) }

func pushAll(list []receiver) {
	for _, r := range list {
		r.Push()
	}
}

func rows() {
	left, right := newRow(2), newRow(1)
	left.Push()
	pushAll([]receiver{left, right})
	fmt.Println(left.Len())
}

// One that is called in a loop for the same object.
type ticks struct{ seen chan struct{} }

func newTicks(n int) *ticks { return &ticks{seen: make(chan struct{}, n)} }

func (t *ticks) Count() {
	t.seen <- struct{}{} // want `CL1001: the send on t.seen waits for ever, once its room is filled`
}

type clock struct{ t *ticks }

func (c *clock) run() {
	for range os.Args {
		c.t.Count()
	}
}

// One that a server calls.
type hits struct{ seen chan string }

func newHits(n int) *hits { return &hits{seen: make(chan string, n)} }

func (h *hits) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.seen <- r.URL.Path // want `CL1001: the send on h.seen waits for ever, once its room is filled`
}

func main() {
	rows()
	(&clock{newTicks(len(os.Args))}).run()
	http.Handle("/", newHits(len(os.Args)))
}
