package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Error is one mistake in a configuration file, or in a flag that overrides it.
type Error struct {
	File         string // absolute; or the flag, as "--enable"
	Line, Column int    // 0: the file or flag as a whole
	Message      string
}

func (e Error) Error() string {
	switch {
	case e.Line == 0:
		return e.File + ": " + e.Message
	case e.Column == 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Errors are all mistakes of a configuration, in the order of files, lines and columns.
type Errors []Error

// maxErrors is how many mistakes are told at a time: a file that is no configuration at all has thousands.
const maxErrors = 25

func (es Errors) Error() string {
	lines := make([]string, 0, len(es))
	for i, e := range es {
		if i == maxErrors {
			lines = append(lines, fmt.Sprintf("and %d more", len(es)-i))
			break
		}
		lines = append(lines, e.Error())
	}
	return strings.Join(lines, "\n")
}

// sorted puts the errors of each file in the order of their places; files stay in the order in which they were read.
func (es Errors) sorted() Errors {
	files := make(map[string]int)
	for _, e := range es {
		if _, ok := files[e.File]; !ok {
			files[e.File] = len(files)
		}
	}
	slices.SortStableFunc(es, func(a, b Error) int {
		return cmp.Or(cmp.Compare(files[a.File], files[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return es
}

// An origin is the place that a value comes from.
type origin struct {
	file         string // absolute; "--enable" for a flag; empty: the default
	line, column int
}

func (o origin) set() bool { return o.file != "" }
