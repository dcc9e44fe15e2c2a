package profiles_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/verify/profiles"
)

const limit = 256 << 20

// read returns how many goroutines there are of each state in functions of which the test knows: "function: state".
func read(t *testing.T, data []byte, known func(function string) bool) (*profiles.Profile, map[string]int) {
	t.Helper()
	counts := make(map[string]int)
	p, err := profiles.Read(bytes.NewReader(data), limit, func(s *profiles.Sample) {
		for _, f := range s.Frames {
			if name := f.Func[strings.LastIndexByte(f.Func, '/')+1:]; known(f.Func) {
				state := s.State
				if s.Leaked {
					state += ", leaked"
				}
				counts[fmt.Sprintf("%s:%d: %s", name, f.Line, state)] += s.Count
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, counts
}

// blocked starts goroutines that wait for everything there is, and returns how to end them.
func blocked(t *testing.T) {
	done := make(chan bool)
	var mu sync.Mutex
	var rw, rw2 sync.RWMutex
	var wg sync.WaitGroup
	cond := sync.NewCond(new(sync.Mutex))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	rw.Lock()
	rw2.RLock()
	wg.Add(1)
	empty := make(chan int)
	all := []func(){
		func() { empty <- 1 },
		func() { <-done },
		func() {
			for range done {
			}
		},
		func() {
			select {
			case <-done:
			case empty <- 1:
			}
		},
		func() { mu.Lock(); defer mu.Unlock() },
		func() { rw.RLock(); defer rw.RUnlock() },
		func() { rw2.Lock(); defer rw2.Unlock() },
		func() { wg.Wait() },
		func() { cond.L.Lock(); cond.Wait(); cond.L.Unlock() },
		func() { time.Sleep(time.Hour) },
		func() { listener.Accept() },
		func() { select {} },
	}
	for _, f := range all {
		go f()
	}
	t.Cleanup(func() {
		close(done)
		<-empty
		mu.Unlock()
		rw.Unlock()
		rw2.RUnlock()
		wg.Done()
		cond.Broadcast()
		listener.Close()
	})
	// Until all wait.
	for range 1000 {
		var b bytes.Buffer
		pprof.Lookup("goroutine").WriteTo(&b, 2)
		if strings.Count(b.String(), "profiles_test.blocked.func") >= len(all) && !strings.Contains(b.String(), "[runnable") {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("they do not come to wait")
}

func write(t *testing.T, name string, debug int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pprof.Lookup(name).WriteTo(&b, debug); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The three forms say the same of one process, this one: what the stacks tell of states is what the other forms' calls mean.
func TestFormsAgree(t *testing.T) {
	blocked(t)
	known := func(function string) bool { return strings.Contains(function, "profiles_test.blocked.func") }
	p, want := read(t, write(t, "goroutine", 2), known)
	if p.Form != "debug=2" || len(want) != 12 || p.Partial != "" {
		t.Fatalf("%+v %v", p, want)
	}
	for state, n := range want {
		if n != 1 && !strings.Contains(state, "sleep") && !strings.Contains(state, "no cases") { // those stay, with -count
			t.Errorf("%s: %d goroutines", state, n)
		}
	}
	p, got := read(t, write(t, "goroutine", 0), known)
	if diff := cmp.Diff(want, got); diff != "" || p.Form != "pprof" || p.Partial != "" {
		t.Errorf("pprof, %+v (-debug=2 +pprof):\n%s", p, diff)
	}
	// debug=1 does not tell operations on channels apart.
	hidden := make(map[string]int)
	for state, n := range want {
		if before, after, _ := strings.Cut(state, ": "); strings.HasPrefix(after, "chan ") || strings.HasPrefix(after, "select") {
			state = before + ": "
		}
		hidden[state] = n
	}
	p, got = read(t, write(t, "goroutine", 1), known)
	if diff := cmp.Diff(hidden, got); diff != "" || p.Form != "debug=1" || p.Partial != "" {
		t.Errorf("debug=1, %+v (-debug=2 +debug=1):\n%s", p, diff)
	}
}

// What a service built with Go 1.27 has written: its stacks have another grammar, its leak profile is built in.
func TestGo127(t *testing.T) {
	known := func(f string) bool { return strings.HasPrefix(f, "example.com/") || f == "main.wait" }
	leaked := map[string]int{"cart.Price.func1:14: chan send, leaked": 3}
	all := map[string]int{"cart.Price.func1:14: chan send": 3, "lib.Hold:8: sync.Mutex.Lock": 2, "main.wait:54: chan send": 3}
	marked := map[string]int{"cart.Price.func1:14: chan send, leaked": 3, "lib.Hold:8: sync.Mutex.Lock": 2, "main.wait:54: chan send": 3}
	for name, want := range map[string]map[string]int{
		"goroutine.pb.gz":          all,
		"goroutine.debug1.txt":     {"cart.Price.func1:14: ": 3, "lib.Hold:8: sync.Mutex.Lock": 2, "main.wait:54: ": 3},
		"goroutine.debug2.txt":     all,
		"goroutineleak.pb.gz":      leaked,
		"goroutineleak.debug1.txt": {"cart.Price.func1:14: , leaked": 3},
		"goroutineleak.debug2.txt": marked,
	} {
		data, err := os.ReadFile(filepath.Join("testdata", "go1.27", name))
		if err != nil {
			t.Fatal(err)
		}
		p, got := read(t, data, known)
		if diff := cmp.Diff(want, got); diff != "" || p.Partial != "" {
			t.Errorf("%s, %+v (-want +got):\n%s", name, p, diff)
		}
	}
}

// What is no goroutine profile is told by its name.
func TestOtherProfiles(t *testing.T) {
	var cpu, traced bytes.Buffer
	if err := pprof.StartCPUProfile(&cpu); err == nil {
		pprof.StopCPUProfile()
	}
	if err := trace.Start(&traced); err == nil {
		trace.Stop()
	}
	for want, data := range map[string][]byte{
		"a heap profile, ":                     write(t, "heap", 0),
		"a heap profile,":                      write(t, "heap", 1),
		"a threadcreate profile":               write(t, "threadcreate", 1),
		`a profile of "threadcreate"`:          write(t, "threadcreate", 0),
		"a mutex profile":                      write(t, "mutex", 1),
		"a block profile":                      write(t, "block", 1),
		"a block or mutex profile":             write(t, "block", 0),
		"a CPU profile":                        cpu.Bytes(),
		"an execution trace":                   traced.Bytes(),
		"a web page":                           []byte("\n<!DOCTYPE html><html>goroutine 1 [running]:</html>"),
		"JSON":                                 []byte(`{"error": "no"}`),
		"a text without goroutines":            []byte("not here\n"),
		"a text without goroutines, not a gor": []byte("für niemanden"),
	} {
		_, err := profiles.Read(bytes.NewReader(data), limit, func(*profiles.Sample) { t.Errorf("%s: a sample", want) })
		if other := new(profiles.OtherError); !errors.As(err, &other) || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%s: error %v", want, err)
		}
	}
	_, err := profiles.Read(strings.NewReader(""), limit, nil)
	if err == nil || err.Error() != "it is empty" {
		t.Errorf("of nothing: %v", err)
	}
}

// A profile that is cut anywhere is never taken for a whole one.
func TestCut(t *testing.T) {
	blocked(t)
	var plain bytes.Buffer
	z, err := gzip.NewReader(bytes.NewReader(write(t, "goroutine", 0)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plain.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"pprof":        plain.Bytes(),
		"pprof.gz":     write(t, "goroutine", 0),
		"debug=1":      write(t, "goroutine", 1),
		"debug=2":      write(t, "goroutine", 2),
		"go1.27 leaks": recorded(t, "goroutineleak.debug1.txt"),
	} {
		whole, _ := read(t, data, func(string) bool { return false })
		step := len(data)/300 + 1
		for n := len(data) - 2; n > 0; n -= step {
			p, err := profiles.Read(bytes.NewReader(data[:n]), limit, func(*profiles.Sample) {})
			if err == nil && p.Partial == "" && p.Goroutines < whole.Goroutines && !(name == "debug=2" && between(data, n)) {
				t.Errorf("%s cut at %d of %d bytes: %d of %d goroutines, and nothing is said", name, n, len(data), p.Goroutines, whole.Goroutines)
			}
		}
	}
}

// between reports whether stacks are cut behind a line that ends a goroutine or may end it: then nothing tells, but for the
// size at which Go cuts them.
func between(data []byte, n int) bool {
	last := data[bytes.LastIndexByte(data[:n], '\n')+1 : n]
	return len(last) == 0 || bytes.HasPrefix(last, []byte("\t")) && bytes.ContainsRune(last, ':')
}

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "go1.27", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Go cuts stacks at 64 MB, wherever that is.
func TestStacksCutByGo(t *testing.T) {
	one := "goroutine 7 [chan send]:\nmain.f(" + strings.Repeat("0x1, ", 100_000) + ")\n\t/a.go:3 +0x1\n\n"
	text := strings.Repeat(one, 64<<20/len(one)+1)
	p, err := profiles.Read(strings.NewReader(text[:64<<20]), limit, func(*profiles.Sample) {})
	if err != nil || !strings.Contains(p.Partial, "at most 64 MB") || p.Goroutines < 64<<20/len(one) {
		t.Errorf("%+v, %v", p, err)
	}
}

// Nothing is read beyond the limit, however well it is compressed.
func TestTooLarge(t *testing.T) {
	record := "1 @ 0x1\n#\t0x1\tmain.f+0x1\t/a.go:3\n\n"
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	fmt.Fprintf(z, "goroutine profile: total 900000\n")
	for range 100_000 {
		fmt.Fprint(z, record)
	}
	z.Close()
	p, err := profiles.Read(&bomb, 1<<20, func(*profiles.Sample) {})
	if want := 1 << 20 / len(record); err != nil || p.Partial != "it is larger than 1 MB" || p.Goroutines < want-1 || p.Goroutines > want {
		t.Errorf("%+v, %v, want about %d goroutines", p, err, want)
	}
	bomb.Reset()
	z = gzip.NewWriter(&bomb)
	z.Write([]byte("\x12"))
	for range 64 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	if _, err := profiles.Read(&bomb, limit, nil); err == nil || !strings.Contains(err.Error(), "larger than 32 MB") {
		t.Errorf("a large binary profile: %v", err)
	}
}

// Reading takes little memory, whatever there is.
func TestMemory(t *testing.T) {
	for name, data := range map[string][]byte{
		"100,000 goroutines with as many stacks": manyStacks(100_000, 1000),
		"millions of empty samples":              append(manyStacks(1, 2), bytes.Repeat([]byte{0x12, 0}, 8<<20)...),
		"millions of strings":                    append(manyStacks(1, 2), bytes.Repeat([]byte{0x32, 0}, 8<<20)...),
		"millions of empty locations":            append(manyStacks(1, 2), bytes.Repeat([]byte{0x22, 2, 8, 1}, 4<<20)...),
		"millions of deep stacks": append(append(manyStacks(1, 2), part(4, append(number(1, 9), bytes.Repeat([]byte{0x22, 2, 8, 1}, 64)...))...),
			bytes.Repeat(part(2, []byte{8, 9, 8, 9, 8, 9, 8, 9, 0x10, 1}), 2<<20)...),
		"one stack of millions": append(manyStacks(1, 2), part(2, append(part(1, bytes.Repeat([]byte{1}, 16<<20)), 0x10, 1))...),
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		p, err := profiles.Read(bytes.NewReader(data), limit, func(*profiles.Sample) {})
		runtime.ReadMemStats(&after)
		t.Logf("%s: %d bytes, %v, %+v %v, %d MB allocated", name, len(data), time.Since(start), p, err, (after.TotalAlloc-before.TotalAlloc)>>20)
		// io.ReadAll takes some times the size.
		if used := after.TotalAlloc - before.TotalAlloc; used > 50<<20+uint64(len(data))*8 {
			t.Errorf("%s: %d MB for %d bytes", name, used>>20, len(data))
		}
	}
}

// part encodes a field that has bytes.
func part(tag byte, data []byte) []byte {
	b := []byte{tag<<3 | 2}
	n := len(data)
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(append(b, byte(n)), data...)
}

func number(tag byte, n int) []byte {
	b := []byte{tag << 3}
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// manyStacks encodes a profile of goroutines each of which has a stack of ten calls, of so many functions, and a label of
// its own.
func manyStacks(n, functions int) []byte {
	strs := []string{"", "goroutine", "count", "request", "runtime.gopark", "runtime/proc.go"}
	var b []byte
	b = append(b, part(1, append(number(1, 1), number(2, 2)...))...)
	for i := range n {
		sample := []byte{}
		for d := range 10 {
			sample = append(sample, number(1, 1+(i>>d)%functions)...)
		}
		sample = append(sample, number(2, 1)...)
		sample = append(sample, part(3, append(number(1, 3), number(2, len(strs))...))...)
		strs = append(strs, fmt.Sprint("id-", i))
		b = append(b, part(2, sample)...)
	}
	for i := range functions {
		line := append(number(1, i+1), number(2, i)...)
		b = append(b, part(4, append(number(1, i+1), part(4, line)...))...)
		b = append(b, part(5, append(append(number(1, i+1), number(2, len(strs))...), number(4, 5)...))...)
		strs = append(strs, fmt.Sprintf("example.com/shop/p%d.(*Cart).Add.func%d", i, i))
	}
	for _, s := range strs {
		b = append(b, part(6, []byte(s))...)
	}
	return b
}
