// Package kernels reads, for tests, the programs with goroutine leaks that the Go distribution carries for the test of
// the runtime's leak profile: the kernels of GoBench (Yuan et al., CGO 2021) and the patterns of Saioc et al. (CGO 2024).
// They are analysed where they lie, and what must be found is read from the runtime's own test.
package kernels

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// The parts of the directory.
const (
	Goker    = "goker" // a program for each bug, all in one package
	Patterns = "."     // the common patterns and the simplest leaks
)

// An Expectation is what the runtime's test says of a program: the goroutines that leak, one expression for each, to be
// matched with what Blocked returns. A program without any is clean.
type Expectation struct {
	Name  string // the function that is the program
	Leaks []*regexp.Regexp
}

// Found reports whether one of the goroutines is among those that are expected to leak.
func (e Expectation) Found(blocked []string) bool {
	return slices.ContainsFunc(blocked, func(b string) bool {
		return slices.ContainsFunc(e.Leaks, func(re *regexp.Regexp) bool { return re.MatchString(b) })
	})
}

var (
	entry  = regexp.MustCompile("make(?:Any|Flaky)?Test\\((?:testCase\\{name: )?\"(\\w+)\"\\}?(?:\\)|,([^\"]*?(?:`[^`]*`[^`\"]*?)+)\\))")
	quoted = regexp.MustCompile("`[^`]*`")
)

// Goroot is the folder of the toolchain.
func Goroot(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// Dir is the folder of a part of the programs. The test is skipped where the toolchain comes without them.
func Dir(t testing.TB, part string) string {
	t.Helper()
	dir := filepath.Join(Goroot(t), "src/runtime/testdata/testgoroutineleakprofile", part)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("this toolchain has no kernels: ", err)
	}
	return dir
}

// Expectations reads what runtime/goroutineleakprofile_test.go expects, also of the program that is left out there
// because it has a data race.
func Expectations(t testing.TB) []Expectation {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Goroot(t), "src/runtime/goroutineleakprofile_test.go"))
	if err != nil {
		t.Skip("this toolchain has no kernels: ", err)
	}
	var out []Expectation
	for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
		e := Expectation{Name: m[1]}
		for _, q := range quoted.FindAllString(m[2], -1) {
			re, err := regexp.Compile(strings.Trim(q, "`"))
			if err != nil {
				t.Fatal(err)
			}
			e.Leaks = append(e.Leaks, re)
		}
		out = append(out, e)
	}
	return out
}

// Blocked says what a stack dump says of a goroutine that waits for an operation, once for each name that the runtime
// may give to the wait. fn is the function that the goroutine started with.
func Blocked(fn *ssa.Function, op skeleton.Kind, of string) []string {
	names := []string{linkerName(fn)}
	var out []string
	for _, name := range names {
		for _, state := range states(op, strings.Contains(of, "RWMutex")) {
			out = append(out, name+"() ["+state+"]")
		}
	}
	return out
}

func states(k skeleton.Kind, rw bool) []string {
	switch k {
	case skeleton.Send:
		return []string{"chan send", "chan send (nil chan)"}
	case skeleton.Recv:
		return []string{"chan receive", "chan receive (nil chan)"}
	case skeleton.Select:
		return []string{"select", "select (no cases)"}
	case skeleton.Lock:
		if rw {
			return []string{"sync.RWMutex.Lock", "sync.Mutex.Lock"} // writers wait for each other in a Mutex
		}
		return []string{"sync.Mutex.Lock"}
	case skeleton.RLock:
		return []string{"sync.RWMutex.RLock"}
	case skeleton.WaitGroupWait:
		return []string{"sync.WaitGroup.Wait"}
	case skeleton.CondWait:
		return []string{"sync.Cond.Wait"}
	}
	return []string{fmt.Sprint(k)}
}

var closureNumber = regexp.MustCompile(`\$(\d+)`)

// linkerName is a function's name in a stack dump.
func linkerName(fn *ssa.Function) string {
	name := fn.Name()
	if i := strings.IndexByte(name, '$'); i > 0 {
		rest := closureNumber.ReplaceAllString(name[i:], ".$1")
		name = name[:i] + ".func" + rest[1:]
	}
	top := irutil.Outermost(fn)
	if recv := top.Signature.Recv(); recv != nil {
		t := skeleton.FuncName(top)
		name = strings.TrimSuffix(t, top.Name()) + name
	}
	return name
}
