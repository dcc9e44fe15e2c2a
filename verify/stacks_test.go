package verify

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseStacks(t *testing.T) {
	const text = `goroutine 1 [running]:
main.main()
	/a b/main.go:3 +0x1

goroutine 7 [chan send (leaked), 3 minutes, locked to thread, synctest bubble 1 labels:{"a, b": "c]\n", "k": ""}]:
corp.example/shop/v2.(*Cart[...]).Add.func1({0x1, 0x2}, ...)
	C:/my shop/cart.go:12 +0x1d
...12 frames elided...
created by corp.example/shop/v2.New in goroutine 3
	C:/my shop/cart.go:9 +0x2

goroutine 8 [select (no cases) (leaked)] {cloudlint.test: TestA, "x y": "}:"}:
main.f(...)
	/a.go:4
created by main.g
	/a.go:2 +0x1

goroutine 9 gp=0xc0 m=3 mp=0x7 [runnable]:
	goroutine running on other thread; stack unavailable

goroutine 10 [sync.Mutex.Lock (durable) (scan)`
	got := parseStacks(text)
	want := []*goroutine{
		{id: 1, state: "running", frames: []Frame{{"main.main", "/a b/main.go", 3}}},
		{
			id: 7, creator: 3, state: "chan send", leaked: true,
			frames:  []Frame{{"corp.example/shop/v2.(*Cart[...]).Add.func1", "C:/my shop/cart.go", 12}},
			created: &Frame{"corp.example/shop/v2.New", "C:/my shop/cart.go", 9},
		},
		{id: 8, state: "select (no cases)", leaked: true, frames: []Frame{{"main.f", "/a.go", 4}}, created: &Frame{"main.g", "/a.go", 2}},
		{id: 9, state: "running"},
		{id: 10, state: "sync.Mutex.Lock"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d goroutines, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%+v, want %+v", *got[i], *want[i])
		}
	}
	if pkg := got[1].frames[0].pkg(); pkg != "corp.example/shop/v2" {
		t.Errorf("package %s", pkg)
	}
}

func TestParseSamples(t *testing.T) {
	const text = `goroutine profile: total 4
3 @ 0x1 0x2
# labels: {"cloudlint.verify":"TestA#7"}
#	0x1	main.f+0x1d		/a b/main.go:12
#	0x2	main.(*T[...]).g.func1+0x1	/main.go:3

1 @ 0x5
`
	want := []sample{
		{3, `{"cloudlint.verify":"TestA#7"}`, []Frame{{"main.f", "/a b/main.go", 12}, {"main.(*T[...]).g.func1", "/main.go", 3}}},
		{1, "", nil},
	}
	if got := parseSamples(text); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Both sources name one stack alike.
func TestStackKey(t *testing.T) {
	c := make(chan int)
	go func() { func() { <-c }() }()
	defer close(c)
	var a, b string
	for a == "" {
		list, whole := dump()
		if !whole {
			t.Fatal("not all goroutines")
		}
		for _, g := range list {
			if g.state == "chan receive" && strings.HasPrefix(g.frames[0].Func, self+"TestStackKey") {
				a = stackKey(g.frames)
			}
		}
	}
	for _, s := range samples() {
		if len(s.frames) > 0 && strings.HasPrefix(s.frames[0].Func, self+"TestStackKey") {
			b = stackKey(s.frames)
		}
	}
	if a != b || strings.Count(a, "\n") != 2 {
		t.Errorf("%q, %q", a, b)
	}
}

func TestStandard(t *testing.T) {
	std := newStandard()
	built := standard{modules: map[string]bool{"shop": true, "corp.example/x": true}} // with -trimpath
	for _, test := range []struct {
		f    Frame
		want bool
	}{
		{Frame{Func: "net/http.(*conn).serve", File: "net/http/server.go"}, true},
		{Frame{Func: "main.main", File: "./main.go"}, false},
		{Frame{Func: "shop/cart.New", File: "shop/cart/cart.go"}, false},
		{Frame{Func: "shop_test.New", File: "shop/cart_test.go"}, false},
		{Frame{Func: "corp.example/x/y.F", File: "corp.example/x@v1.2.3/y/y.go"}, false},
		{Frame{Func: "vendor/golang.org/x/net/dns.F", File: "vendor/golang.org/x/net/dns/f.go"}, true},
	} {
		if got := built.has(test.f); got != test.want {
			t.Errorf("%v is of the standard library: %t", test.f, got)
		}
	}
	own := dumpFrame(t)
	if std.has(own) || !std.has(Frame{Func: "strings.Cut", File: std.src + "strings/strings.go"}) {
		t.Errorf("%v, %q", own, std.src)
	}
}

func dumpFrame(t *testing.T) Frame {
	t.Helper()
	list, _ := dump()
	for _, f := range list[0].frames {
		if strings.Contains(f.Func, "TestStandard") {
			return f
		}
	}
	t.Fatalf("%+v", list[0])
	return Frame{}
}

func FuzzParse(f *testing.F) {
	f.Add("goroutine 7 [chan send (leaked)] {k: \"}:\"}:\nmain.f(0x1)\n\t/a.go:3 +0x1\ncreated by main.g in goroutine 2\n\t/b.go:3 +0x2\n")
	f.Add("goroutine profile: total 1\n1 @ 0x1\n# labels: {}\n#\t0x1\tmain.f+0x1\t/a.go:3\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, g := range parseStacks(text) {
			if len(g.frames) > strings.Count(text, "\n") {
				t.Errorf("%+v", g)
			}
		}
		parseSamples(text)
	})
}
