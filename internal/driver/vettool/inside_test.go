package vettool_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
)

func TestP8Inside(t *testing.T) {
	own := "app/app.go:10:2: CL9001: sleeps"
	theirs := []string{"app/app.go:11:13: CL9002: Forever never returns (dep/dep.go:5: it blocks here)", "dep/dep.go:7:3: CL9001: sleeps"}
	t.Run("vendor", func(t *testing.T) {
		c := unittest.Unpack(t, unittest.App)
		c.Write("vendor/modules.txt", "# corp.example/dep v1.2.3\n## explicit\ncorp.example/dep\n")
		c.Write("vendor/corp.example/dep/dep.go", unittest.Dep)
		records, _ := c.Records("./...")
		expect(t, records, own)
		records, _ = c.Records("-inside=corp.example/...", "./...")
		expect(t, records, append([]string{own}, theirs...)...)
	})
	t.Run("replace", func(t *testing.T) {
		c := unittest.Unpack(t, unittest.App)
		c.Write("go.mod", strings.Replace(strings.Split(strings.Split(unittest.App, "-- go.mod --\n")[1], "-- ")[0], "v1.2.3", "v1.2.3\n\nreplace corp.example/dep => ./dep", 1))
		c.Write("dep/go.mod", "module corp.example/dep\n")
		c.Write("dep/dep.go", unittest.Dep)
		records, out := c.Records("./...")
		expect(t, records, own)
		if out.Status != 0 {
			t.Error(out.Stderr)
		}
		records, _ = c.Records("-inside=corp.example/app,corp.example/dep", "./...")
		expect(t, records, append([]string{own}, theirs...)...)
	})
	t.Run("workspace", func(t *testing.T) {
		c := unittest.Unpack(t, unittest.App)
		c.Write("go.work", "go 1.26\n\nuse .\nuse ./dep\n")
		c.Write("dep/go.mod", "module corp.example/dep\n\ngo 1.26\n")
		c.Write("dep/dep.go", unittest.Dep)
		records, _ := c.Records("./...")
		expect(t, records, append([]string{own}, theirs...)...)
	})
	t.Run("std", func(t *testing.T) {
		c := unittest.Unpack(t, unittest.Two)
		records, _ := c.Records("context", "./b")
		if diff := cmp.Diff([]string{"corp.example/two/b"}, unittest.Packages(records)); diff != "" {
			t.Error(diff)
		}
		records, out := c.Records("-inside=container/ring", "container/ring")
		if diff := cmp.Diff([]string{"container/ring", "container/ring_test"}, unittest.Packages(records)); diff != "" || out.Status != 0 {
			t.Errorf("%s %s", diff, out.Stderr)
		}
	})
	t.Run("files", func(t *testing.T) {
		c := unittest.Unpack(t, unittest.Two)
		records, _ := c.Records("b/b.go")
		expect(t, records, "command-line-arguments/b.go:5:15: CL9001: sleeps")
		records, _ = c.Records("-inside=corp.example/else", "b/b.go")
		expect(t, records, "command-line-arguments/b.go:5:15: CL9001: sleeps")
	})
}
