package gocmd

import (
	"context"
	"os/exec"
)

// guarded needs no guard: a job object ends with the last handle to it, which is this process's. The folder stays, if
// this process is killed.
func guarded(ctx context.Context, cmd *exec.Cmd, _, _ string) error {
	g, err := startGroup(cmd)
	if err != nil {
		return err
	}
	waited := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-waited:
		case <-ctx.Done():
			g.kill()
		}
	}()
	err = cmd.Wait()
	close(waited)
	<-stopped
	if ctx.Err() != nil {
		g.close()
	}
	return err
}

// Guard does nothing: there are no guards.
func Guard() {}
