package verify

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// report makes one of what the runtime prints.
func report(t *testing.T, pkg string, process int, reason testrun.Reason, tests map[int]string, dump string) *testrun.Report {
	t.Helper()
	r := &testrun.Report{Package: pkg, Process: process, Run: 1, Reason: reason, Tests: tests}
	err := stacks.Read(strings.NewReader(dump), func(g *stacks.Goroutine) { r.Goroutines = append(r.Goroutines, g) })
	if err != nil && !errors.Is(err, stacks.ErrNone) {
		t.Fatal(err)
	}
	return r
}

// waits is a goroutine of the function in the file, started by a line of another one. Where there are no labels, it has
// none.
func waits(id int, state, labels, function, place, creator, creatorPlace string, by int) string {
	if labels != "" {
		labels = fmt.Sprintf(" labels:{%q: %q}", "cloudlint.test", labels)
	}
	return fmt.Sprintf("goroutine %d [%s%s]:\n%s(0x1)\n\t%s +0x1\ncreated by %s in goroutine %d\n\t%s +0x1\n\n", id, state, labels, function, place, creator, by, creatorPlace)
}

// places is where the packages of the tests are.
var places = Places{GOROOT: "/go", Dir: func(pkg string) string {
	if rest, ok := strings.CutPrefix(pkg, "corp.example/shop"); ok {
		return "/shop" + rest
	}
	if pkg == "corp.example/dep/sub" {
		return "/cache/dep@v1.2.3/sub"
	}
	return ""
}}

