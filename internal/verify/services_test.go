package verify_test

import (
	"errors"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/profiles"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// sample makes goroutines of a shop: calls are "function file:line", innermost first.
func sample(count int, state string, calls ...string) *profiles.Sample {
	s := &profiles.Sample{Count: count}
	s.State, s.Leaked = strings.CutSuffix(state, " (leaked)")
	for _, call := range calls {
		name, at, _ := strings.Cut(call, " ")
		var f stacks.Frame
		i := strings.LastIndexByte(at, ':')
		f.Func, f.File = name, at[:i]
		fmt.Sscan(at[i+1:], &f.Line)
		s.Frames = append(s.Frames, f)
	}
	return s
}

func created(s *profiles.Sample, name, file string, line int) *profiles.Sample {
	s.Created = &stacks.Frame{Func: name, File: file, Line: line}
	return s
}

func instance(t *testing.T, name string, samples ...*profiles.Sample) *verify.Instance {
	t.Helper()
	in := &verify.Instance{Name: name}
	for _, s := range samples {
		if err := in.Add(s, verify.Places{Elsewhere: true}); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

// lines says in a line for each leak what is known of it.
func lines(leaks []*verify.Leak) []string {
	var list []string
	for _, l := range leaks {
		s := fmt.Sprintf("%s %s at %s:%d: %d, rms %g, grown %d", l.Class, l.Op, filepath.Base(l.At.File), l.At.Line, l.Count, l.Live.RMS, l.Live.Grown)
		for _, in := range l.Live.Instances {
			s += fmt.Sprintf(", %s %d", in.Name, in.Count)
		}
		if l.Created != nil {
			s += fmt.Sprintf(", created in line %d", l.Created.Line)
		}
		list = append(list, s)
	}
	return list
}

const (
	park  = "runtime.gopark /usr/local/go/src/runtime/proc.go:400"
	add   = "example.com/shop.(*Cart).Add.func1 /home/a/shop/cart.go:12"
	price = "example.com/shop.Price.func1 /home/a/shop/price.go:20"
)

var limits = verify.Limits{Count: 1000, Growth: 100, Rank: "rms"}

func TestServices(t *testing.T) {
	tests := []struct {
		name        string
		now, before []*verify.Instance
		rank        string
		want        []string
	}{
		{
			name: "only what is over the limit in one instance",
			now: []*verify.Instance{
				instance(t, "a", sample(1000, "chan send", park, add), sample(999, "chan receive", park, price)),
				instance(t, "b", sample(999, "chan receive", park, price), sample(3, "chan send", park, add)),
				instance(t, "c"),
			},
			want: []string{"blocked chan send at cart.go:12: 1003, rms 577.4, grown 0, a 1000, b 3"},
		},
		{
			name: "by the root mean square: one that is very full before two that are half full",
			now: []*verify.Instance{
				instance(t, "a", sample(3000, "chan send", park, add), sample(2000, "select", park, price)),
				instance(t, "b", sample(2000, "select", park, price)),
			},
			want: []string{
				"blocked select at price.go:20: 4000, rms 2000, grown 0, a 2000, b 2000",
				"blocked chan send at cart.go:12: 3000, rms 2121.3, grown 0, a 3000",
			},
			rank: "count",
		},
		{
			name: "the same, ranked so",
			now: []*verify.Instance{
				instance(t, "a", sample(3000, "chan send", park, add), sample(2000, "select", park, price)),
				instance(t, "b", sample(2000, "select", park, price)),
			},
			want: []string{
				"blocked chan send at cart.go:12: 3000, rms 2121.3, grown 0, a 3000",
				"blocked select at price.go:20: 4000, rms 2000, grown 0, a 2000, b 2000",
			},
		},
		{
			name: "what waits for the network, sleeps or works is no leak, and sleepers are only if they become more",
			now: []*verify.Instance{instance(t, "a", sample(5000, "IO wait", park, add), sample(5000, "running", add), sample(5000, "syscall", add),
				sample(5000, "sleep", park, price))},
			before: []*verify.Instance{instance(t, "a", sample(100, "sleep", park, price))},
			want:   []string{"blocked sleep at price.go:20: 5000, rms 5000, grown 4900, a 5000"},
		},
		{
			name: "growth: by the number and by a quarter; an instance that was not read before has none",
			now: []*verify.Instance{
				instance(t, "a", sample(150, "chan send", park, add), sample(900, "select", park, price)),
				instance(t, "b", sample(700, "chan receive", park, price)),
			},
			before: []*verify.Instance{
				instance(t, "a", sample(50, "chan send", park, add), sample(790, "select", park, price)),
				nil,
			},
			want: []string{"blocked chan send at cart.go:12: 150, rms 106.1, grown 100, a 150"},
		},
		{
			name: "ranked by growth",
			now:  []*verify.Instance{instance(t, "a", sample(300, "chan send", park, add), sample(2000, "select", park, price))},
			before: []*verify.Instance{
				instance(t, "a", sample(10, "chan send", park, add), sample(2100, "select", park, price)),
			},
			rank: "growth",
			want: []string{
				"blocked chan send at cart.go:12: 300, rms 300, grown 290, a 300",
				"blocked select at price.go:20: 2000, rms 2000, grown -100, a 2000",
			},
		},
		{
			name: "what is proven needs no number, comes first, and hides what waits in the same place",
			now: []*verify.Instance{instance(t, "a", sample(2000, "chan send", park, add), sample(1, "chan send (leaked)", park, add),
				sample(5000, "select", park, price))},
			want: []string{
				"proven chan send at cart.go:12: 1, rms 1, grown 0, a 1",
				"blocked select at price.go:20: 5000, rms 5000, grown 0, a 5000",
			},
		},
		{
			name: "two forms of a leak profile are one",
			now: []*verify.Instance{
				instance(t, "a", sample(7, "chan send (leaked)", park, add), created(sample(7, "chan send (leaked)", add), "main.main", "/m.go", 3)),
				instance(t, "b", sample(2, "chan send (leaked)", park, add)),
			},
			want: []string{
				"proven chan send at cart.go:12: 7, rms 4.9, grown 0, a 7, created in line 3",
				"proven chan send at cart.go:12: 2, rms 1.4, grown 0, b 2",
			},
		},
		{
			name: "builds of several machines agree, and where goroutines began tells them apart",
			now: []*verify.Instance{instance(t, "a", sample(600, "chan send", park, add), sample(600, "chan send", "runtime.gopark runtime/proc.go:1",
				"example.com/shop.(*Cart).Add.func1 example.com/shop@v1.2.0/cart.go:12"),
				sample(600, "chan send", park, add, "example.com/shop.Other /home/a/shop/cart.go:90"))},
			want: []string{"blocked chan send at cart.go:12: 1200, rms 1200, grown 0, a 1200"},
		},
		{
			name: "daemons, connections of servers, and what is wholly the library's own",
			now: []*verify.Instance{instance(t, "a",
				sample(5000, "select", park, "net/http.(*persistConn).writeLoop /usr/local/go/src/net/http/transport.go:1", add),
				sample(5000, "select", park, "database/sql.(*DB).Other /usr/local/go/src/database/sql/sql.go:9"),
				sample(5000, "select", park, "google.golang.org/grpc/internal/transport.(*controlBuffer).get /m/grpc@v1/c.go:1", "google.golang.org/grpc/internal/transport.NewServerTransport.func2 /m/grpc@v1/h.go:2"),
				sample(5000, "select", park, "golang.org/x/net/http2.(*serverConn).serve /m/net@v1/http2/server.go:1", "net/http.(*conn).serve /usr/local/go/src/net/http/server.go:2"),
				sample(5000, "chan receive", park, "k8s.io/klog/v2.(*flushDaemon).run.func1 /m/klog.go:1"),
				sample(5000, "chan receive", park, add, "testing.tRunner /usr/local/go/src/testing/testing.go:1"),
			)},
			want: []string{"blocked chan receive at cart.go:12: 5000, rms 5000, grown 0, a 5000"},
		},
		{
			name: "handlers are the user's, who serves them whatever",
			now: []*verify.Instance{instance(t, "a", sample(5000, "sync.Mutex.Lock", park, "internal/sync.runtime_SemacquireMutex /usr/local/go/src/runtime/sema.go:95",
				add, "google.golang.org/grpc.(*Server).handleStream /m/grpc@v1/server.go:1"))},
			want: []string{"blocked sync.Mutex.Lock at cart.go:12: 5000, rms 5000, grown 0, a 5000"},
		},
		{
			name: "a function of the library that the user starts is where that is, if the form tells",
			now: []*verify.Instance{instance(t, "a",
				created(sample(2000, "sync.WaitGroup.Wait", "sync.(*WaitGroup).Wait sync/waitgroup.go:9"), "example.com/shop.Run", "/shop/run.go", 7),
				created(sample(2000, "select", "net/http.(*http2serverConn).serve net/http/h2_bundle.go:9"), "net/http.(*Server).Serve", "net/http/server.go", 7))},
			want: []string{"blocked sync.WaitGroup.Wait at run.go:7: 2000, rms 2000, grown 0, a 2000, created in line 7"},
		},
		{
			name: "proven leaks within the library, and empty selects last",
			now: []*verify.Instance{instance(t, "a", sample(9, "select (no cases) (leaked)", park, add),
				sample(1, "select (leaked)", park, "database/sql.(*DB).connectionOpener /go/src/database/sql/sql.go:9"))},
			want: []string{
				"proven select at proc.go:400: 1, rms 1, grown 0, a 1",
				"proven select (no cases) at cart.go:12: 9, rms 9, grown 0, a 9",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := limits
			if tt.rank != "" {
				l.Rank = tt.rank
			}
			leaks := verify.Services(tt.now, tt.before, l)
			if diff := cmp.Diff(tt.want, lines(leaks)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for i, leak := range leaks {
				if leak.Live.Rank != i+1 {
					t.Errorf("rank %d of leak %d", leak.Live.Rank, i)
				}
			}
		})
	}
}

// Where as many goroutines of a package wait for the network, those that wait otherwise seem to serve the same connections:
// nats-server has two for each client.
func TestOneForEachConnection(t *testing.T) {
	const read, write = "example.com/mq.(*client).readLoop /mq/client.go:9", "example.com/mq.(*client).writeLoop /mq/client.go:99"
	pair := func(readers, writers int) *verify.Instance {
		return instance(t, fmt.Sprint(readers), sample(readers, "IO wait", park, read), sample(writers, "sync.Cond.Wait", park, write), sample(1200, "chan send", park, add))
	}
	for _, tt := range []struct {
		name      string
		instances []*verify.Instance
		want      bool
	}{
		{"as many", []*verify.Instance{pair(1500, 1480), pair(3, 400)}, true},
		{"far fewer", []*verify.Instance{pair(1400, 1500)}, false},
		{"only in one of two", []*verify.Instance{pair(1500, 1500), pair(1000, 1500)}, false},
		{"only in the other", []*verify.Instance{pair(1000, 1500), pair(1500, 1500)}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			leaks := verify.Services(tt.instances, nil, limits)
			if len(leaks) != 2 {
				t.Fatalf("%q", lines(leaks))
			}
			for _, l := range leaks {
				want := tt.want && l.Op == "sync.Cond.Wait"
				f := l.Finding(verify.Places{Elsewhere: true}, t.TempDir())
				said := strings.HasSuffix(f.Message, "; as many wait for the network in (*client).readLoop: there seems to be one for each open connection")
				if said != want || (l.Severity() == rule.Note) != want {
					t.Errorf("severity %q: %s", l.Severity(), f.Message)
				}
			}
			if tt.want && leaks[1].Op != "sync.Cond.Wait" {
				t.Errorf("it is not the last: %q", lines(leaks))
			}
		})
	}
}

// Memory is bounded, whatever a profile says.
func TestTooManyPlaces(t *testing.T) {
	in := new(verify.Instance)
	var err error
	for i := 0; i < 60_000 && err == nil; i++ {
		err = in.Add(sample(1, "chan send", fmt.Sprintf("example.com/a.F /a.go:%d", i)), verify.Places{Elsewhere: true})
	}
	if !errors.Is(err, verify.ErrTooMany) {
		t.Errorf("error %v", err)
	}
}

// Which packages are the standard library's is known without go.
func TestStandardRoots(t *testing.T) {
	text, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	places := verify.Places{Elsewhere: true}
	for pkg := range strings.FieldsSeq(string(text)) {
		for _, file := range []string{"/usr/lib/go/src/" + pkg + "/x.go", pkg + "/x.go", `C:\go\src\` + strings.ReplaceAll(pkg, "/", `\`) + `\x.go`} {
			// The linker writes the dots of a last element so.
			function := pkg[:strings.LastIndexByte(pkg, '/')+1] + strings.ReplaceAll(path.Base(pkg), ".", "%2e") + ".F"
			if f := (stacks.Frame{Func: function, File: file}); !places.Standard(f) {
				t.Errorf("%+v is not of the standard library", f)
			}
		}
	}
	for _, f := range []stacks.Frame{
		{Func: "sync.runtime_SemacquireRWMutexR", File: "runtime/sema.go"},
		{Func: "time.Sleep", File: "/usr/local/go/src/runtime/time.go"},
		{Func: "net._C2func_getaddrinfo", File: "_cgo_gotypes.go"},
	} {
		if !places.Standard(f) {
			t.Errorf("%+v is not of the standard library", f)
		}
	}
	for _, f := range []stacks.Frame{
		{Func: "main.main", File: "/src/main.go"},
		{Func: "example.com/net/http.F", File: "/go/src/example.com/net/http/x.go"},
		{Func: "net/rpcx.F", File: "/home/a/rpcx/x.go"}, // a module with a name of the library's kind
		{Func: "shop/cart.F", File: "shop/cart/x.go"},
	} {
		if places.Standard(f) {
			t.Errorf("%+v is of the standard library", f)
		}
	}
}

// A finding is confirmed wherever the program was built; where the code was another one, the function has to be the same.
func TestJoinElsewhere(t *testing.T) {
	root := t.TempDir()
	dirs := map[string]string{
		"example.com/shop": root, "example.com/lib": filepath.Join(root, "lib"), "gopkg.in/a.v2": filepath.Join(root, "vendor", "a"),
		"example.com/shop/cmd": filepath.Join(root, "cmd"),
	}
	places := verify.Places{
		Elsewhere: true,
		Dir:       func(pkg string) string { return dirs[pkg] },
		Command: func(file string) string {
			if file == "/build/cmd/main.go" {
				return dirs["example.com/shop/cmd"]
			}
			return ""
		},
		Import: func(dir string) string {
			return map[string]string{dirs["example.com/shop/cmd"]: "example.com/shop/cmd"}[dir]
		},
	}
	for _, tt := range []struct {
		name, call     string
		file, function string
		line           int
		want           finding.EvidenceStatus
	}{
		{"built on another machine", "example.com/shop.(*Cart).Add.func1 /build/src/cart.go:12", "cart.go", "(*Cart).Add", 12, finding.Confirmed},
		{"built on Windows", `example.com/shop.(*Cart).Add.func1 C:/build/src/cart.go:12`, "cart.go", "(*Cart).Add", 12, finding.Confirmed},
		{"-trimpath", "example.com/shop.(*Cart).Add.func1 example.com/shop/cart.go:12", "cart.go", "(*Cart).Add", 12, finding.Confirmed},
		{"generic", "example.com/shop.(*Cart[...]).Add.func1 example.com/shop/cart.go:12", "cart.go", "(*Cart).Add", 12, finding.Confirmed},
		{"from the module cache", "example.com/lib.F /go/pkg/mod/example.com/lib@v1.0.0/f.go:3", "lib/f.go", "F", 3, finding.Confirmed},
		{"-trimpath, from the module cache", "example.com/lib.F example.com/lib@v1.0.0/f.go:3", "lib/f.go", "F", 3, finding.Confirmed},
		{"vendored", "gopkg.in/a%2ev2.F /build/vendor/gopkg.in/a.v2/f.go:3", "vendor/a/f.go", "F", 3, finding.Confirmed},
		{"a command", "main.F /build/cmd/main.go:3", "cmd/main.go", "F", 3, finding.Confirmed},
		{"a command, -trimpath", "main.F example.com/shop/cmd/main.go:3", "cmd/main.go", "F", 3, finding.Confirmed},
		{"a command of somebody else", "main.F /elsewhere/main.go:3", "cmd/main.go", "F", 3, finding.NotObserved},
		{"another function in the line", "example.com/shop.(*Cart).Remove /build/src/cart.go:12", "cart.go", "(*Cart).Add", 12, finding.NotObserved},
		{"another line", "example.com/shop.(*Cart).Add.func1 /build/src/cart.go:13", "cart.go", "(*Cart).Add", 12, finding.NotObserved},
		{"another file", "example.com/shop.(*Cart).Add.func1 /build/src/card.go:12", "cart.go", "(*Cart).Add", 12, finding.NotObserved},
		{"another package", "example.com/other.(*Cart).Add.func1 /build/src/cart.go:12", "cart.go", "(*Cart).Add", 12, finding.NotObserved},
	} {
		t.Run(tt.name, func(t *testing.T) {
			leaks := verify.Services([]*verify.Instance{instance(t, "a", sample(1, "chan send (leaked)", park, tt.call))}, nil, limits)
			report := &finding.Report{Root: root, Findings: []finding.Finding{{Code: "CL1001", Family: "goroutines", Function: tt.function,
				Range: finding.Range{File: tt.file, Line: tt.line, Column: 3}}}}
			rest := verify.Join(report, leaks, places)
			e := report.Findings[0].Evidence
			if e.Status != tt.want || (len(rest) == 0) != (tt.want == finding.Confirmed) {
				t.Errorf("%+v, %d others", e, len(rest))
			}
		})
	}
	leaks := verify.Services([]*verify.Instance{instance(t, "a", sample(1, "chan send (leaked)", park, "main.F /build/cmd/main.go:3"))}, nil, limits)
	if f := leaks[0].Finding(places, root); f.Package != "example.com/shop/cmd" || f.File != "cmd/main.go" || f.Code != verify.CodeProven {
		t.Errorf("%+v", f)
	}
}

// What programs read of instances.
func TestLiveEvidence(t *testing.T) {
	var now, before []*verify.Instance
	for i := range 12 {
		now = append(now, instance(t, fmt.Sprintf("http://shop-%d", i), sample(1000+i, "chan send", park, add)))
		before = append(before, instance(t, "", sample(500, "chan send", park, add)))
	}
	leaks := verify.Services(now, before, limits)
	f := leaks[0].Finding(verify.Places{Elsewhere: true}, t.TempDir())
	if f.Code != verify.CodeBlocked || !strings.HasPrefix(f.Message, "12066 goroutines wait in (*Cart).Add of example.com/shop: each sends on a channel; in 12 of 12 instances; 6066 more than before; ") {
		t.Errorf("%s %s", f.Code, f.Message)
	}
	e := f.Evidence
	if e.Class != "blocked" || e.OfInstances != 12 || len(e.Instances) != 10 || e.MoreInstances != 2 || *e.Before != 6000 || e.Rank != 1 || e.RootMeanSquare != 1005.5 ||
		e.Instances[0].Instance != "http://shop-11" || e.Instances[0].Goroutines != 1011 || *e.Instances[0].Before != 500 {
		t.Errorf("%+v", e)
	}
	// The order of instances changes nothing but itself.
	slices.Reverse(now)
	if again := verify.Services(now, before, limits)[0].Finding(verify.Places{Elsewhere: true}, t.TempDir()); again.Message != f.Message || again.Fingerprint != f.Fingerprint {
		t.Errorf("%s", again.Message)
	}
}
