package render

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminalSize returns the width of the console that f is, or false if it is none.
func terminalSize(f *os.File) (width int, ok bool) {
	var info windows.ConsoleScreenBufferInfo
	if err := windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info); err != nil {
		return 0, false
	}
	return int(info.Window.Right-info.Window.Left) + 1, true
}

// enableColor makes the console interpret escape sequences, which those before Windows 10 do not know.
func enableColor(f *os.File) bool {
	h := windows.Handle(f.Fd())
	var mode uint32
	return windows.GetConsoleMode(h, &mode) == nil &&
		windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
