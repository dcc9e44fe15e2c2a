//go:build unix

package gocmd

import (
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// A group is a command and its descendants.
type group struct{ pgid int }

func startGroup(cmd *exec.Cmd) (*group, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &group{pgid: cmd.Process.Pid}, nil
}

// interrupt asks all processes to end. The go command removes its temporary files then.
func (g *group) interrupt() { _ = syscall.Kill(-g.pgid, syscall.SIGINT) }

// kill ends all processes.
func (g *group) kill() { _ = syscall.Kill(-g.pgid, syscall.SIGKILL) }

// gone waits until no process of the group is left, at most for the given time.
func (g *group) gone(limit time.Duration) {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if errors.Is(syscall.Kill(-g.pgid, 0), syscall.ESRCH) {
			return
		}
	}
}

func (g *group) close() {}
