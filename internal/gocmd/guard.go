package gocmd

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
)

// guardVariable says in the environment of a process that it is a guard, and names the folder that it removes if the
// process which has started it is gone.
const guardVariable = "CLOUDLINT_GUARD"

// Guarded runs a command in a process group of its own, and returns its exit status. The command and what it has started
// end with ctx, whose error is returned then, and they end when this process is gone, be it killed: then dir is removed,
// too. self is a program whose main function begins with Guard, such as this one. The command's output goes where it says.
//
// What the command leaves behind when it ends by itself is left alone: that is between it and the user.
func Guarded(ctx context.Context, cmd *exec.Cmd, self, dir string) (status int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	err = guarded(ctx, cmd, self, dir)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.Exited() {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// statusOf is the exit status for how a command has ended.
func statusOf(err error) int {
	exit := new(exec.ExitError)
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &exit):
		return 127
	}
	if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return exit.ExitCode()
}
