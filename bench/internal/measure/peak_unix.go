//go:build unix

package measure

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// peakMemory returns the largest resident size of any process in the tree, in bytes.
func peakMemory(p *os.ProcessState) (int64, error) {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, errors.New("the system does not account for memory")
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss), nil
	}
	return int64(usage.Maxrss) * 1024, nil // kilobytes elsewhere
}
