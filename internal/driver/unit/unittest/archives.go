package unittest

// Shop has a package with a finding, one that imports it, and tests of both kinds.
const Shop = `
-- go.mod --
module corp.example/shop

go 1.26
-- orders/orders.go --
package orders

import "time"

func Serve() {
	for {
		time.Sleep(time.Second)
	}
}

type Queue struct{}

func (*Queue) Drain() {
	select {}
}
-- orders/orders_test.go --
package orders

import (
	"testing"
	"time"
)

func TestServe(t *testing.T) {
	time.Sleep(1)
}
-- orders/api_test.go --
package orders_test

import (
	"testing"
	"time"

	"corp.example/shop/orders"
)

func TestAPI(t *testing.T) {
	time.Sleep(2)
	orders.Serve()
}
-- cmd/shop/main.go --
package main

import (
	"os"

	"corp.example/shop/orders"
)

func main() {
	if len(os.Args) > 1 {
		new(orders.Queue).Drain() //cloudlint:ignore CL9002 a daemon
	}
	orders.Serve()
}
`

// Broken has an error in a test, one in a package, and a package that imports that.
const Broken = `
-- go.mod --
module corp.example/errs

go 1.26
-- whole/whole.go --
package whole

import "time"

func Wait() { time.Sleep(1) }
-- tested/tested.go --
package tested

import "time"

func Wait() { time.Sleep(1) }
-- tested/tested_test.go --
package tested

var x int = "no number"
-- user/user.go --
package user

import "corp.example/errs/tested"

func Call() { tested.Wait() }
-- broken/broken.go --
package broken

func F() { undefined() }
-- importer/importer.go --
package importer

import "corp.example/errs/broken"

func F() { broken.F() }
`

// Line has a finding in a file that was made of another.
const Line = `
-- go.mod --
module corp.example/line

go 1.26
-- parse/parse.go --
package parse

import "time"

func Wait() {
//line grammar.y:10
	time.Sleep(1)
}
`

// Cgo has findings in files that cmd/cgo rewrites, one of them the only file of its package.
const Cgo = `
-- go.mod --
module corp.example/cgo

go 1.26
-- mixed/plain.go --
package mixed

import "time"

func Plain() { time.Sleep(1) }
-- mixed/native.go --
package mixed

// static int two() { return 2; }
import "C"
import "time"

func Native() {
	C.two(); time.Sleep(2) //cloudlint:ignore CL9001 tested
	println(C.two()); time.Sleep(3)
}
-- only/only.go --
package only

// static int two() { return 2; }
import "C"
import "time"

func Native() int {
	time.Sleep(2)
	return int(C.two())
}
`

// TestsOnly has packages that consist of tests, and two that only look like it.
const TestsOnly = `
-- go.mod --
module corp.example/t

go 1.26
-- internal/internal_test.go --
package internal

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) { time.Sleep(1) }
-- external/external_test.go --
package external_test

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) { time.Sleep(1) }
-- named_test/named.go --
package named_test

import "time"

func Wait() { time.Sleep(1) }
-- tool.test/main.go --
package main

import "time"

func main() { time.Sleep(1) }
`

// Two has a package with a finding and one that imports it; neither has tests.
const Two = `
-- go.mod --
module corp.example/two

go 1.26
-- a/a.go --
package a

import "corp.example/two/b"

func Call() { b.Wait() }
-- b/b.go --
package b

import "time"

func Wait() { time.Sleep(1) }
`

// App has a package that imports one of another module, Dep.
const App = `
-- go.mod --
module corp.example/app

go 1.26

require corp.example/dep v1.2.3
-- app.go --
package app

import (
	"time"

	"corp.example/dep"
)

func Wait() {
	time.Sleep(1)
	dep.Forever()
}
`

// Dep is the file of the package that App imports.
const Dep = `package dep

import "time"

func Forever() {
	for {
		time.Sleep(1)
	}
}
`

// Tagged has files for some build tags and systems.
const Tagged = `
-- go.mod --
module corp.example/tagged

go 1.26
-- wait/wait.go --
package wait

func Wait() { wait() }
-- wait/slow.go --
//go:build slow

package wait

import "time"

func wait() { time.Sleep(1) }
-- wait/fast.go --
//go:build !slow && !windows

package wait

func wait() {}
-- wait/fast_windows.go --
//go:build !slow

package wait

import "time"

// Only where a word has 32 bits.
var _ [4]int = [4 << (^uint(0) >> 63)]int{}

func wait() { time.Sleep(2) }
`
