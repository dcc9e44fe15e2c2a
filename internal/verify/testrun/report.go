package testrun

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// A Reason says why a report was written.
type Reason string

const (
	Start   Reason = "start"   // tests begin
	Watch   Reason = "watch"   // they run
	Timeout Reason = "timeout" // they took longer than -timeout
	Forced  Reason = "witness" // all steps of a witness were taken
	End     Reason = "end"     // they have ended
)

// Last reports whether nothing more is to come from a run of tests.
func (r Reason) Last() bool { return r == Timeout || r == Forced || r == End }

// A Report is what one process wrote about its goroutines.
type Report struct {
	Package    string // the import path that is tested
	Process    int
	Run        int // the nth call of (*testing.M).Run
	Reason     Reason
	Tests      map[int]string // the names of the tests that goroutines ran, by their ids
	Goroutines []*stacks.Goroutine
	Steps      int      // of a witness that is forced: how many were come to in their order
	Samples    *Samples // nil: none were wanted, or there were no goroutines
}

// readAll reads the reports in a folder, in the order in which each process wrote them. lost counts those that cannot be
// read.
func readAll(dir string) (reports []*Report, lost int, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.report"))
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(names, func(a, b string) int {
		return slices.Compare(numbers(a), numbers(b))
	})
	for _, name := range names {
		r, err := readFile(name)
		if err != nil {
			lost++
			continue
		}
		reports = append(reports, r)
	}
	return reports, lost, nil
}

// numbers are the process and the number in the name of a report.
func numbers(name string) []int {
	var list []int
	for _, part := range strings.Split(strings.TrimSuffix(filepath.Base(name), ".report"), "-") {
		n, _ := strconv.Atoi(part)
		list = append(list, n)
	}
	return list
}

func readFile(name string) (*Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// read reads one report.
func read(file io.Reader) (*Report, error) {
	in := bufio.NewReader(file)
	r := &Report{Tests: make(map[int]string)}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch key {
		case "cloudlint":
			if value != "verify 1" {
				return nil, fmt.Errorf("%s is no version of a report", value)
			}
		case "package":
			r.Package, err = strconv.Unquote(value)
		case "process":
			r.Process, err = strconv.Atoi(value)
		case "run":
			r.Run, err = strconv.Atoi(value)
		case "witness":
			r.Steps, err = strconv.Atoi(value)
		case "reason":
			r.Reason = Reason(value)
		case "test":
			id, name, _ := strings.Cut(value, " ")
			var n int
			if n, err = strconv.Atoi(id); err == nil {
				r.Tests[n], err = strconv.Unquote(name)
			}
		case "site", "ended", "sample", "span", "open":
			if r.Samples == nil {
				r.Samples = new(Samples)
			}
			err = r.Samples.line(key, value)
		case "stacks":
			if r.Samples != nil {
				if len(r.Samples.List) == 0 {
					return nil, errShort
				}
				r.Samples.end()
			}
			err := stacks.Read(in, func(g *stacks.Goroutine) { r.Goroutines = append(r.Goroutines, g) })
			if errors.Is(err, stacks.ErrNone) {
				err = nil
			}
			return r, err
		default:
			return nil, fmt.Errorf("%q is no line of a report", key)
		}
		if err != nil {
			return nil, err
		}
	}
}

// interval is how often to look for reports while tests run.
const interval = time.Second

// watch calls told with reports that tests write while they run, until stop is called.
func watch(dir string, told func(*Report)) (stop func()) {
	if told == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		seen := make(map[string]bool)
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			names, _ := filepath.Glob(filepath.Join(dir, "*.report")) // the pattern is a good one
			for _, name := range names {
				if seen[name] {
					continue
				}
				seen[name] = true
				if r, err := readFile(name); err == nil && r.Reason == Watch {
					told(r)
				}
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
