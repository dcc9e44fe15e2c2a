package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// shop is a service that leaves goroutines: a replaced module holds them, a package that is found to, and the command itself.
const shop = `
-- go.mod --
module corp.example/shop

go 1.25

require corp.example/lib v1.2.3

replace corp.example/lib => ./lib
-- lib/go.mod --
module corp.example/lib

go 1.25
-- lib/lib.go --
package lib

import "sync"

// Hold waits for a lock.
func Hold(mu *sync.Mutex) {
	mu.Lock()
	mu.Unlock()
}
-- cart/cart.go --
package cart

import "context"

// Price leaves its goroutine behind where ctx ends first.
func Price(ctx context.Context, start chan bool) int {
	result := make(chan int)
	go func() {
		<-start
		result <- 1
	}()
	select {
	case n := <-result:
		return n
	case <-ctx.Done():
		return 0
	}
}
-- cmd/shop/main.go --
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"strconv"
	"sync"
	"time"

	"corp.example/lib"
	"corp.example/shop/cart"
)

var events = make(chan int)

func main() {
	time.AfterFunc(time.Hour, func() { os.Exit(1) })
	n, _ := strconv.Atoi(os.Args[1])
	done, cancel := context.WithCancel(context.Background())
	cancel()
	start := make(chan bool)
	for range n {
		cart.Price(done, start)
	}
	close(start)
	var mu sync.Mutex
	mu.Lock()
	for range n / 2 {
		go lib.Hold(&mu)
	}
	http.HandleFunc("/more", func(w http.ResponseWriter, r *http.Request) {
		for range n {
			go wait()
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, nil)
	fmt.Println(l.Addr())
	io.Copy(io.Discard, os.Stdin)
	mu.Unlock()
}

func wait() {
	events <- 1
}
`

// service builds the shop with flags and environment, starts it with so many goroutines, and returns its address. It ends
// with the test, or by itself.
func service(t *testing.T, dir, goroutines string, flags []string, env ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "shop.exe")
	build := command(dir, "go", append(append([]string{"build", "-o", program}, flags...), "./cmd/shop")...)
	build.Env = append(build.Env, env...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, goroutines)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + strings.TrimSpace(line)
}

// profile gets a profile of a service into a file.
func profile(t *testing.T, address, query string) string {
	t.Helper()
	resp, err := http.Get(address + "/debug/pprof/" + query)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v, %s", err, resp.Status)
	}
	name := filepath.Join(t.TempDir(), "profile")
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// anonymous leaves out what differs from run to run.
func anonymous(text, address string) string {
	return regexp.MustCompile(`(?m)(; (give|if they)|in \S*profile$).*`).ReplaceAllString(strings.ReplaceAll(text, address, "http://SHOP"), "")
}

// skipIfProven skips a test about services whose leaks are not proven: with Go 1.27, where every service has a leak profile,
// they are (TestVerifyProfileProven).
func skipIfProven(t *testing.T) {
	t.Helper()
	if pprof.Lookup("goroutineleak") != nil {
		t.Skip("this Go proves what the services leave")
	}
}

// What is said of a real service is the same however it was built and whatever form its profile has.
func TestVerifyProfile(t *testing.T) {
	skipIfProven(t)
	t.Parallel()
	dir := module(t, shop)
	const found = `cart/cart.go:10:3: CL1001 the send on result blocks for ever: Price can return without receiving from result
    1 started here (cart/cart.go:8:2)
    2 goes on here (cart/cart.go:15:7)
    3 returns here (cart/cart.go:16:3)
    4 (goroutine 2) blocks here for ever (cart/cart.go:10:3)
`
	builds := map[string][]string{"plain": nil}
	if os.Getenv("CLOUDLINT_PROFILE") != "" { // of .ci/full: these compile the standard library
		builds["trimmed"], builds["without optimisation"] = []string{"-trimpath"}, []string{"-gcflags=all=-N -l"}
	}
	for name, flags := range builds {
		t.Run(name, func(t *testing.T) {
			address := service(t, dir, "2400", flags)
			wait(t, address, 3600)
			const held = "lib/lib.go:7: CL1903 1200 goroutines wait in Hold: each locks a mutex\n"
			want := found + "    run: confirmed: 2400 goroutines in one place (chan send): 2400 in http://SHOP\n" +
				held + "    1 Hold: it locks a mutex (lib/lib.go:7)\n    run: seen in the service: 1200 goroutines in one place (sync.Mutex.Lock): 1200 in http://SHOP\n"
			r := cloudlint(t, dir, "verify", "profile", address)
			if diff := cmp.Diff(want, anonymous(r.stdout, address)); diff != "" || r.status != 1 {
				t.Errorf("exit status %d (-want +got):\n%s\n%s", r.status, diff, r.stderr)
			}
			r = cloudlint(t, dir, "verify", "profile", "--stacks", address+"/debug/pprof/")
			stacks := strings.Replace(want, "    1 Hold:", "    1 main starts the goroutine (cmd/shop/main.go:34)\n    2 (goroutine 2) Hold:", 1)
			if diff := cmp.Diff(stacks, anonymous(r.stdout, address)); diff != "" || r.status != 1 {
				t.Errorf("with stacks: exit status %d (-want +got):\n%s\n%s", r.status, diff, r.stderr)
			}
			for _, debug := range []string{"0", "1", "2"} {
				file := profile(t, address, "goroutine?debug="+debug)
				r := cloudlint(t, dir, "verify", "profile", file)
				got := anonymous(r.stdout, address)
				if !strings.HasPrefix(got, found+"    run: confirmed: 2400 goroutines in one place") || !strings.Contains(got, held) || strings.Count(got, ": CL") != 2 || r.status != 1 {
					t.Errorf("debug=%s: exit status %d\n%s\n%s", debug, r.status, r.stdout, r.stderr)
				}
			}
		})
	}
}

