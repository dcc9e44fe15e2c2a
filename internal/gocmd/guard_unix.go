//go:build unix

package gocmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The file descriptors of a guard: one to hear of its parent, one to tell it the process group of the command.
const (
	fromParent = 3
	toParent   = 4
)

// guarded has the command run by a guard: this program once more, which hears of the end of this process by the end of a
// pipe, and which nobody kills together with it, since it is in another process group.
func guarded(ctx context.Context, cmd *exec.Cmd, self, dir string) error {
	if cmd.Err != nil {
		return cmd.Err
	}
	hear, tell, err := os.Pipe()
	if err != nil {
		return err
	}
	defer tell.Close()
	told, say, err := os.Pipe()
	if err != nil {
		_ = hear.Close()
		return err
	}
	defer told.Close()

	guard := exec.Command(self, append([]string{cmd.Path}, cmd.Args[1:]...)...)
	guard.Dir, guard.Stdin, guard.Stdout, guard.Stderr = cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr
	guard.Env = append(cmd.Environ(), guardVariable+"="+dir)
	guard.ExtraFiles = []*os.File{hear, say}
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	guard.WaitDelay = cmd.WaitDelay
	err = guard.Start()
	_, _ = hear.Close(), say.Close()
	if err != nil {
		return err
	}
	pgid := make(chan int, 1)
	go func() {
		text, _ := io.ReadAll(told)
		n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		pgid <- n
	}()

	waited, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-waited:
			return
		case <-ctx.Done():
		}
		_, _ = tell.Write([]byte("interrupt\n"))
		select {
		case <-waited:
		case <-time.After(Grace):
			_ = tell.Close()
		}
	}()
	err = guard.Wait()
	close(waited)
	<-stopped
	if ctx.Err() != nil || !guard.ProcessState.Exited() {
		// The guard itself may have been killed.
		if n := <-pgid; n > 0 {
			g := group{pgid: n}
			g.kill()
			g.gone(settle)
		}
	}
	return err
}

// Guard runs the command in this process's arguments and ends the process, if this process is a guard; one without a
// command is a session's. Else it returns.
func Guard() {
	dir, ok := os.LookupEnv(guardVariable)
	if !ok {
		return
	}
	_ = os.Unsetenv(guardVariable)
	if len(os.Args) == 1 {
		syscall.CloseOnExec(fromParent)
		signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		cleanUp()
		os.Exit(0)
	}
	// Who wants the command to end tells the parent. Ignored signals would be ignored by the command, too.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)

	syscall.CloseOnExec(fromParent)
	syscall.CloseOnExec(toParent)
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	g, err := startGroup(cmd)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(statusOf(err))
	}
	say := os.NewFile(toParent, "to parent")
	fmt.Fprintln(say, g.pgid)
	_ = say.Close()

	var ending sync.Mutex // held from the moment at which the end of the parent is known
	go func() {
		hear := os.NewFile(fromParent, "from parent")
		buf := make([]byte, 1)
		for {
			switch n, err := hear.Read(buf); {
			case n > 0 && buf[0] == '\n':
				g.interrupt()
			case err != nil:
				ending.Lock()
				g.kill()
				g.gone(Grace)
				_ = RemoveAll(dir)
				os.Exit(statusOf(context.Canceled))
			}
		}
	}()
	err = cmd.Wait()
	ending.Lock()
	os.Exit(statusOf(err))
}
