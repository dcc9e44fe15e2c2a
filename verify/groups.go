package verify

import (
	"cmp"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// A Group is a number of goroutines that wait in one place and were started in one place.
type Group struct {
	Count   int     `json:"count"`
	Proven  bool    `json:"proven"`            // the runtime has proven that they wait for ever
	State   string  `json:"state,omitempty"`   // what they wait for, in the runtime's words; empty where it is not known
	At      Frame   `json:"at"`                // where: the innermost call outside the standard library, else the innermost
	Created *Frame  `json:"created,omitempty"` // their go statement; nil where it is not known
	Stack   []Frame `json:"stack"`             // of one of them, the innermost call first
}

// group puts goroutines with one cause together: proven leaks first, then those of which there are most.
func group(list []*goroutine, std standard) []Group {
	index := make(map[string]int)
	var groups []Group
	for _, g := range list {
		one := std.group(g)
		key := fmt.Sprint(one.Proven, one.State, one.At)
		if one.Created != nil {
			key += one.Created.String()
		}
		if i, ok := index[key]; ok {
			groups[i].Count++
			continue
		}
		index[key] = len(groups)
		groups = append(groups, one)
	}
	sortGroups(groups)
	return groups
}

func (std standard) group(g *goroutine) Group {
	one := Group{Count: 1, Proven: g.leaked, State: g.state, Created: g.created, Stack: g.frames}
	if len(g.frames) > 0 {
		one.At = std.place(g.frames)
	}
	return one
}

func sortGroups(groups []Group) {
	slices.SortFunc(groups, func(a, b Group) int {
		if a.Proven != b.Proven {
			if a.Proven {
				return -1
			}
			return 1
		}
		if c := cmp.Compare(b.Count, a.Count); c != 0 {
			return c
		}
		if c := strings.Compare(a.At.String(), b.At.String()); c != 0 {
			return c
		}
		return strings.Compare(a.State, b.State)
	})
}

func total(groups []Group) (n int) {
	for _, g := range groups {
		n += g.Count
	}
	return n
}

// String describes the group in some lines, without an end of line.
func (g Group) String() string {
	var b strings.Builder
	b.WriteString(plural(g.Count, "goroutine"))
	if g.Proven {
		b.WriteString(", proven to wait for ever")
	}
	if g.State != "" {
		fmt.Fprintf(&b, ": %s", g.State)
	}
	fmt.Fprintf(&b, "\n  in %s", g.At)
	if g.Created != nil {
		fmt.Fprintf(&b, "\n  started in %s", *g.Created)
	}
	return b.String()
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// maxListed is how many groups a test's failure describes.
const maxListed = 10

// describe lists groups for a test's failure.
func describe(groups []Group) string {
	var b strings.Builder
	for i, g := range groups {
		if i == maxListed {
			fmt.Fprintf(&b, "\nand %s in %s more", plural(total(groups[i:]), "goroutine"), plural(len(groups)-i, "place"))
			break
		}
		b.WriteString("\n" + g.String())
	}
	return b.String()
}

// A standard knows which frames are of the standard library.
type standard struct {
	src     string          // GOROOT/src/, or nothing in a program built with -trimpath
	modules map[string]bool // of the program
}

func newStandard() standard {
	std := standard{modules: make(map[string]bool)}
	// The file of any function of the library tells where it was built.
	if fn := runtime.FuncForPC(reflect.ValueOf(strings.Cut).Pointer()); fn != nil {
		file, _ := fn.FileLine(fn.Entry())
		if src, ok := strings.CutSuffix(file, "strings/strings.go"); ok {
			std.src = src
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		std.modules[info.Main.Path] = true
		for _, m := range info.Deps {
			std.modules[m.Path] = true
		}
	}
	return std
}

func (std standard) has(f Frame) bool {
	if std.src != "" {
		return strings.HasPrefix(f.File, std.src)
	}
	pkg := strings.TrimSuffix(f.pkg(), "_test")
	if pkg == "main" || pkg == "command-line-arguments" {
		return false
	}
	for path := pkg; path != ""; {
		if std.modules[path] {
			return false
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			break
		}
		path = path[:i]
	}
	first, _, _ := strings.Cut(pkg, "/")
	return !strings.Contains(first, ".")
}

// place returns the innermost frame outside the standard library, else the innermost.
func (std standard) place(frames []Frame) Frame {
	for _, f := range frames {
		if !std.has(f) {
			return f
		}
	}
	return frames[0]
}
