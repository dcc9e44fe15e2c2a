package gocmd

import (
	"os/exec"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A group is a command and its descendants: a job object, which ends all of them when it is closed.
type group struct{ job windows.Handle }

func startGroup(cmd *exec.Cmd) (*group, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, err
	}
	g := &group{job: job}
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		g.close()
		return nil, err
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(cmd.Process.Pid))
	if err == nil {
		// What the command has started before this is not in the job: go takes longer than that to start anything.
		err = windows.AssignProcessToJobObject(job, process)
		_ = windows.CloseHandle(process)
	}
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		g.close()
		return nil, err
	}
	return g, nil
}

// interrupt ends all processes: there is no milder way that reaches processes without a console.
func (g *group) interrupt() { g.kill() }

// kill ends all processes.
func (g *group) kill() { _ = windows.TerminateJobObject(g.job, 1) }

// gone waits for the given time: Windows ends the processes of a job a moment later.
func (g *group) gone(limit time.Duration) { time.Sleep(limit) }

func (g *group) close() { _ = windows.CloseHandle(g.job) }
