//go:build unix

package render

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminalSize returns the width of the terminal that f is, or false if it is none.
func terminalSize(f *os.File) (width int, ok bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, false
	}
	return int(size.Col), true
}

func enableColor(*os.File) bool { return true }
