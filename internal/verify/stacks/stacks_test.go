package stacks_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

func read(t *testing.T, text string) []stacks.Goroutine {
	t.Helper()
	var list []stacks.Goroutine
	if err := stacks.Read(strings.NewReader(text), func(g *stacks.Goroutine) { list = append(list, *g) }); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestHeaders(t *testing.T) {
	for header, want := range map[string]stacks.Goroutine{
		"goroutine 1 [running]:":                                    {ID: 1, State: "running"},
		"goroutine 7 [chan send (leaked), 3 minutes]:":              {ID: 7, State: "chan send", Leaked: true, Minutes: 3},
		"goroutine 7 [chan receive (nil chan)]:":                    {ID: 7, State: "chan receive (nil chan)"},
		"goroutine 7 [chan receive (durable), synctest bubble 12]:": {ID: 7, State: "chan receive", Bubble: 12},
		"goroutine 7 [select (no cases) (leaked)]:":                 {ID: 7, State: "select (no cases)", Leaked: true},
		"goroutine 7 [sync.Mutex.Lock (leaked) (scan)]:":            {ID: 7, State: "sync.Mutex.Lock", Leaked: true},
		"goroutine 7 gp=0xc0000021c0 m=3 mp=0xc00007 [syscall]:":    {ID: 7, State: "syscall"},
		"goroutine 7 [select, 2 minutes, locked to thread labels:{\"a, b\": \"c]\\n\", \"k\": \"\"}]:": {
			ID: 7, State: "select", Minutes: 2, Labels: map[string]string{"a, b": "c]\n", "k": ""}},
		"goroutine 7 [chan send (leaked)] {cloudlint.test: TestA, \"x y\": \"}:\"}:": {
			ID: 7, State: "chan send", Leaked: true, Labels: map[string]string{"cloudlint.test": "TestA", "x y": "}:"}},
	} {
		got := read(t, header+"\nmain.f(0x1)\n\t/a.go:3 +0x1\n")[0]
		want.Frames = []stacks.Frame{{Func: "main.f", File: "/a.go", Line: 3}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", header, diff)
		}
	}
}

func TestRead(t *testing.T) {
	const text = `panic: test timed out
	running tests:

goroutine 5 [chan send]:
corp.example/shop/v2.(*Cart[...]).Add.func1({0x1, 0x2}, ...)
	C:/my shop/cart.go:12 +0x1d
corp%2eexample/x%2ey.F(...)
	corp.example/x.y/f.go:4
...12 frames elided...
created by corp.example/shop/v2.New in goroutine 3
	C:/my shop/cart.go:9 +0x2
exit status 2

goroutine of somebody else
goroutine 6 [running]:
	goroutine running on other thread; stack unavailable

goroutine 9 [IO wait]:
main.f`
	want := []stacks.Goroutine{
		{
			ID: 5, State: "chan send", Elided: true, Creator: 3,
			Frames: []stacks.Frame{
				{Func: "corp.example/shop/v2.(*Cart[...]).Add.func1", File: "C:/my shop/cart.go", Line: 12},
				{Func: "corp%2eexample/x%2ey.F", File: "corp.example/x.y/f.go", Line: 4},
			},
			Created: &stacks.Frame{Func: "corp.example/shop/v2.New", File: "C:/my shop/cart.go", Line: 9},
		},
		{ID: 6, State: "running"},
		{ID: 9, State: "IO wait"},
	}
	got := read(t, text)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for f, want := range map[stacks.Frame]string{got[0].Frames[0]: "corp.example/shop/v2", got[0].Frames[1]: "corp.example/x.y", {Func: "main.main.func1"}: "main"} {
		if f.Package() != want {
			t.Errorf("%s is of package %q, want %q", f.Func, f.Package(), want)
		}
	}
}

func TestReadNothing(t *testing.T) {
	nobody := func(*stacks.Goroutine) { t.Error("a goroutine") }
	if err := stacks.Read(strings.NewReader("<html>goroutine 1</html>\n"), nobody); !errors.Is(err, stacks.ErrNone) {
		t.Errorf("error %v", err)
	}
	if err := stacks.Read(strings.NewReader(strings.Repeat("x", 2<<20)), nobody); err == nil || errors.Is(err, stacks.ErrNone) {
		t.Errorf("error %v for a line without an end", err)
	}
}

// What this very runtime writes is read, with labels and without.
func TestOwnStacks(t *testing.T) {
	started, stop := make(chan bool), make(chan bool)
	defer close(stop)
	pprof.Do(context.Background(), pprof.Labels("some key", `"quoted", [and] {more}`), func(context.Context) {
		go func() { started <- true; <-stop }()
	})
	<-started
	for _, setting := range []string{"tracebacklabels=0", "tracebacklabels=1"} {
		t.Setenv("GODEBUG", setting)
		buf := make([]byte, 1<<20)
		buf = buf[:runtime.Stack(buf, true)]
		found := false
		for _, g := range read(t, string(buf)) {
			if g.State != "chan receive" || len(g.Frames) == 0 || !strings.HasSuffix(g.Frames[0].Func, "TestOwnStacks.func1.1") {
				continue
			}
			found = true
			want := ""
			if setting == "tracebacklabels=1" {
				want = `"quoted", [and] {more}`
			}
			if g.Labels["some key"] != want {
				t.Errorf("%s: labels %q", setting, g.Labels)
			}
			if g.Created == nil || filepath.Base(g.Created.File) != "stacks_test.go" || g.Created.Line == 0 || g.Creator == 0 {
				t.Errorf("created at %+v by %d", g.Created, g.Creator)
			}
		}
		if !found {
			t.Errorf("%s: the goroutine is not there:\n%s", setting, buf)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("goroutine 7 [chan send (leaked)] {cloudlint.test: TestA, \"x y\": \"}:\"}:\nmain.f(0x1)\n\t/a.go:3 +0x1\ncreated by main.g in goroutine 2\n\t/b.go:3 +0x2\n")
	f.Add("goroutine 7 [select labels:{\"a\": \"b\", \"c\"}]:\n...\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		err := stacks.Read(strings.NewReader(text), func(g *stacks.Goroutine) {
			n++
			if g.ID <= 0 || len(g.Labels) > len(text) {
				t.Errorf("%+v", g)
			}
		})
		if (err == nil) != (n > 0) && len(text) < 1<<20 {
			t.Errorf("%d goroutines, error %v", n, err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "goroutine %d [chan send, 2 minutes]:\nexample.com/shop.(*Cart).Add.func1()\n\t/src/shop/cart.go:12 +0x1d\ncreated by example.com/shop.New in goroutine 3\n\t/src/shop/cart.go:9 +0x2\n\n", i+1)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := stacks.Read(strings.NewReader(text.String()), func(*stacks.Goroutine) {}); err != nil {
			b.Fatal(err)
		}
	}
}
