package verify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

func TestDependency(t *testing.T) {
	for _, test := range []struct{ pkg, file, want string }{
		{"corp.example/dep", "/cache/corp.example/dep@v1.2.3/db.go", "corp.example/dep v1.2.3"},
		{"corp.example/dep/sub/table", "/cache/corp.example/dep@v1.2.3/sub/table/t.go", "corp.example/dep v1.2.3"},
		{"corp.example/dep/v2", "corp.example/dep/v2@v2.0.0/db.go", "corp.example/dep/v2 v2.0.0"}, // -trimpath
		{"corp.example/Dep", "/cache/corp.example/!dep@v1.2.3/db.go", "corp.example/Dep v1.2.3"},
		{"corp.example/shop", "/home/me@venus/db.go", ""},
		{"corp.example/shop/x", "/home/shop/x/db.go", ""},
		{"corp.example/dep", "/shop/vendor/corp.example/dep/db.go", ""}, // of which version is not known
	} {
		got := ""
		if d, ok := dependencyOf(stacks.Frame{Func: test.pkg + ".F", File: test.file}); ok {
			got = d.path + " " + d.version
		}
		if got != test.want {
			t.Errorf("%s in %s: %q, want %q", test.pkg, test.file, got, test.want)
		}
	}
}

// What the tests have not closed of a dependency is one leak; what is proven there is one of its own.
func TestGather(t *testing.T) {
	leak := func(class Class, name, file string, count int, tests ...Test) *Leak {
		frame := stacks.Frame{Func: name, File: file, Line: 7}
		return &Leak{Class: class, Op: "select", At: frame, Count: count, Tests: tests, Example: &stacks.Goroutine{Frames: []stacks.Frame{frame}}}
	}
	const dep = "/cache/corp.example/dep@v1.2.3/"
	list := []*Leak{
		leak(Survivor, "corp.example/dep.(*DB).write", dep+"db.go", 3, Test{"corp.example/shop", "TestA", 2}, Test{"corp.example/shop", "TestB", 1}),
		leak(Survivor, "corp.example/shop.work", "/shop/work.go", 1, Test{"corp.example/shop", "TestA", 1}),
		leak(Survivor, "corp.example/dep/lsm.(*Level).run", dep+"lsm/level.go", 4, Test{"corp.example/shop", "TestB", 4}),
		leak(Proven, "corp.example/dep.(*DB).stop", dep+"db.go", 1),
		leak(Survivor, "corp.example/other.run", "/cache/corp.example/other@v0.1.0/o.go", 1),
	}
	var got []string
	for _, l := range Gather(list) {
		message := l.message(function(l.At))
		if i := strings.Index(message, "; "); len(l.Others) == 0 && i > 0 {
			message = message[:i]
		}
		got = append(got, message)
		for _, o := range l.others(places, "/shop") {
			got = append(got, "  "+o.Message+" "+o.File)
		}
	}
	want := []string{
		"7 goroutines of corp.example/dep v1.2.3 are still there after all tests, in 2 places: one is in (*DB).write, where it waits in a select; started by TestB and TestA; close or stop what the tests have opened of it; what nothing can stop is no fault of theirs",
		"  4 in (*Level).run, too: it waits in a select /cache/corp.example/dep@v1.2.3/lsm/level.go",
		"a goroutine is still in work after all tests: it waits in a select",
		"a goroutine waits for ever in (*DB).stop: it waits in a select, and nothing that can still run reaches what it waits for",
		"a goroutine is still in run after all tests: it waits in a select",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// What was given is as it was.
	if list[0].Count != 3 || len(list[0].Tests) != 2 || list[0].Tests[1].Count != 1 {
		t.Errorf("%+v", list[0])
	}
}
