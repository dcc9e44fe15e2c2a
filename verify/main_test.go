package verify_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

// An m runs what stands for a package's tests.
type m struct {
	code int
	body func()
}

func (m m) Run() int { m.body(); return m.code }

// runChild is what this program does when a test has started it again.
func runChild(tests *testing.M, child string) int {
	switch child {
	case "sleep":
		time.Sleep(300 * time.Millisecond)
		return 0
	case "clean":
		return verify.Run(m{0, func() {}}, quick)
	case "leak":
		return verify.Run(m{0, func() { leakOne(); leakOne() }}, quick)
	case "fail":
		return verify.Run(m{3, leakOne}, quick)
	case "timer":
		return verify.Run(m{0, func() {
			fired := make(chan bool)
			time.AfterFunc(0, func() { leakTimer(fired) })
			<-fired
		}}, quick)
	case "setup": // what TestMain starts is its own, and that it goes on
		requests := make(chan chan bool)
		go func() {
			for done := range requests {
				go func(done chan bool) { close(done); time.Sleep(time.Hour) }(done)
			}
		}()
		return verify.Run(m{0, func() { done := make(chan bool); requests <- done; <-done }}, quick)
	case "handler": // of a server that TestMain has started
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leakOne() }))
		defer server.Close()
		client := &http.Client{Transport: new(http.Transport)} // its connection stays, idle
		return verify.Run(m{0, func() {
			if resp, err := client.Get(server.URL); err == nil {
				resp.Body.Close()
			}
		}}, quick)
	case "flags": // the real tests of this program: those that -test.run names
		verify.Main(tests, quick)
	}
	fmt.Println("unknown:", child)
	return 99
}

func leakTimer(fired chan bool) {
	close(fired)
	<-make(chan int)
}

func child(t *testing.T, name string, args ...string) (code int, output string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "VERIFY_CHILD="+name)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name string
		code int
		want string // a regular expression of the whole output's begin
	}{
		{"clean", 0, `^$`},
		{"leak", 1, `^verify: the tests leave 2 goroutines.*\n2 goroutines.*: chan send\n  in .*verify_test\.leakSend \(.*\n  started in .*verify_test\.leakOne \(`},
		{"fail", 3, `^$`},
		{"timer", 1, `leaves? 1 goroutine.*\n.*: chan receive\n  in .*verify_test\.leakTimer`},
		{"setup", 0, `^$`},
		{"handler", 1, `leave 1 goroutine.*\n.*: chan send`},
	} {
		test := test
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			code, output := child(t, test.name)
			if code != test.code || !regexp.MustCompile(test.want).MatchString(output) {
				t.Errorf("status %d, want %d; output, which should match %s:\n%s", code, test.code, test.want, output)
			}
		})
	}
}

// Flags are read when tests begin: -test.list runs nothing, -test.run one test, whose failure is the status.
func TestMainFlags(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-test.list=^TestInnerLeak$"}, 0, "TestInnerLeak"},
		{[]string{"-test.run=^TestInnerLeak$"}, 1, "PASS\nverify: the tests leave 1 goroutine"},
		{[]string{"-test.run=^TestInnerLeak$", "-test.short"}, 0, "PASS"},
		{[]string{"-test.run=^TestInnerFailure$"}, 1, "--- FAIL: TestInnerFailure"},
		{[]string{"-test.nosuch"}, 2, "flag provided but not defined"},
	} {
		code, output := child(t, "flags", test.args...)
		if code != test.code || !strings.Contains(output, test.want) {
			t.Errorf("%v: status %d, want %d with %q; output:\n%s", test.args, code, test.code, test.want, output)
		}
		if strings.Contains(test.want, "FAIL") && strings.Contains(output, "verify:") {
			t.Errorf("%v: leaks of a failed run are told of:\n%s", test.args, output)
		}
	}
}

func TestInnerLeak(t *testing.T) {
	if os.Getenv("VERIFY_CHILD") == "flags" && !testing.Short() {
		leakOne()
	}
}

func TestInnerFailure(t *testing.T) {
	if os.Getenv("VERIFY_CHILD") == "flags" {
		leakOne()
		t.Fail()
	}
}
