//go:build unix

package gocmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	Guard()
	if script := os.Getenv("GUARDED_SCRIPT"); script != "" {
		_, err := Guarded(context.Background(), exec.Command("sh", "-c", script), os.Args[0], os.Getenv("GUARDED_DIR"))
		println("guarded:", err.Error())
		os.Exit(1)
	}
	if folder := os.Getenv("SESSION_FOLDER"); folder != "" {
		ctx, _, err := Session(context.Background(), os.Args[0])
		if err == nil {
			_, err = MkdirTemp(ctx, folder, "x-")
		}
		if err == nil {
			err = Run(ctx, exec.Command("sh", "-c", family), func(io.Reader) error { return nil })
		}
		println("session:", err.Error())
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func self(t *testing.T) string {
	t.Helper()
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestGuardedStatus(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -9 $$": 137} {
		var out bytes.Buffer
		cmd := exec.Command("sh", "-c", "echo $HOME; echo no >&2;"+script)
		cmd.Env = []string{"HOME=/nowhere", "PATH=" + os.Getenv("PATH")}
		cmd.Stdout, cmd.Stderr = &out, &out
		got, err := Guarded(context.Background(), cmd, self(t), "")
		if got != want || err != nil || out.String() != "/nowhere\nno\n" {
			t.Errorf("%s: status %d, %v, output %q", script, got, err, &out)
		}
	}
	if _, err := Guarded(context.Background(), exec.Command("true"), "/nowhere/cloudlint", ""); err == nil {
		t.Error("a guard that is not there guards")
	}
}

// family is a script that starts a child and writes down the process ids of both.
const family = `sleep 600 & echo $$ $! >"$PIDS.tmp"; mv "$PIDS.tmp" "$PIDS"; wait`

// pids waits for the script to have started its child.
func pids(t *testing.T, file string) []int {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		var list []int
		for _, field := range strings.Fields(string(data)) {
			n, _ := strconv.Atoi(field)
			list = append(list, n)
		}
		return list
	}
	t.Fatal("the command does not start")
	return nil
}

// gone waits for the processes to end.
func gone(t *testing.T, list []int) {
	t.Helper()
	for _, pid := range list {
		for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
			zombie := err == nil && strings.Contains(string(state), ") Z ")
			if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || zombie {
				break
			}
			if time.Now().After(end) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
				t.Errorf("process %d is still there", pid)
				break
			}
		}
	}
}

func TestGuardedEndsWithContext(t *testing.T) {
	for _, trap := range []string{"", "trap '' INT;"} {
		file := filepath.Join(t.TempDir(), "pids")
		ctx, cancel := context.WithCancel(context.Background())
		cmd := exec.Command("sh", "-c", trap+family)
		cmd.Env = append(os.Environ(), "PIDS="+file)
		go func() {
			for {
				if _, err := os.Stat(file); err == nil {
					cancel()
					return
				}
				time.Sleep(time.Millisecond)
			}
		}()
		if _, err := Guarded(ctx, cmd, self(t), ""); !errors.Is(err, context.Canceled) {
			t.Errorf("%serror %v", trap, err)
		}
		gone(t, pids(t, file))
	}
}

// Whoever of parent and guard is killed, nothing stays.
func TestGuardedIsKilled(t *testing.T) {
	for _, victim := range []string{"parent", "guard"} {
		t.Run(victim, func(t *testing.T) {
			file, dir := filepath.Join(t.TempDir(), "pids"), filepath.Join(t.TempDir(), "reports")
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			script := family
			// The guard has the time to tell its parent of the process group.
			if victim == "guard" {
				script = strings.TrimSuffix(family, "wait") + "sleep 2; kill -9 $PPID; wait"
			}
			parent := exec.Command(self(t))
			parent.Env = append(os.Environ(), "GUARDED_SCRIPT="+script, "GUARDED_DIR="+dir, "PIDS="+file)
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			if victim == "parent" {
				pids(t, file)
				_ = parent.Process.Kill()
			}
			_ = parent.Wait()
			gone(t, pids(t, file))
			if victim == "parent" {
				for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
					if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
						break
					}
					if time.Now().After(end) {
						t.Errorf("%s is left behind", dir)
						break
					}
				}
			}
		})
	}
}

// What a session has begun ends with its process, and its folders go.
func TestSessionIsKilled(t *testing.T) {
	file, dir := filepath.Join(t.TempDir(), "pids"), t.TempDir()
	parent := exec.Command(self(t))
	parent.Env = append(os.Environ(), "SESSION_FOLDER="+dir, "PIDS="+file)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	list := pids(t, file)
	folders := func() []string {
		names, _ := filepath.Glob(filepath.Join(dir, "x-*"))
		return names
	}
	if len(folders()) != 1 {
		t.Errorf("folders %v, want one", folders())
	}
	_ = parent.Process.Kill()
	_ = parent.Wait()
	gone(t, list)
	for end := time.Now().Add(time.Minute); len(folders()) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%v is left behind", folders())
		}
	}
}

// A session that ends as it should leaves the folders to those who have made them, and commands do what they do.
func TestSession(t *testing.T) {
	ctx, done, err := Session(context.Background(), self(t))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := MkdirTemp(ctx, t.TempDir(), "x-")
	if err != nil {
		t.Fatal(err)
	}
	var out string
	err = Run(ctx, exec.Command("sh", "-c", "echo yes; exit 3"), func(r io.Reader) error {
		data, err := io.ReadAll(r)
		out = string(data)
		return err
	})
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != 3 || out != "yes\n" {
		t.Errorf("error %v, output %q", err, out)
	}
	if err := Run(ctx, exec.Command("there-is-no-such-command"), func(io.Reader) error { return io.EOF }); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("error %v, want one about a command that is not there", err)
	}
	ended, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if err := Run(ended, exec.Command("sleep", "600"), func(io.Reader) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	done()
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}