func tell(leaks []*Leak, places Places) (lines []string) {
	for _, l := range leaks {
		line := fmt.Sprintf("%s %s at %s:%d", l.Class, l.Op, places.File(l.At), l.At.Line)
		if l.Created != nil {
			line += fmt.Sprintf(" by %d", l.Created.Line)
		}
		if l.Hang {
			line += " hangs"
		}
		for _, test := range l.Tests {
			line += fmt.Sprintf("; %d of %s %s", test.Count, test.Package, test.Name)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestLeaks(t *testing.T) {
	const (
		shopPkg = "corp.example/shop"
		label   = "TestA"
	)
	// send is a goroutine that waits in the shop's code.
	send := func(id int, state, labels string) string {
		return waits(id, state, labels, "corp.example/shop.Send.func1", "/shop/shop.go:7", "corp.example/shop.Send", "/shop/shop.go:6", 5)
	}
	inTest := func(id int, state, labels string) string {
		return waits(id, state, labels, "corp.example/shop.TestA.func1", "/shop/shop_test.go:9", "corp.example/shop.TestA", "/shop/shop_test.go:8", 5)
	}
	for _, test := range []struct {
		name    string
		reports []*testrun.Report
		want    []string
	}{
		{"one cause in several tests and packages", []*testrun.Report{
			report(t, shopPkg, 1, testrun.End, nil, send(7, "chan send (leaked)", "TestA")+send(8, "chan send (leaked)", "TestB")+send(9, "chan send (leaked)", "TestB")),
			report(t, shopPkg+"/cart", 2, testrun.End, nil, send(7, "chan send (leaked)", "TestA")),
		}, []string{"proven chan send at /shop/shop.go:7 by 6; 2 of corp.example/shop TestB; 1 of corp.example/shop TestA; 1 of corp.example/shop/cart TestA"}},
		{"classes and operations are not mixed", []*testrun.Report{
			report(t, shopPkg, 1, testrun.End, nil, send(7, "chan send", "TestA")+send(8, "chan send (leaked)", "TestA")+send(9, "select (leaked)", "TestA")),
		}, []string{
			"proven chan send at /shop/shop.go:7 by 6; 1 of corp.example/shop TestA",
			"proven select at /shop/shop.go:7 by 6; 1 of corp.example/shop TestA",
			"survivor chan send at /shop/shop.go:7 by 6; 1 of corp.example/shop TestA",
		}},
		{"library before tests, proven before survivors, many before few", []*testrun.Report{
			report(t, shopPkg, 1, testrun.End, nil, inTest(3, "chan receive", label)+send(4, "sleep", label)+
				inTest(5, "chan receive (leaked)", label)+inTest(6, "chan receive (leaked)", label)+send(7, "chan send (leaked)", label)+
				waits(8, "chan send (leaked)", label, "corp.example/shop.B", "/shop/b.go:1", "corp.example/shop.B", "/shop/b.go:2", 5)+
				waits(9, "chan send (leaked)", label, "corp.example/shop.B", "/shop/b.go:1", "corp.example/shop.B", "/shop/b.go:2", 5)),
		}, []string{
			"proven chan send at /shop/b.go:1 by 2; 2 of corp.example/shop TestA",
			"proven chan send at /shop/shop.go:7 by 6; 1 of corp.example/shop TestA",
			"proven chan receive at /shop/shop_test.go:9 by 8; 2 of corp.example/shop TestA",
			"survivor sleep at /shop/shop.go:7 by 6; 1 of corp.example/shop TestA",
			"survivor chan receive at /shop/shop_test.go:9 by 8; 1 of corp.example/shop TestA",
		}},
		{"what a watch has proven gets its test from the end", []*testrun.Report{
			report(t, shopPkg, 1, testrun.Watch, nil, send(7, "chan send (leaked)", "")+send(8, "chan send", "")),
			report(t, shopPkg, 1, testrun.End, nil, send(7, "chan send", label)),
		}, []string{"proven chan send at /shop/shop.go:7 by 6; 1 of corp.example/shop TestA"}},
		{"in a process that never comes to the end there are only proofs", []*testrun.Report{
			report(t, shopPkg, 1, testrun.Watch, map[int]string{5: label}, send(7, "chan send (leaked)", "")+send(8, "chan send", "")),
			report(t, shopPkg, 2, testrun.Timeout, nil, send(7, "chan send (leaked)", label)+send(8, "chan send", label)),
		}, []string{"proven chan send at /shop/shop.go:7 by 6; 2 of corp.example/shop TestA"}},
		{"a survivor of the first run that ends in the second", []*testrun.Report{
			report(t, shopPkg, 1, testrun.End, nil, send(7, "chan send", label)),
			report(t, shopPkg, 1, testrun.End, nil, inTest(9, "chan receive", label)),
		}, []string{"survivor chan receive at /shop/shop_test.go:9 by 8; 1 of corp.example/shop TestA"}},
		{"numbers of goroutines are those of a process", []*testrun.Report{
			report(t, shopPkg, 1, testrun.End, map[int]string{5: "TestA"}, send(7, "chan send (leaked)", "")),
			report(t, shopPkg, 2, testrun.End, map[int]string{5: "TestB"}, send(7, "chan send (leaked)", "")),
		}, []string{"proven chan send at /shop/shop.go:7 by 6; 1 of corp.example/shop TestA; 1 of corp.example/shop TestB"}},
		{"the goroutine of a test itself", []*testrun.Report{
			report(t, shopPkg, 1, testrun.Timeout, map[int]string{5: "TestA", 6: "TestA/sub"},
				waits(5, "chan receive (leaked)", "TestA", "testing.(*T).Run", "/go/src/testing/testing.go:2109", "testing.(*T).Run", "/go/src/testing/testing.go:2101", 1)+
					waits(6, "chan receive (leaked)", "TestA/sub", "corp.example/shop.TestA.func1", "/shop/shop_test.go:9", "testing.(*T).Run", "/go/src/testing/testing.go:2101", 5)),
		}, []string{"proven chan receive at /shop/shop_test.go:9 by 2101 hangs; 1 of corp.example/shop TestA/sub"}},
		{"running or runnable is chance", []*testrun.Report{
			report(t, shopPkg, 1, testrun.End, nil, send(7, "running", label)+send(8, "runnable", label)),
		}, []string{"survivor running at /shop/shop.go:7 by 6; 2 of corp.example/shop TestA"}},
		{"daemons survive, unless they can never go on", []*testrun.Report{
			report(t, shopPkg, 1, testrun.End, nil,
				waits(7, "select", label, "net/http.(*persistConn).writeLoop", "/go/src/net/http/transport.go:1", "net/http.(*Transport).dialConn", "/go/src/net/http/transport.go:2", 5)+
					waits(8, "select (leaked)", label, "net/http.(*persistConn).writeLoop", "/go/src/net/http/transport.go:1", "net/http.(*Transport).dialConn", "/go/src/net/http/transport.go:2", 5)),
		}, []string{"proven select at /go/src/net/http/transport.go:1 by 2; 1 of corp.example/shop TestA"}},
		{"a program built with -trimpath", []*testrun.Report{
			report(t, shopPkg+"/cmd", 1, testrun.End, nil,
				"goroutine 7 [chan send (leaked) labels:{\"cloudlint.test\": \"TestA\"}]:\nio.(*pipe).write(0x1)\n\tio/pipe.go:83 +0x1\ncorp.example/dep/sub.Do(...)\n\tcorp.example/dep@v1.2.3/sub/do.go:4\nmain.run()\n\tcorp.example/shop/cmd/main.go:5 +0x3\ncreated by main.main in goroutine 1\n\tcorp.example/shop/cmd/main.go:3\n"),
		}, []string{"proven chan send at /cache/dep@v1.2.3/sub/do.go:4 by 3; 1 of corp.example/shop/cmd TestA"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, tell(Leaks(test.reports, places), places)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whose a goroutine is that has no label: that of its ancestors, else of the test whose code it runs.
func TestAttribution(t *testing.T) {
	goroutine := func(by int, creator, place string) string {
		return waits(20, "chan receive (leaked)", "", "corp.example/shop.wait", "/shop/shop.go:7", creator, place, by)
	}
	child := waits(12, "select (leaked)", "", "corp.example/shop.parent", "/shop/shop.go:9", "corp.example/shop.x", "/shop/shop.go:6", 5)
	for _, test := range []struct {
		name, dump, want string
	}{
		{"its creator runs a test", goroutine(5, "corp.example/shop.x", "/shop/shop.go:6"), "TestFive"},
		{"its creator's creator runs a test", goroutine(12, "corp.example/shop.x", "/shop/shop.go:6") + child, "TestFive"},
		{"its creator has gone", goroutine(12, "corp.example/shop.x", "/shop/shop.go:6"), ""},
		{"the code of a test started it", goroutine(12, "corp.example/shop.TestSix.func2", "/shop/shop_test.go:6"), "TestSix"},
		{"a method of a suite", goroutine(12, "corp.example/shop.(*suite).TestSix", "/shop/shop_test.go:6"), ""},
		{"a helper whose name begins like a test's", goroutine(12, "corp.example/shop.Testing", "/shop/shop_test.go:6"), ""},
		{"a function called so that is no test's", goroutine(12, "corp.example/shop.TestSix", "/shop/shop.go:6"), ""},
		{"TestMain is no test", goroutine(1, "corp.example/shop.TestMain", "/shop/shop_test.go:6"), ""},
		{"the main goroutine runs more than the example", goroutine(1, "corp.example/shop.setUp", "/shop/shop_test.go:6"), ""},
		{"an example", goroutine(1, "corp.example/shop.ExampleSend", "/shop/shop_test.go:6"), "ExampleSend"},
		{"a circle of creators", goroutine(20, "corp.example/shop.x", "/shop/shop.go:6"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			tests := map[int]string{1: "ExampleLast", 5: "TestFive"}
			leaks := Leaks([]*testrun.Report{report(t, "corp.example/shop", 1, testrun.End, tests, test.dump)}, places)
			for _, l := range leaks {
				if l.Op == "chan receive" && l.Tests[0].Name != test.want {
					t.Errorf("it is of %q, want %q", l.Tests[0].Name, test.want)
				}
			}
			if len(leaks) == 0 {
				t.Error("there is no leak")
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		file, want string
		standard   bool
	}{
		{"/shop/cart/cart.go", "/shop/cart/cart.go", false},
		{"/go/src/net/http/server.go", "/go/src/net/http/server.go", true},
		{"/go/srcx/x.go", "/go/srcx/x.go", false},
		{"net/http/server.go", "", true},
		{"vendor/golang.org/x/net/http2/hpack/hpack.go", "", true},
		{"corp.example/shop/cart/cart.go", "/shop/cart/cart.go", false},
		{"corp.example/dep@v1.2.3/sub/do.go", "/cache/dep@v1.2.3/sub/do.go", false},
		{"corp.example/other@v1.2.3/do.go", "", false},
		{"_cgo_gotypes.go", "", true},
	} {
		f := stacks.Frame{Func: "x.F", File: test.file, Line: 1}
		if got := places.File(f); got != test.want {
			t.Errorf("%s is at %q, want %q", test.file, got, test.want)
		}
		if got := places.Standard(f); got != test.standard {
			t.Errorf("%s is of the standard library: %v", test.file, got)
		}
	}
}

func TestSilent(t *testing.T) {
	var reports []*testrun.Report
	add := func(pkg string, process, run int, reasons ...testrun.Reason) {
		for _, reason := range reasons {
			reports = append(reports, &testrun.Report{Package: pkg, Process: process, Run: run, Reason: reason})
		}
	}
	add("whole", 1, 1, testrun.Start, testrun.Watch, testrun.End)
	add("slow", 1, 1, testrun.Start, testrun.Timeout)
	add("dead", 1, 1, testrun.Start)
	add("watched", 2, 1, testrun.Start, testrun.Watch)
	add("again", 3, 1, testrun.Start, testrun.End)
	add("again", 3, 2, testrun.Start)
	add("again", 4, 1, testrun.Start)
	if diff := cmp.Diff([]string{"again", "dead", "watched"}, Silent(reports)); diff != "" {
		t.Error(diff)
	}
}

// A finding is confirmed by what waits, or was started, at one of its places, and by nothing else.
func TestJoin(t *testing.T) {
	at := func(file string, line int) finding.Range { return finding.Range{File: file, Line: line, EndLine: line} }
	static := []finding.Finding{
		{Code: "WAITS", Family: rule.Goroutines, Range: at("shop.go", 7)},
		{Code: "STARTS", Family: rule.Goroutines, Range: at("shop.go", 6)},
		{Code: "CAUSE", Family: rule.Goroutines, Range: at("shop.go", 90), Origin: &finding.Origin{Range: at("shop.go", 7)}},
		{Code: "PATH", Family: rule.Goroutines, Range: at("shop.go", 91), Path: []finding.Step{{Range: at("x.go", 1)}, {Range: at("shop.go", 7)}}},
		{Code: "PATH-BEGINS", Family: rule.Goroutines, Range: at("shop.go", 92), Path: []finding.Step{{Range: at("shop.go", 7)}, {Range: at("x.go", 1)}}},
		{Code: "SPANS", Family: rule.Goroutines, Range: finding.Range{File: "shop.go", Line: 5, EndLine: 9}},
		{Code: "ELSEWHERE", Family: rule.Goroutines, Range: at("cart/shop.go", 7)},
		{Code: "OTHER-FAMILY", Family: "clients", Range: at("shop.go", 7)},
	}
	dump := waits(7, "chan send (leaked)", "TestA", "corp.example/shop.Send.func1", "/shop/shop.go:7", "corp.example/shop.Send", "/shop/shop.go:6", 5) +
		waits(8, "chan send", "TestB", "corp.example/shop.Send.func1", "/shop/shop.go:7", "corp.example/shop.Send", "/shop/shop.go:6", 5) +
		waits(9, "sleep", "TestB", "corp.example/shop.Sleep", "/shop/shop.go:40", "corp.example/shop.Sleep", "/shop/shop.go:41", 5)
	r := &finding.Report{Root: "/shop", Findings: static}
	rest := Join(r, Leaks([]*testrun.Report{report(t, "corp.example/shop", 1, testrun.End, nil, dump)}, places), places)
	got := make(map[string]string)
	for _, f := range r.Findings {
		if f.Evidence == nil {
			got[f.Code] = "nothing"
			continue
		}
		got[f.Code] = strings.TrimSpace(string(f.Evidence.Status) + " " + f.Evidence.Class)
	}
	want := map[string]string{
		"WAITS": "confirmed proven", "STARTS": "confirmed proven", "CAUSE": "confirmed proven", "PATH": "confirmed proven", "SPANS": "confirmed proven",
		"PATH-BEGINS": "not-observed", "ELSEWHERE": "not-observed", "OTHER-FAMILY": "nothing",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"survivor sleep at /shop/shop.go:40 by 41; 1 of corp.example/shop TestB"}, tell(rest, places)); diff != "" {
		t.Errorf("what no finding explains: %s", diff)
	}
}

// What is reported of a leak names functions as findings do.
func TestFinding(t *testing.T) {
	for _, test := range []struct{ function, pkg, want string }{
		{"corp.example/shop.Send.func1", "corp.example/shop", "Send"},
		{"corp.example/shop.(*Cart).Add.func2.1", "corp.example/shop", "(*Cart).Add"},
		{"corp.example/shop.(*Set[...]).Watch.func1", "corp.example/shop", "(*Set).Watch"},
		{"corp.example/shop.Map[...].func1", "corp.example/shop", "Map"},
		{"corp.example/shop.Cart.Total.gowrap1", "corp.example/shop", "Cart.Total"},
		{"corp.example/shop.Cart.Total", "corp.example/shop", "Cart.Total"},
		{"corp.example/shop.Range.func1-range2", "corp.example/shop", "Range"},
		{"corp.example/go%2eshop.Send", "corp.example/go.shop", "Send"},
		// A command's functions are of a package main, which says nothing.
		{"main.run.func1", "corp.example/shop/cmd", "run"},
	} {
		dump := waits(7, "chan send (leaked)", "TestA", test.function, "/shop/shop.go:7", test.function, "/shop/shop.go:6", 5)
		leaks := Leaks([]*testrun.Report{report(t, "corp.example/shop/cmd", 1, testrun.End, nil, dump)}, places)
		if len(leaks) != 1 {
			t.Fatalf("%s: %d leaks", test.function, len(leaks))
		}
		f := leaks[0].Finding(places, "/shop")
		if f.Package != test.pkg || f.Function != test.want || f.Code != CodeProven || f.File != "shop.go" || f.Line != 7 {
			t.Errorf("%s: %s %s %s at %s:%d, want %s %s", test.function, f.Code, f.Package, f.Function, f.File, f.Line, test.pkg, test.want)
		}
	}
}
