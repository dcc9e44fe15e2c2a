// Package measure runs a command and says what it cost.
//
// The figures are the operating system's own account of the process that ended, which includes every descendant that was
// waited for: go, compilers and vettools are all waited for by their parents. So the CPU time is that of the whole tree,
// and the peak memory is that of the largest single process in it (ru_maxrss of wait4 is the maximum of the process and
// its descendants), which is what has to fit beside the other processes of a small CI machine. /usr/bin/time -v shows the
// same figures. A process that no parent waits for would be missed; neither go nor cloudlint leaves any.
package measure

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A Command is what to run.
type Command struct {
	Dir  string
	Env  []string // added to the environment
	Args []string
	OK   []int // exit statuses that are no failure
}

// A Sample is what one run cost.
type Sample struct {
	CPU  time.Duration // user and system
	Wall time.Duration
	Peak int64 // bytes, of the largest process
}

// Run runs the command. Its standard output is thrown away.
func Run(ctx context.Context, c Command) (Sample, error) {
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr

	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if cmd.ProcessState == nil {
		return Sample{}, err
	}
	code := cmd.ProcessState.ExitCode()
	for _, ok := range c.OK {
		if code == ok {
			err = nil
		}
	}
	if ctx.Err() != nil {
		return Sample{}, ctx.Err()
	}
	if err != nil {
		return Sample{}, fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, stderr.Bytes())
	}
	peak, err := peakMemory(cmd.ProcessState)
	return Sample{
		CPU:  cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		Wall: wall,
		Peak: peak,
	}, err
}
