package driver

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const broken = `
-- go.mod --
module m

go 1.26
-- whole/w.go --
package whole

import "time"

func W() { time.Sleep(1) }
-- badtest/b.go --
package badtest

import "time"

func B() { time.Sleep(1) }
-- badtest/b_test.go --
package badtest

import _ "no.such/test/module"
-- illtyped/i_test.go --
package illtyped

func init() { undefined() }
-- illtyped/i.go --
package illtyped

import "time"

func I() { time.Sleep(1) }
-- xtest/x.go --
package xtest

import "time"

func X() { time.Sleep(1) }
-- xtest/x_test.go --
package xtest_test

func init() { undefined() }
-- missing/m.go --
package missing

import _ "no.such/module"
-- importer/i.go --
package importer

import _ "m/missing"
-- types/t.go --
package types

func T() int { return "text" }
-- needstypes/n.go --
package needstypes

import "m/types"

func N() int { return types.T() }
-- syntax/s.go --
package syntax

func f( {
-- header/h.go --
package header

import "unfinished
-- excluded/e.go --
//go:build never

package excluded
`

func TestBroken(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, broken)
		got, _ := lint(t, Request{Dir: dir, Mode: mode, Patterns: []string{"./...", "./excluded"}})
		want := result{
			Found: []string{
				"badtest/b.go:5:12: CL9001 sleeps",
				"illtyped/i.go:5:12: CL9001 sleeps",
				"whole/w.go:5:12: CL9001 sleeps",
				"xtest/x.go:5:12: CL9001 sleeps",
			},
			Errors: []string{
				"m/badtest: badtest/b_test.go:3:8: no required module provides package no.such/test/module; to add it: go get no.such/test/module",
				"m/excluded: build constraints exclude all Go files in excluded",
				"m/header: header/h.go:3:8: string literal not terminated",
				"m/illtyped: illtyped/i_test.go:3:15: undefined: undefined",
				"m/importer: not analysed, because it imports m/missing, which has errors",
				"m/missing: missing/m.go:3:8: no required module provides package no.such/module; to add it: go get no.such/module",
				"m/needstypes: not analysed, because it imports m/types, which has errors",
				"m/syntax: syntax/s.go:3:9: expected ')', found '{'",
				`m/types: types/t.go:3:23: cannot use "text" (untyped string constant) as int value in return statement`,
				"m/xtest: xtest/x_test.go:3:15: undefined: undefined",
			},
			NotAnalysed: []string{"m/excluded", "m/header", "m/importer", "m/missing", "m/needstypes", "m/syntax", "m/types"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// Tests that nobody wants may be broken.
func TestBrokenTestsUnwanted(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, mode Mode) {
		dir := unpack(t, broken)
		got, _ := lint(t, Request{Dir: dir, Mode: mode, NoTests: true, Patterns: []string{"./badtest", "./illtyped", "./xtest", "./whole"}})
		want := result{Found: []string{
			"badtest/b.go:5:12: CL9001 sleeps",
			"illtyped/i.go:5:12: CL9001 sleeps",
			"whole/w.go:5:12: CL9001 sleeps",
			"xtest/x.go:5:12: CL9001 sleeps",
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// A front end that nobody has built is no reason not to analyse the service: go vet refuses all of it, the code is whole.
func TestFilesToEmbedAreMissing(t *testing.T) {
	const service = `
-- go.mod --
module m

go 1.26
-- ui/ui.go --
package ui

import (
	"embed"
	"time"
)

//go:embed build/*
var Files embed.FS

func Wait() { time.Sleep(1) }
-- main.go --
package main

import (
	"time"

	"m/ui"
)

func main() { time.Sleep(1); ui.Wait() }
`
	dir := unpack(t, service)
	want, out := lint(t, Request{Dir: dir, Mode: Source})
	if len(out.Records) != 2 || len(out.Errors) != 0 || len(want.Found) == 0 {
		t.Fatalf("the source driver finds %+v", want)
	}
	got, out := lint(t, Request{Dir: dir, Mode: Vet})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the drivers differ (-source +vet):\n%s", diff)
	}
	if out.Driver != Source {
		t.Errorf("the driver is %s, but go vet analysed nothing", out.Driver)
	}

	// Beside an import that cannot be resolved, too.
	dir = unpack(t, service+"-- lost/lost.go --\npackage lost\n\nimport _ \"no.such/module\"\n")
	want, _ = lint(t, Request{Dir: dir, Mode: Source})
	got, out = lint(t, Request{Dir: dir, Mode: Vet})
	if diff := cmp.Diff(want.Found, got.Found); diff != "" || len(out.NotAnalysed) != 1 {
		t.Errorf("not analysed: %v; the drivers differ (-source +vet):\n%s", out.NotAnalysed, diff)
	}
}
