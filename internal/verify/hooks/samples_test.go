package hooks

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What samples.go.txt needs of package testing, and a program that tries it.
const samplerProgram = `
package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

type highPrecisionTime struct{}

func highPrecisionTimeSince(highPrecisionTime) time.Duration { return time.Second }

type common struct {
	name       string
	isSynctest bool
	start      highPrecisionTime
}

var (
	running    sync.Map
	clSampling = true
	timeout    = new(time.Duration)
)

// dump is what the runtime prints of who asks and of n goroutines of each site.
func dump(n ...int) string {
	var b strings.Builder
	stack := func(site int) {
		fmt.Fprintf(&b, "goroutine 7 [chan send]:\nmain.wait(0x1)\n\t/src/a.go:1 +0x1\ncreated by main.start%d in goroutine 1\n\t/src/a b.go:%d +0x2f\n\n", site, site)
	}
	stack(99)
	for site, n := range n {
		for range n {
			stack(site)
		}
	}
	return b.String() + "goroutine 1 [running]:\nmain.main()\n\t/src/a.go:1 +0x1\n"
}

func main() {
	s := clSamples
	s.begin = time.Now()
	switch os.Args[1] {
	case "many": // samples: the gaps between those that are kept stay alike
		for i := range 1000 {
			if i == 500 {
				s.most = 12345
			}
			s.add(time.Duration(i)*time.Millisecond, dump(1, 2*i+1, 0, i%2))
		}
		widest, most := time.Duration(0), 0
		for i, sample := range s.samples {
			most = max(most, sample.most)
			if int(sample.counts[1]) != 2*int(sample.at/time.Millisecond)+1 {
				fmt.Println(sample.at, sample.counts)
			}
			if i > 0 {
				widest = max(widest, sample.at-s.samples[i-1].at)
				if sample.at <= s.samples[i-1].at {
					fmt.Println("not in the order of time")
				}
			}
		}
		fmt.Println(len(s.samples), s.samples[0].at, s.samples[len(s.samples)-1].at, most, widest < 40*time.Millisecond)
	case "sites": // more than are counted
		s.begin = time.Now().Add(-time.Minute)
		n := make([]int, 5000)
		for i := range n {
			n[i] = 20
		}
		s.add(0, dump(n...))
		s.add(time.Second, dump(n...))
		total := 0
		for _, n := range s.samples[1].counts {
			total += int(n)
		}
		fmt.Println(len(s.names), total, strings.Count(s.report(dump(1)), "site \""))
	case "report": // of the sites that are there still, with tests that have ended and one that has not
		s.begin = time.Now().Add(-time.Hour)
		s.ended = 2 * time.Second
		s.add(time.Second, dump(3, 2, 1))
		s.spans = []clSpan{{"TestA", 5 * time.Millisecond, 70 * time.Millisecond}}
		running.Store("TestB/sub", highPrecisionTime{})
		for _, line := range strings.Split(s.report(dump(4, 0, 1)), "\n") {
			fields := strings.SplitN(line, " ", 3)
			for i, f := range fields { // times that pass meanwhile
				if i == 1 && strings.HasPrefix(f, "3") && len(f) == 10 {
					fields[i] = f[:1] + "..."
				}
			}
			fmt.Println(strings.Join(fields, " "))
		}
		fmt.Print(s.report("") == "")
	case "budget":
		s.start()
		defer s.stop()
		taken := 0
		s.spent = time.Hour // as if samples had been very dear
		for range 100 {
			before := len(s.samples)
			clRan("Test", clNow())
			taken += len(s.samples) - before
		}
		s.mu.Lock()
		s.spent, s.each = 0, time.Hour // goroutines that would take too long to look at
		s.sample(1)
		fmt.Println(taken, s.most > 0, s.each < time.Hour, len(s.spans))
		s.mu.Unlock()
	}
}
`

// The sampler keeps few samples, evenly spread, and says what there is to say of sites that matter.
func TestSampler(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":     "module sampler\n\ngo 1.26\n",
		"main.go":    samplerProgram,
		"samples.go": strings.Replace(samplesFile, "\npackage testing\n", "\npackage main\n", 1),
	} {
		if err := writeOnce(filepath.Join(dir, name), text); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "sampler")
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("go", "build", "-o", program, ".")
	for _, test := range []struct{ name, want string }{
		{"many", "64 0s 999ms 12345 true"},
		{"sites", "4096 81920 1"},
		{"report", `site "main.start0" "/src/a b.go:0"
site "main.start2" "/src/a b.go:2"
ended 2000000
sample 1000000 0 0:3 1:1
sample 3... 0 0:4 1:1
span 5000 70000 "TestA"
open 3... "TestB"

true`},
		{"budget", "0 true true 100"},
	} {
		if got := run(program, test.name); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}
