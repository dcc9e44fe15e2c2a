package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// api is a second package with a finding, which imports the first, and tests of both kinds.
const api = `
-- api/api.go --
package api

import "corp.example/shop/store"

// Serve asks for a price, then for something that nobody
// answers, and says what came of it.

func Serve(path string) (status int) {
	status = 200
	if _, ok := store.Price(path); !ok {
		status = 502
	}
	if _, ok := <-make(chan int); !ok {
		status = 502
	}
	return status
}
-- api/api_test.go --
package api

import "testing"

func TestServe(t *testing.T) {}
-- api/external_test.go --
package api_test

import (
	"testing"

	_ "corp.example/shop/api"
)

func TestServe(t *testing.T) {}
`

func TestDriversAgree(t *testing.T) {
	dir := module(t, price, clean, api)
	// What differs is which driver it was, and how long it took.
	neutral := regexp.MustCompile(`"(driver|seconds)": .*`)
	for _, format := range []string{"text", "json", "sarif"} {
		vet := cloudlint(t, dir, "--driver", "vet", "--format", format)
		source := cloudlint(t, dir, "--driver=source", "--format", format)
		if !strings.Contains(vet.stderr, "vet driver") || !strings.Contains(source.stderr, "source driver") {
			t.Errorf("the last lines do not name the drivers:\n%s%s", vet.stderr, source.stderr)
		}
		a, b := neutral.ReplaceAllString(vet.stdout, ""), neutral.ReplaceAllString(source.stdout, "")
		if vet.status != source.status || a != b || a == "" {
			t.Errorf("--format %s: vet: exit status %d\n%s\nsource: exit status %d\n%s", format, vet.status, a, source.status, b)
		}
	}
	// Packages have up to three variants; each finding is told once.
	cloudlint(t, dir, "--driver", "vet").want(t, 1, "api/api.go:13:", aFinding)
}

func TestChoiceOfPackages(t *testing.T) {
	dir := module(t, price, clean, api, "-- tools/go.mod --\nmodule corp.example/tools\n\ngo 1.26\n",
		strings.Replace(clean, "cart/cart.go", "tools/cart/cart.go", 1))
	const inAPI = "api/api.go:13:"
	tests := []struct {
		name, dir string
		args      []string
		status    int
		lines     []string
	}{
		{"all", ".", nil, 1, []string{inAPI, aFinding}},
		{"one package", ".", []string{"./store"}, 1, []string{aFinding}},
		{"a package without findings", ".", []string{"./cart"}, 0, nil},
		{"only what is named, not what it imports", ".", []string{"./api"}, 1, []string{inAPI}},
		{"an import path", ".", []string{"corp.example/shop/store"}, 1, []string{aFinding}},
		{"a file", ".", []string{"store/store.go"}, 1, []string{aFinding}},
		{"files of two packages", ".", []string{"store/store.go", "api/api.go", "cart/cart.go"}, 1, []string{inAPI, aFinding}},
		{"files of two modules", ".", []string{"store/store.go", "tools/cart/cart.go"}, 1, []string{aFinding}},
		{"a file in another folder", "cart", []string{"../store/store.go"}, 1, []string{"../store/store.go:6:15: CL1002 "}},
		{"from a folder below", "store", nil, 1, []string{"store.go:6:15: CL1002 "}},
		{"-C", "cart", []string{"-C", ".."}, 1, []string{inAPI, aFinding}},
		{"-C and a package", ".", []string{"-C", "store", "."}, 1, []string{"store.go:6:15: CL1002 "}},
		{"a file by its absolute path", "cart", []string{filepath.Join(dir, "store", "store.go")}, 1, []string{"../store/store.go:6:15: CL1002 "}},
		{"a nested module", ".", []string{"-C", "tools"}, 0, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cloudlint(t, filepath.Join(dir, test.dir), test.args...).want(t, test.status, test.lines...)
		})
	}
}

// The binary is a vet tool as it is.
func TestVetTool(t *testing.T) {
	dir := module(t, price, clean, api)
	vet := func(args ...string) result {
		return execute(t, command(dir, "go", append([]string{"vet", "-vettool=" + binary}, args...)...))
	}
	for range 2 { // the second time from the cache
		r := vet("./...")
		if r.status == 0 || !strings.Contains(r.stderr, "store/store.go:6:15: CL1002: ") || strings.Count(r.stderr, "CL1002") != 2 {
			t.Errorf("exit status %d\n%s", r.status, r.stderr)
		}
	}
	if r := vet("-goroutineleak=false", "./..."); r.status != 0 {
		t.Errorf("with the analyzer off: exit status %d\n%s", r.status, r.stderr)
	}
	if r := vet("./cart"); r.status != 0 || r.stdout+r.stderr != "" {
		t.Errorf("a clean package: exit status %d\n%s", r.status, r.stderr)
	}
	silenced := strings.Replace(price, "\tprice, ok :=", "\t//nolint:goroutineleak // local\n\tprice, ok :=", 1)
	addFiles(t, dir, silenced)
	if r := vet("./store"); r.status != 0 {
		t.Errorf("with a suppression comment: exit status %d\n%s", r.status, r.stderr)
	}
}

func TestBuildTags(t *testing.T) {
	dir := module(t, strings.Replace(price, "-- store/store.go --\n", "-- store/store.go --\n//go:build integration\n\n", 1), clean,
		"-- store/doc.go --\npackage store\n")
	cloudlint(t, dir).want(t, 0)
	cloudlint(t, dir, "--tags", "integration").want(t, 1, "store/store.go:8:15: CL1002 ")
	cmd := command(dir, binary)
	cmd.Env = append(cmd.Env, "GOFLAGS=-tags=integration")
	execute(t, cmd).want(t, 1, "store/store.go:8:15: CL1002 ")
}

func TestGeneratedFilesAreSilent(t *testing.T) {
	cloudlint(t, module(t, strings.Replace(price, "-- store/store.go --\n", "-- store/store.go --\n// Code generated by pricegen. DO NOT EDIT.\n\n", 1))).want(t, 0)
}
