package driver

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const service = `
-- go.mod --
module m

go 1.26
-- a/a.go --
package a

import (
	"time"

	"m/b"
)

func A() { time.Sleep(1); b.Wait() }
-- b/b.go --
package b

import "time"

func Wait() { time.Sleep(2); select {} }
-- b/b_test.go --
package b

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) { time.Sleep(3) }
-- c/c_test.go --
package c_test

import (
	"testing"
	"time"

	"m/b"
)

func TestWait(t *testing.T) { time.Sleep(3); b.Wait() }
`

func TestWhole(t *testing.T) {
	dir := unpack(t, service)
	got, _ := lint(t, Request{Dir: dir})
	want := result{Found: []string{
		"a/a.go:9:12: CL9001 sleeps",
		"a/a.go:9:33: CL9002 Wait never returns",
		"b/b.go:5:15: CL9001 sleeps",
		"b/b_test.go:8:31: CL9001 sleeps",
		"c/c_test.go:10:31: CL9001 sleeps",
		"c/c_test.go:10:52: CL9002 Wait never returns",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
