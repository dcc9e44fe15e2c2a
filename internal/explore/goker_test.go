package explore

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

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// An expectation is what the runtime's own test says of a kernel: regular expressions for the goroutines that leak.
type expectation struct {
	name  string
	leaks []*regexp.Regexp
}

var (
	entry = regexp.MustCompile("make(?:Any|Flaky)?Test\\(\"(\\w+)\",([^\"]*?(?:`[^`]*`[^`\"]*?)+)\\)")
	quote = regexp.MustCompile("`[^`]*`")
)

// goroot is the folder of the toolchain.
func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// expectations reads what runtime/goroutineleakprofile_test.go expects.
func expectations(t *testing.T) []expectation {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(goroot(t), "src/runtime/goroutineleakprofile_test.go"))
	if err != nil {
		t.Skip("this toolchain has no kernels: ", err)
	}
	var out []expectation
	for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
		e := expectation{name: m[1]}
		for _, q := range quote.FindAllString(m[2], -1) {
			re, err := regexp.Compile(strings.Trim(q, "`"))
			if err != nil {
				t.Fatal(err)
			}
			e.leaks = append(e.leaks, re)
		}
		out = append(out, e)
	}
	return out
}

// goroutineState is what a stack dump says of a goroutine that waits.
func goroutineState(k skeleton.Kind, rw bool) string {
	switch k {
	case skeleton.Send:
		return "chan send"
	case skeleton.Recv:
		return "chan receive"
	case skeleton.Select:
		return "select"
	case skeleton.Lock:
		if rw {
			return "sync.RWMutex.Lock"
		}
		return "sync.Mutex.Lock"
	case skeleton.RLock:
		return "sync.RWMutex.RLock"
	case skeleton.WaitGroupWait:
		return "sync.WaitGroup.Wait"
	case skeleton.CondWait:
		return "sync.Cond.Wait"
	}
	return fmt.Sprint(k)
}

// allOf lists the goroutines that are stuck, with those that are so because of them.
func allOf(found []Stuck) []Stuck {
	var all []Stuck
	for _, s := range found {
		all = append(append(all, s), s.With...)
	}
	return all
}

var closureNumber = regexp.MustCompile(`\$(\d+)`)

// linkerName is a function's name in a stack dump.
func linkerName(fn *ssa.Function) string {
	name := fn.Name()
	if i := strings.IndexByte(name, '$'); i > 0 {
		rest := closureNumber.ReplaceAllString(name[i:], ".$1")
		name = name[:i] + ".func" + rest[1:]
	}
	top := fn
	for top.Parent() != nil {
		top = top.Parent()
	}
	if recv := top.Signature.Recv(); recv != nil {
		t := skeleton.FuncName(top)
		name = strings.TrimSuffix(t, top.Name()) + name
	}
	return name
}

// TestKernels explores the kernels that the Go distribution carries, in place, and holds the result against what the
// runtime's own test expects of them.
func TestKernels(t *testing.T) {
	for _, set := range []struct {
		files string
		least int
	}{
		{"goker/*.go", 45},
		{"commonpatterns.go", 6},
	} {
		t.Run(set.files, func(t *testing.T) { kernels(t, set.files, set.least) })
	}
}

func kernels(t *testing.T, pattern string, least int) {
	files, _ := filepath.Glob(filepath.Join(goroot(t), "src/runtime/testdata/testgoroutineleakprofile", pattern))
	if len(files) == 0 {
		t.Skip("this toolchain has no kernels")
	}
	if pattern == "commonpatterns.go" {
		files = append(files, filepath.Join(filepath.Dir(files[0]), "main.go"))
	}
	p := load(t, files...)
	// What blocks in the functions of a file belongs to the kernels of the file.
	blocked := make(map[string][]string)
	lines := make(map[string][]string)
	for _, fn := range p.Roots(p.fns) {
		found, stats := Root(p.Program, p.Func(fn), DefaultBudget)
		file := p.fset.Position(fn.Pos()).Filename
		if !stats.Finished || stats.Dropped > 0 {
			lines[file] = append(lines[file], fmt.Sprintf("%s: %+v", fn.Name(), stats))
		}
		for _, s := range allOf(found) {
			rw := false
			if call, ok := s.At.(ssa.CallInstruction); ok {
				op := skeleton.OpOfCall(call.Common())
				rw = strings.Contains(op.Callee.Name(), "RWMutex")
			}
			for _, f := range s.Stack { // a dump shows whom a function was inlined into
				blocked[file] = append(blocked[file], linkerName(f.Func.SSA)+"() ["+goroutineState(s.Kind, rw)+"]")
				if rw && s.Kind == skeleton.Lock { // writers wait for each other in a Mutex
					blocked[file] = append(blocked[file], linkerName(f.Func.SSA)+"() [sync.Mutex.Lock]")
				}
			}
		}
	}
	found, total := 0, 0
	for _, e := range expectations(t) {
		fn := p.pkg.Func(e.name)
		if fn == nil {
			continue
		}
		total++
		file := p.fset.Position(fn.Pos()).Filename
		ok := slices.ContainsFunc(blocked[file], func(b string) bool {
			return slices.ContainsFunc(e.leaks, func(re *regexp.Regexp) bool { return re.MatchString(b) })
		})
		if ok {
			found++
			continue
		}
		slices.Sort(blocked[file])
		blocked[file] = slices.Compact(blocked[file])
		t.Logf("missed %s: want %v, have %v; %v", e.name, e.leaks, blocked[file], lines[file])
	}
	t.Logf("found %d of %d", found, total)
	if found < least {
		t.Errorf("found %d of %d, want %d at least", found, total, least)
	}
}
