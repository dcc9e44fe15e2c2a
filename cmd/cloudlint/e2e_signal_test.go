//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// heavy is a package that imports much: with an empty cache there is work for minutes.
const heavy = `
-- store/heavy.go --
package store

import _ "net/http"
`

// A signal ends the command at once, and nothing is left behind: no process, no folder.
func TestSignals(t *testing.T) {
	for _, driver := range []string{"vet", "source"} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(fmt.Sprintf("%s %v", driver, signal), func(t *testing.T) {
				dir := module(t, price, heavy)
				tmp, cache := t.TempDir(), t.TempDir()
				cmd := command(dir, binary, "--driver", driver)
				cmd.Env = append(cmd.Env, "TMPDIR="+tmp, "GOCACHE="+cache)
				var stdout, stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = &stdout, &stderr
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if !until(func() bool { return len(entries(t, tmp)) > 0 }) {
					t.Fatalf("there is no temporary folder after %v", patience)
				}
				time.Sleep(200 * time.Millisecond) // somewhere in the midst of the work
				if err := cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				started := time.Now()
				_ = cmd.Wait()
				if took := time.Since(started); took > time.Minute {
					t.Errorf("it took %v to stop", took)
				}
				if got, want := cmd.ProcessState.ExitCode(), 128+int(signal); got != want {
					t.Errorf("exit status %d, want %d\n%s%s", got, want, &stdout, &stderr)
				}
				if stdout.Len() > 0 || stderr.Len() > 0 {
					t.Errorf("it wrote %q and %q", &stdout, &stderr)
				}
				// What is killed needs a moment to be gone.
				if !until(func() bool { return processes(t, cache) == "" }) {
					t.Errorf("still running:\n%s", processes(t, cache))
				}
				if left := entries(t, tmp); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			})
		}
	}
}

// A run that is ended, however, has not changed the work tree or the index.
func TestSignalsWhileReadingTheIndex(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := module(t, price, heavy)
			commitAll(t, dir)
			addFiles(t, dir, "-- store/store.go --\npackage store\n")
			before, tmp := sums(t, dir), t.TempDir()
			cmd := command(dir, binary, "--staged", "--new-from-rev=HEAD", "--driver=source")
			cmd.Env = append(cmd.Env, "TMPDIR="+tmp, "GOCACHE="+t.TempDir())
			t.Cleanup(func() {
				// What a killed process has started ends by itself, and writes into the folders until then.
				until(func() bool { return processes(t, tmp) == "" })
			})
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// That of git's contents and the driver's.
			if !until(func() bool { return len(entries(t, tmp)) >= 2 }) {
				t.Fatalf("there are no temporary folders after %v", patience)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if diff := cmp.Diff(before, sums(t, dir)); diff != "" {
				t.Errorf("changed: %s", diff)
			}
			if left := entries(t, tmp); len(left) > 0 && signal != syscall.SIGKILL {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// processes lists the processes whose environment names a folder; that is known on Linux only.
func processes(t *testing.T, folder string) string {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	var found []string
	for _, file := range files {
		env, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(env), folder) {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return strings.Join(found, "\n")
}

// A reader that goes away, as head does, is no reason for an error or for anything left behind.
func TestClosedPipe(t *testing.T) {
	dir := module(t, price)
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	cmd := command(dir, shell, "-c", `"$0" --format json | true`, binary)
	if r := execute(t, cmd); strings.Contains(r.stderr, "panic") {
		t.Errorf("%s", r.stderr)
	}
}
