//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// counted is a package with a leak, and a test that counts its runs: in the one that $STARTED.stop names it goes on for ever,
// with a process of its own, and does not listen.
const counted = `
-- go.mod --
module corp.example/counted

go 1.26
-- leak/leak.go --
package leak

func Leak(answer func() *int) {
	c := make(chan *int)
	go func() {
		c <- answer()
	}()
}
-- leak/leak_test.go --
package leak

import (
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"testing"
)

func TestLeak(t *testing.T) {
	Leak(func() *int { return nil })
	name := os.Getenv("STARTED")
	n := 1
	for {
		f, err := os.OpenFile(name+"."+strconv.Itoa(n), os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			f.Close()
			break
		}
		n++
	}
	if stop, _ := os.ReadFile(name + ".stop"); string(stop) == strconv.Itoa(n) {
		signal.Ignore(os.Interrupt)
		exec.Command("sleep", "600").Start()
		os.WriteFile(name, nil, 0o666)
		exec.Command("sleep", "600").Run()
	}
}
`

// modes are the ways to verify that do more than to run the tests once.
var modes = []struct {
	name string
	args []string
	// stop is the run of the test in which it is ended: the first forced one, the first under another schedule, the one in a
	// bubble.
	stop int
}{
	{"reproduce", []string{"--reproduce", "CL1001@leak/leak.go:6"}, 1},
	{"perturb", []string{"--schedule", "sleep:1", "--schedule", "stack:1"}, 2},
	{"write-test", []string{"--write-test"}, 4},
}

// Whenever one of these is ended, by whatever signal, nothing stays: no process, no folder, and no file in the user's tree but
// tests that are whole.
func TestVerifyModesSignals(t *testing.T) {
	instants := 1
	if n, err := strconv.Atoi(os.Getenv("CLOUDLINT_KILLS")); err == nil {
		instants = n
	}
	for _, mode := range modes {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
			t.Run(fmt.Sprintf("%s run %d %v", mode.name, mode.stop, signal), func(t *testing.T) {
				t.Parallel()
				e := begin(t, counted, false, mode.args...)
				if err := os.WriteFile(e.started+".stop", []byte(strconv.Itoa(mode.stop)), 0o666); err != nil {
					t.Fatal(err)
				}
				if !until(func() bool { _, err := os.Stat(e.started); return err == nil }) {
					t.Errorf("it does not come to this\n%s%s", &e.stdout, &e.stderr)
				}
				e.end(t, signal)
				e.wantTree(t, nil)
			})
		}
		// The instants are chosen by how many files and folders for temporary files there have been.
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			whole := begin(t, counted, false, mode.args...)
			all := whole.names(1 << 30)
			whole.end(t, syscall.Signal(0))
			if whole.cmd.ProcessState.ExitCode() != 4 || all < 5 {
				t.Fatalf("%d names, status %d\n%s%s", all, whole.cmd.ProcessState.ExitCode(), &whole.stdout, &whole.stderr)
			}
			written, _ := os.ReadFile(filepath.Join(whole.dir, "leak", "cloudlint_leak_test.go"))
			random := rand.New(rand.NewPCG(7, uint64(mode.stop)))
			for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
				for range instants {
					n := 1 + random.IntN(all)
					t.Run(fmt.Sprintf("%d of %d %v", n, all, signal), func(t *testing.T) {
						t.Parallel()
						e := begin(t, counted, false, mode.args...)
						e.names(n)
						e.end(t, signal)
						e.wantTree(t, written)
					})
				}
			}
		})
	}
}

// names counts the names that come up in the folder for temporary files, until there have been n or it has ended.
func (e *verification) names(n int) int {
	seen := make(map[string]bool)
	for len(seen) < n {
		for _, pattern := range []string{"*", "*/*", "*/*/*"} {
			names, _ := filepath.Glob(filepath.Join(e.tmp, pattern))
			for _, name := range names {
				seen[name] = true
			}
		}
		select {
		case <-e.ended:
			return len(seen)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return len(seen)
}

// wantTree checks that the module is as it was, but for a file that may have been written.
func (e *verification) wantTree(t *testing.T, written []byte) {
	t.Helper()
	name := filepath.Join(e.dir, "leak", "cloudlint_leak_test.go")
	if data, err := os.ReadFile(name); err == nil && written != nil {
		if diff := cmp.Diff(string(written), string(data)); diff != "" {
			t.Errorf("the written file is not whole: %s", diff)
		}
		_ = os.Remove(name)
	}
	if diff := cmp.Diff(e.before, sums(t, e.dir)); diff != "" {
		t.Errorf("changed: %s", diff)
	}
	if list := strings.Join(entries(t, filepath.Join(e.dir, "leak")), " "); list != "leak.go leak_test.go" {
		t.Errorf("in the package's folder there are %s", list)
	}
}

// A Go that is too old is told from others before anything is analysed.
func TestVerifyOldGo(t *testing.T) {
	dir, bin := module(t, counted), t.TempDir()
	script := "#!/bin/sh\n[ \"$1\" = env ] || { touch " + bin + "/analysed; exit 9; }\necho '{\"GOVERSION\": \"go1.25.4\", \"GOROOT\": \"/nowhere\"}'\n"
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := command(dir, binary, "verify")
	cmd.Env = append(cmd.Env, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	execute(t, cmd).wantError(t, 2, "verify needs Go 1.26 or newer, whose runtime detects leaks, and the go command here is go1.25.4: set GOTOOLCHAIN=")
	if _, err := os.Stat(filepath.Join(bin, "analysed")); err == nil {
		t.Error("it has begun to analyse")
	}
}