// A vendored module's code is that of the vendor folder.
func TestVerifyProfileVendored(t *testing.T) {
	skipIfProven(t)
	t.Parallel()
	dir := module(t, shop)
	if out, err := command(dir, "go", "mod", "vendor").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	address := service(t, dir, "2400", nil)
	wait(t, address, 3600)
	r := cloudlint(t, dir, "verify", "profile", address)
	if r.status != 1 || !strings.Contains(r.stdout, "\nvendor/corp.example/lib/lib.go:7: CL1903 1200 goroutines wait in Hold: ") || !strings.Contains(r.stdout, "    run: confirmed: 2400 ") {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// wait waits until a service has its goroutines where they stay.
func wait(t *testing.T, address string, goroutines int) {
	t.Helper()
	if !until(func() bool {
		data, err := os.ReadFile(profile(t, address, "goroutine?debug=2"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(data), " [chan send")+strings.Count(string(data), " [sync.Mutex.Lock") >= goroutines
	}) {
		t.Fatal("the service does not come to rest")
	}
}

// Several instances, two looks, several forms: ranks, numbers, exit status.
func TestVerifyProfileOfSeveral(t *testing.T) {
	skipIfProven(t)
	t.Parallel()
	dir := module(t, shop)
	a, b := service(t, dir, "1100", nil), service(t, dir, "10", nil)
	wait(t, a, 1650)
	wait(t, b, 15)
	before := []string{profile(t, a, "goroutine?debug=1"), profile(t, b, "goroutine")}
	before = append(before, profile(t, a, "goroutine"))
	if resp, err := http.Get(a + "/more"); err != nil {
		t.Fatal(err)
	} else {
		resp.Body.Close()
	}
	wait(t, a, 2750)

	r := cloudlint(t, dir, "verify", "profile", "--format", "json", "--rank", "growth", "--before", before[2], "--before", before[1], a, b)
	report := new(finding.Report)
	if err := json.Unmarshal([]byte(r.stdout), report); err != nil || r.status != 1 {
		t.Fatalf("%v, exit status %d\n%s", err, r.status, r.stderr)
	}
	var got []string
	for _, f := range report.Findings {
		e := f.Evidence
		text, err := json.Marshal([]any{f.File, f.Line, f.Code, f.Package, e.Status, e.Class, e.Goroutines, *e.Before, e.OfInstances, e.Instances, e.Rank})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.ReplaceAll(strings.ReplaceAll(string(text), a, "A"), b, "B"))
	}
	want := []string{
		`["cart/cart.go",10,"CL1001","corp.example/shop/cart","confirmed","blocked",1110,1110,2,[{"instance":"A","goroutines":1100,"before":1100},{"instance":"B","goroutines":10,"before":10}],2]`,
		`["cmd/shop/main.go",52,"CL1903","corp.example/shop/cmd/shop","runtime-only","blocked",1100,0,2,[{"instance":"A","goroutines":1100,"before":0}],1]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r = cloudlint(t, dir, "verify", "profile", "--no-lint", "--rank", "growth", "--before", before[2], "--before", before[1], a, b)
	if !strings.Contains(r.stdout, "main.go:52: CL1903 1100 goroutines wait in wait: each sends on a channel; in 1 of 2 instances; 1100 more than before; ") ||
		strings.Count(r.stdout, ": CL1903 ") != 2 || strings.Index(r.stdout, "main.go:52") > strings.Index(r.stdout, "cart.go:10") {
		t.Errorf("what grew most comes first:\n%s", r.stdout)
	}
	// What is within the limits is no finding, and what cannot be read does not hide the others.
	cloudlint(t, dir, "verify", "profile", "--no-lint", b).want(t, 0)
	r = cloudlint(t, dir, "verify", "profile", "--no-lint", "--timeout", "20s", a, "http://127.0.0.1:1", "nowhere")
	if r.status != 3 || strings.Count(r.stdout, ": CL1903 ") != 2 || !strings.Contains(r.stdout, "nowhere: there is no such file") || !strings.Contains(r.stdout, "http://127.0.0.1:1: dial tcp") {
		t.Errorf("exit status %d\n%s", r.status, r.stdout)
	}
	// A second look at the service itself.
	r = cloudlint(t, dir, "verify", "profile", "--no-lint", "--min", "100000", "--again", "10ms", a)
	if r.status != 0 || !strings.Contains(r.stderr, "read once, the second time in 10ms") {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	// Standard input, outside any module.
	file, err := os.Open(before[2])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := command(t.TempDir(), binary, "verify", "profile", "-")
	cmd.Stdin = file
	r = execute(t, cmd)
	if r.status != 1 || !strings.Contains(r.stdout, "1100 in standard input") {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// A leak profile that Go 1.27 has written: proven, with the code of the service at hand or without it.
func TestVerifyProfileProven(t *testing.T) {
	leaks, err := filepath.Abs("../../internal/verify/profiles/testdata/go1.27/goroutineleak.pb.gz")
	if err != nil {
		t.Fatal(err)
	}
	r := cloudlint(t, t.TempDir(), "verify", "profile", leaks)
	if r.status != 4 || !strings.Contains(r.stdout, "cart.go:14: CL1901 a goroutine waits for ever in Price") {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := cloudlint(t, t.TempDir(), "verify", "profile", "--exit-zero", leaks); r.status != 0 {
		t.Errorf("--exit-zero: exit status %d", r.status)
	}
	dir := module(t, `
-- go.mod --
module example.com/shop

go 1.26
-- .cloudlint.yml --
version: 1
severity:
  CL1901: note
-- cart/cart.go --
package cart
`)
	if r := cloudlint(t, dir, "verify", "profile", "--no-lint", leaks); r.status != 0 || !strings.Contains(r.stdout, "CL1901") {
		t.Errorf("a note: exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

func TestVerifyProfileUsage(t *testing.T) {
	dir := t.TempDir()
	for want, args := range map[string][]string{
		"name the services or the files":               nil,
		"--no-lint compares with no findings, and ./x": {"--no-lint", "a", "--", "./x"},
		"--before names 1 of 2 instances":              {"--before", "a", "b", "c"},
		"--again reads twice":                          {"--again", "1s", "a"},
		"a is named twice":                             {"a", "a"},
		"http://h is named twice":                      {"http://user:secret@h/?token=secret", "http://user:secret@h/?token=secret"},
		"standard input has one profile":               {"--before", "-", "-"},
		"give one of them":                             {"--again", "1s", "--before", "a", "http://b"},
		"at least 1":                                   {"--min", "0", "a"},
		"more than nothing":                            {"--timeout", "0s", "a"},
	} {
		r := cloudlint(t, dir, append([]string{"verify", "profile"}, args...)...)
		r.wantError(t, 2, want)
		if strings.Contains(r.stderr, "secret") {
			t.Error(r.stderr)
		}
	}
}

// Leak profiles of real services, built as CLOUDLINT_PROFILE says: variables of the environment, with blanks between them.
// .ci/full does so for Go 1.26 with the experiment and for the newest Go, for which the standard library is compiled.
func TestVerifyProfileLeaks(t *testing.T) {
	env := strings.Fields(os.Getenv("CLOUDLINT_PROFILE"))
	if len(env) == 0 {
		t.Skip("CLOUDLINT_PROFILE is not set: .ci/full profile runs it")
	}
	dir := module(t, shop)
	for _, flags := range [][]string{nil, {"-trimpath"}} {
		address := service(t, dir, "20", flags, env...)
		wait(t, address, 30)
		files := []string{address, profile(t, address, "goroutineleak?debug=0"), profile(t, address, "goroutineleak?debug=1"), profile(t, address, "goroutineleak?debug=2")}
		for _, source := range files {
			r := cloudlint(t, dir, "verify", "profile", source)
			t.Logf("%s %v %s: exit status %d\n%s%s", env, flags, source, r.status, r.stdout, r.stderr)
			if r.status != 4 || strings.Count(r.stdout, ": CL") != 1 || !strings.Contains(r.stdout, "run: confirmed: 20 goroutines that can never go on") {
				t.Errorf("the leak of Price, and nothing else, is confirmed")
			}
		}
	}
}
