//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
				dir, tmp, other := module(t, slowTests), t.TempDir(), t.TempDir()
				before := sums(t, dir)
				cmd := command(dir, binary, append([]string{"verify"}, moment.args...)...)
				started := filepath.Join(other, "started")
				cmd.Env = append(cmd.Env, "TMPDIR="+tmp, "STARTED="+started)
				if moment.empty {
					cmd.Env = append(cmd.Env, "GOCACHE="+filepath.Join(other, "cache"))
				}
				var stdout, stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = &stdout, &stderr
				cmd.WaitDelay = time.Minute // of those that still hold its output
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				sign := started
				if moment.begun != "" {
					sign = filepath.Join(tmp, moment.begun)
				}
				begun := func() bool { found, _ := filepath.Glob(sign); return len(found) > 0 }
				if !until(begun) {
					_ = cmd.Process.Kill()
					_ = cmd.Wait()
					t.Fatalf("it does not come to this\n%s%s", &stdout, &stderr)
				}
				time.Sleep(300 * time.Millisecond)
				if err := cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				at := time.Now()
				_ = cmd.Wait()
				if signal == syscall.SIGINT && cmd.ProcessState.ExitCode() != 130 {
					t.Errorf("exit status %d, want 130\n%s%s", cmd.ProcessState.ExitCode(), &stdout, &stderr)
				}
				left := func() string {
					return strings.Join(append(entries(t, tmp), processes(t, tmp)), "\n")
				}
				// Of a process that is killed others have to hear. A go list that a library has started ends by itself.
				if !until(func() bool { return left() == "" }) {
					t.Errorf("left behind after %v:\n%s", time.Since(at), left())
				}
				if diff := cmp.Diff(before, sums(t, dir)); diff != "" {
					t.Errorf("changed: %s", diff)
				}
				until(func() bool { return processes(t, tmp) == "" }) // they write into the folders until they end
				_ = os.RemoveAll(filepath.Join(other, "cache"))
			})
		}
	}
}
