package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// exchange is a module of two packages with a finding, which import nothing: next to nothing is compiled for them.
const exchange = `
-- go.mod --
module corp.example/exchange

go 1.26
-- feed/feed.go --
package feed

// A Relay hands messages on. Its goroutine has nobody to wait for where load fails.
type Relay struct{ messages chan string }

func NewRelay(load func() error, notify func(string)) (*Relay, error) {
	r := &Relay{messages: make(chan string)}
	go func() {
		for {
			notify(<-r.messages)
		}
	}()
	if err := load(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Relay) Send(m string) { r.messages <- m }
-- desk/desk.go --
package desk

import "corp.example/exchange/feed"

func Open(load func() error) (*feed.Relay, error) { return feed.NewRelay(load, func(string) {}) }
`

// Machines that share a cache by GOCACHEPROG share results: the second one, whose own cache is empty, analyses nothing.
func TestSharedCache(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	prog := filepath.Join(tmp, "cacheprog")
	if runtime.GOOS == "windows" {
		prog += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", prog, "./testdata/cacheprog").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	dir, other := module(t, exchange), module(t, exchange)
	tests := []struct {
		name, dir, goflags string
		analyses           bool
	}{
		{"the first machine", dir, "-trimpath", true},
		{"a machine with the same folder", dir, "-trimpath", false},
		{"a machine with another folder", other, "-trimpath", false},
		// The folder is in the key then.
		{"the first machine without -trimpath", dir, "", true},
		{"a machine with the same folder, without -trimpath", dir, "", false},
		{"a machine with another folder, without -trimpath", other, "", true},
	}
	const want = "feed/feed.go:10:11: CL1002 "
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stats := filepath.Join(tmp, fmt.Sprintf("stats-%d", i))
			cmd := command(test.dir, binary, "--format=text", "./...")
			cmd.Env = append(cmd.Env, "CI=true", "GOCACHE="+t.TempDir(), "GOFLAGS="+test.goflags,
				fmt.Sprintf("GOCACHEPROG=%s %s %s", prog, filepath.Join(tmp, "shared"), stats))
			r := execute(t, cmd)
			if r.status != 1 || strings.Count(r.stdout, "CL1002") != 1 || !strings.HasPrefix(filepath.ToSlash(r.stdout), want) {
				t.Errorf("exit status %d, want 1 and one finding, %q:\n%s%s", r.status, want, r.stdout, r.stderr)
			}
			if !strings.Contains(r.stderr, "vet driver") {
				t.Errorf("the driver that uses the cache was not chosen:\n%s", r.stderr)
			}
			hits, puts := cacheUse(t, stats)
			if (puts > 0) != test.analyses {
				t.Errorf("%d results were put into the shared cache, want some: %v", puts, test.analyses)
			}
			if !test.analyses && hits == 0 {
				t.Error("nothing came from the shared cache")
			}
		})
	}
}

// cacheUse adds up what cacheprog has counted: the go command is run more than once.
func cacheUse(t *testing.T, stats string) (hits, puts int) {
	t.Helper()
	text, err := os.ReadFile(stats)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var h, m, p int
		if _, err := fmt.Sscanf(line, "%d hits, %d misses, %d puts", &h, &m, &p); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		hits, puts = hits+h, puts+p
	}
	return hits, puts
}
