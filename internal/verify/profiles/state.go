package profiles

import (
	"strings"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// state returns what a goroutine waits for, in the words of stacks, as its calls tell. whole says that the calls of the
// runtime are among them; else nothing tells operations on channels from code that runs, and the state is empty.
func state(frames []stacks.Frame, whole bool) string {
	parked := false
	for _, f := range frames {
		if s := waits(f.Func); s != "" {
			return s
		}
		switch {
		case f.Func == "runtime.gopark" || f.Func == "runtime.goparkunlock":
			parked = true
		case !strings.HasPrefix(f.Func, "runtime.") && !strings.HasPrefix(f.Func, "internal/") &&
			!strings.HasPrefix(f.Func, "sync.") && !strings.HasPrefix(f.Func, "syscall."):
			// The first call that is not part of an operation.
			switch {
			case parked:
				return "waiting"
			case whole:
				return "running"
			}
			return ""
		}
	}
	if parked {
		return "waiting"
	}
	return "running"
}

// waits returns the state that a function of the runtime, or of what stands directly on it, leaves its caller in.
func waits(function string) string {
	switch function {
	case "runtime.chansend", "runtime.chansend1":
		return "chan send"
	case "runtime.chanrecv", "runtime.chanrecv1", "runtime.chanrecv2":
		return "chan receive"
	case "runtime.selectgo":
		return "select"
	case "runtime.block":
		return "select (no cases)"
	case "internal/sync.runtime_SemacquireMutex", "sync.runtime_SemacquireMutex":
		return "sync.Mutex.Lock"
	case "sync.runtime_SemacquireRWMutexR":
		return "sync.RWMutex.RLock"
	case "sync.runtime_SemacquireRWMutex":
		return "sync.RWMutex.Lock"
	case "sync.runtime_SemacquireWaitGroup":
		return "sync.WaitGroup.Wait"
	case "sync.runtime_notifyListWait":
		return "sync.Cond.Wait"
	case "sync.runtime_Semacquire", "internal/poll.runtime_Semacquire":
		return "semacquire"
	case "runtime.netpollblock", "internal/poll.runtime_pollWait":
		return "IO wait"
	case "time.Sleep", "runtime.timeSleep":
		return "sleep"
	case "runtime.cgocall", "runtime.notetsleepg", "syscall.Syscall", "syscall.Syscall6", "syscall.RawSyscall6",
		"syscall.syscall", "syscall.syscall6", "internal/runtime/syscall.Syscall6", "internal/runtime/syscall/linux.Syscall6":
		return "syscall"
	}
	return ""
}
