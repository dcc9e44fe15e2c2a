//go:build unix

package driver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
	"github.com/cloudlint/cloudlint/internal/gocmd"
)

// TestP11Signals stops runs while the vet tool hangs, in ways from polite to deaf, and while it is not yet started. What
// the run had started must be gone then, and its temporary files, too.
func TestP11Signals(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, script string }{
		{"a tool that hangs", "sleep 600"},
		{"a tool that ignores signals", "trap '' INT TERM; sleep 600; sleep 600"},
		{"a tool that leaves a child", "sleep 600 & sleep 600"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			dir := unpack(t, service)
			tool := filepath.Join(dir, "tool")
			script := fmt.Sprintf("#!/bin/sh\ncase $1 in -*=full|-flags) exec %s \"$@\";; esac\ntouch %s/started\n%s\n", self, dir, tt.script)
			if err := os.WriteFile(tool, []byte(script), 0o777); err != nil {
				t.Fatal(err)
			}
			stopRun(t, filepath.Join(dir, "started"), Request{Dir: dir, Mode: Vet, Self: tool})
			if left := leftovers(t, tmp); left != "" {
				t.Errorf("left behind: %s", left)
			}
		})
	}
	t.Run("go list hangs", func(t *testing.T) {
		real, err := exec.LookPath("go")
		if err != nil {
			t.Fatal(err)
		}
		both(t, func(t *testing.T, mode Mode) {
			tmp, bin := t.TempDir(), t.TempDir()
			t.Setenv("TMPDIR", tmp)
			script := fmt.Sprintf("#!/bin/sh\ntest $1 = env && exec %s \"$@\"\ntouch %s/started\nsleep 600\n", real, bin)
			if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o777); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			stopRun(t, filepath.Join(bin, "started"), Request{Dir: unpack(t, service), Mode: mode})
			if left := leftovers(t, tmp); left != "" {
				t.Errorf("left behind: %s", left)
			}
		})
	})
	t.Run("in the midst of the work", func(t *testing.T) {
		both(t, func(t *testing.T, mode Mode) {
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			ctx, cancel := context.WithCancel(context.Background())
			out, err := Run(ctx, Request{Dir: unpack(t, service), Mode: mode, Analyzers: unittest.Analyzers, Progress: func(p Progress) {
				if p.Done == 1 {
					cancel()
				}
			}})
			if !errors.Is(err, context.Canceled) || out != nil {
				t.Errorf("Run returned %v, %v", out, err)
			}
			if left := leftovers(t, tmp); left != "" {
				t.Errorf("left behind: %s", left)
			}
		})
	})
	t.Run("before the start", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := Run(ctx, Request{Dir: unpack(t, service)}); !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	})
	t.Run("an ordinary end", func(t *testing.T) {
		tmp := t.TempDir()
		t.Setenv("TMPDIR", tmp)
		both(t, func(t *testing.T, mode Mode) {
			lint(t, Request{Dir: unpack(t, broken), Mode: mode})
			if left := leftovers(t, tmp); left != "" {
				t.Errorf("left behind: %s", left)
			}
		})
	})
}

// stopRun cancels a run as soon as the file exists.
func stopRun(t *testing.T, started string, req Request) {
	t.Helper()
	req.Analyzers = unittest.Analyzers
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stopped time.Time
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(started); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		stopped = time.Now()
		cancel()
	}()
	out, err := Run(ctx, req)
	if !errors.Is(err, context.Canceled) || out != nil {
		t.Fatalf("Run returned %v, %v", out, err)
	}
	if d := time.Since(stopped); d > gocmd.Grace+time.Minute {
		t.Errorf("it took %v to stop", d)
	}
}

// leftovers lists the files in the folder for temporary files and the processes that were told to use it. What is killed
// needs a moment to be gone.
func leftovers(t *testing.T, tmp string) string {
	t.Helper()
	left := present(t, tmp)
	for end := time.Now().Add(time.Minute); left != "" && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		left = present(t, tmp)
	}
	return left
}

func present(t *testing.T, tmp string) string {
	t.Helper()
	var left []string
	entries, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "Test") { // folders of tests
			left = append(left, e.Name())
		}
	}
	procs, _ := filepath.Glob("/proc/[0-9]*/environ") // on Linux
	for _, name := range procs {
		env, err := os.ReadFile(name)
		if err == nil && strings.Contains(string(env), "GOTMPDIR="+tmp) {
			cmdline, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
			left = append(left, strings.ReplaceAll(string(cmdline), "\x00", " "))
		}
	}
	return strings.Join(left, "; ")
}
