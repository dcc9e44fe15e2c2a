//go:build unix

package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/app"
)

// slowTests are tests that go on until somebody ends them, one of which does not listen.
const slowTests = `
-- go.mod --
module corp.example/slow

go 1.26
-- polite/polite_test.go --
package polite

import (
	"os"
	"testing"
	"time"
)

func TestPolite(t *testing.T) {
	os.WriteFile(os.Getenv("STARTED"), nil, 0o666)
	time.Sleep(10 * time.Minute)
}
-- stubborn/stubborn_test.go --
package stubborn

import (
	"os"
	"os/exec"
	"os/signal"
	"testing"
	"time"
)

func TestStubborn(t *testing.T) {
	signal.Ignore(os.Interrupt)
	exec.Command("sleep", "600").Start()
	os.WriteFile(os.Getenv("STARTED"), nil, 0o666)
	time.Sleep(10 * time.Minute)
}
`

// Whenever a verification is ended, by whatever signal, nothing stays: no process, no file.
func TestVerifySignals(t *testing.T) {
	for _, moment := range []struct {
		name  string
		args  []string
		empty bool   // the build cache
		begun string // what there is then, in the folder for temporary files or as $STARTED
	}{
		// With an empty cache there is work for minutes.
		{"analysis", []string{"./polite"}, true, "cloudlint-*"},
		{"build", []string{"--driver=source", "./polite"}, true, "cloudlint-verify-*/reports"},
		{"tests", []string{"./polite"}, false, ""},
		{"tests that ignore SIGINT", []string{"./stubborn"}, false, ""},
	} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
			t.Run(fmt.Sprintf("%s %v", moment.name, signal), func(t *testing.T) {
				t.Parallel()
				e := begin(t, slowTests, moment.empty, moment.args...)
				sign := e.started
				if moment.begun != "" {
					sign = filepath.Join(e.tmp, moment.begun)
				}
				if !until(func() bool { found, _ := filepath.Glob(sign); return len(found) > 0 }) {
					_ = e.cmd.Process.Kill()
					<-e.ended
					t.Fatalf("it does not come to this\n%s%s", &e.stdout, &e.stderr)
				}
				time.Sleep(300 * time.Millisecond)
				e.end(t, signal)
				if diff := cmp.Diff(e.before, sums(t, e.dir)); diff != "" {
					t.Errorf("changed: %s", diff)
				}
			})
		}
	}
}

// A verification is one that is going on.
type verification struct {
	dir, tmp, started string // the module, the folder for temporary files, and a file that tests write
	before            map[string][sha256.Size]byte
	cmd               *exec.Cmd
	stdout, stderr    bytes.Buffer
	ended             chan bool
}

// begin begins to verify a module, with the build cache or an empty one.
func begin(t *testing.T, archive string, empty bool, args ...string) *verification {
	t.Helper()
	other := t.TempDir()
	e := &verification{dir: module(t, archive), tmp: t.TempDir(), started: filepath.Join(other, "started"), ended: make(chan bool)}
	e.before = sums(t, e.dir)
	e.cmd = command(e.dir, binary, append([]string{"verify"}, args...)...)
	e.cmd.Env = append(e.cmd.Env, "TMPDIR="+e.tmp, "STARTED="+e.started)
	if empty {
		e.cmd.Env = append(e.cmd.Env, "GOCACHE="+filepath.Join(other, "cache"))
	}
	e.cmd.Stdout, e.cmd.Stderr = &e.stdout, &e.stderr
	e.cmd.WaitDelay = time.Minute // of those that still hold its output
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = e.cmd.Wait()
		close(e.ended)
	}()
	return e
}

// end ends a verification by a signal, and says what stays. It may have ended before.
func (e *verification) end(t *testing.T, signal syscall.Signal) {
	t.Helper()
	late := e.cmd.Process.Signal(signal) != nil
	at := time.Now()
	<-e.ended
	status := e.cmd.ProcessState.ExitCode()
	late = late || status == app.ExitLeak // its own end came first
	if want := 128 + int(signal); !late && signal != syscall.SIGKILL && status != want {
		t.Errorf("exit status %d, want %d\n%s%s", status, want, &e.stdout, &e.stderr)
	}
	left := func() string {
		return strings.Join(append(entries(t, e.tmp), processes(t, e.tmp)), "\n")
	}
	// Of a process that is killed others have to hear. A go list that a library has started ends by itself.
	if !until(func() bool { return left() == "" }) {
		t.Errorf("left behind after %v:\n%s", time.Since(at), left())
	}
	until(func() bool { return processes(t, e.tmp) == "" }) // they write into the folders until they end
	_ = os.RemoveAll(filepath.Join(filepath.Dir(e.started), "cache"))
}
