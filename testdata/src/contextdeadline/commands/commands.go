// Package commands waits for the output of commands.
package commands

import (
	"bytes"
	"context"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

func poll(ticks <-chan time.Time) {
	for range ticks {
		out, err := exec.Command("nvidia-smi", "-L").Output() // want `exec.Command\("nvidia-smi", "-L"\).Output waits until the command ends, for ever if it hangs: exec.Command\("nvidia-smi", "-L"\) gives it no context, and poll runs it each time round the loop; use exec.CommandContext with one that has a deadline`
		if err == nil {
			use(out)
		}
	}
}

type agent struct{ dir string }

func (a *agent) revision() (string, error) {
	cmd := exec.Command("git", "rev-parse", "HEAD")
	cmd.Dir = a.dir
	out, err := cmd.CombinedOutput() // want `cmd.CombinedOutput waits until the command ends, for ever if it hangs: exec.Command\("git", "rev-parse", "HEAD"\) gives it no context, and \(\*agent\).sync runs it each time round the loop`
	return string(out), err
}

func (a *agent) sync(resync <-chan bool) {
	for ; true; <-resync {
		revision, err := a.revision()
		if err != nil {
			continue
		}
		use([]byte(revision))
	}
}

func bounded(ticks <-chan time.Time) {
	for range ticks {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		out, _ := exec.CommandContext(ctx, "nvidia-smi").Output()
		cancel()
		use(out)
	}
}

// Somebody ends it.
func killed(ticks <-chan time.Time) {
	for range ticks {
		cmd := exec.Command("nvidia-smi")
		timer := time.AfterFunc(time.Second, func() { cmd.Process.Kill() })
		out, _ := cmd.Output()
		timer.Stop()
		use(out)
	}
}

// A child that is run again when it ends is meant to live.
func supervise() {
	for {
		exec.Command("worker").Run()
		time.Sleep(time.Second)
	}
}

// It is asked until it is ready.
func untilReady() {
	for {
		out, err := exec.Command("kubectl", "get", "pods").Output()
		if err == nil && strings.Contains(string(out), "Running") {
			return
		}
		time.Sleep(time.Second)
	}
}

// Once.
func version() []byte {
	out, _ := exec.Command("git", "version").Output()
	return out
}

// A list is no endless work.
func each(names []string) {
	for _, name := range names {
		out, _ := exec.Command("which", name).Output()
		use(out)
	}
}

// A context is at hand: contextdrop tells of it.
func withContext(ctx context.Context, ticks <-chan time.Time) {
	for range ticks {
		out, _ := exec.Command("nvidia-smi").Output()
		use(out)
	}
}

func handle(w http.ResponseWriter, r *http.Request) { use(version()) }

func use(out []byte) { _ = bytes.TrimSpace(out) }
