//go:build !unix && !windows

package render

import "os"

func terminalSize(*os.File) (width int, ok bool) { return 0, false }

func enableColor(*os.File) bool { return false }
