package render

import "os"

// A Terminal says what the text format can use.
type Terminal struct {
	Frames bool // print findings with code frames, not as lines for other programs
	Color  bool
	Width  int // columns; 0: do not wrap
}

// DetectTerminal finds out what a file, usually standard output, can show. The environment has the last word on
// colour: NO_COLOR (https://no-color.org) and TERM=dumb switch it off.
func DetectTerminal(f *os.File, getenv func(string) string) Terminal {
	width, ok := terminalSize(f)
	if !ok {
		return Terminal{}
	}
	color := getenv("NO_COLOR") == "" && getenv("TERM") != "dumb" && enableColor(f)
	return Terminal{Frames: true, Color: color, Width: width}
}
