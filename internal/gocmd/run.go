// Package gocmd runs the go command so that nothing of it stays behind, and reads the flags that its environment has.
package gocmd

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"time"
)

// settle is how long to wait for killed processes to be gone. They can do no more harm; but the system's first process,
// which takes them over, may be slow to do so, and until then they look alive.
const settle = 200 * time.Millisecond

// Grace is how long processes may take to end after they have been asked to.
const Grace = 2 * time.Second

// Run runs the command in a process group of its own, so that none of its descendants outlives ctx, and gives its
// standard output to read, which may stop early. It returns ctx's error, read's, or the command's, in this order. In a
// Session the command does not outlive this process either.
//
// The go command does not end its compilers and vet tools when it is killed itself: a signal has to reach all of them.
func Run(ctx context.Context, cmd *exec.Cmd, read func(io.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, w := io.Pipe()
	cmd.Stdout = w
	cmd.WaitDelay = Grace // for a grandchild that keeps the output open after the command has ended
	readDone := make(chan error, 1)
	go func() {
		err := read(r)
		// The command must not die of a closed pipe: what it has begun goes into the build cache.
		_, _ = io.Copy(io.Discard, r)
		readDone <- err
	}()
	var waitErr error
	if s := sessionOf(ctx); s != nil {
		waitErr = guarded(ctx, cmd, s.self, "")
	} else {
		waitErr = grouped(ctx, cmd)
	}
	_ = w.Close()
	readErr := <-readDone
	if err := ctx.Err(); err != nil {
		return err
	}
	if errors.Is(waitErr, exec.ErrWaitDelay) {
		waitErr = nil
	}
	if waitErr != nil && !errors.As(waitErr, new(*exec.ExitError)) {
		return waitErr // it has not run: that there was nothing to read is no news
	}
	return errors.Join(readErr, waitErr)
}

// grouped runs a command in a process group of its own, which ends with ctx.
func grouped(ctx context.Context, cmd *exec.Cmd) error {
	g, err := startGroup(cmd)
	if err != nil {
		return err
	}
	defer g.close()
	waited := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-waited:
			return
		case <-ctx.Done():
		}
		g.interrupt()
		select {
		case <-waited:
		case <-time.After(Grace):
		}
		g.kill()
	}()
	err = cmd.Wait()
	close(waited)
	<-stopped
	if ctx.Err() != nil {
		g.kill()
		g.gone(settle)
	}
	return err
}

// RemoveAll removes a folder in which killed processes may be about to write a last file.
func RemoveAll(dir string) error {
	err := os.RemoveAll(dir)
	for i := 0; i < 10 && err != nil; i++ {
		time.Sleep(settle / 10)
		err = os.RemoveAll(dir)
	}
	return err
}
