package explore

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The bounds of the comparison.
const (
	differentialSeed     = 4
	differentialPrograms = 60
	differentialRuns     = 200  // of each program at a time
	differentialMost     = 4000 // runs to find one where an operation is stuck that the explorer says may be
)

// The manners in which goroutines of a run let others go first.
const (
	anyPace   = -1
	turnsPace = 5 // one at a time, by random priorities or as a script says
)

// Disagreements are programs of which the explorer and the runs once said different things.
var disagreements = []origin{
	{seed: 202, n: 71}, // stuck only if a goroutine is stopped between two operations that do not block
	{21, 47, true},     // stuck only if io.EOF were the same as io.ErrClosedPipe
	{23, 35, true},     // the same
}

// An origin is what a program is generated from.
type origin struct {
	seed, n uint64
	pipes   bool
}

var differentialBudget = Budget{States: 40_000, Steps: 1_500_000}

// An outcome is what became of the runs of a program, as testdata/differential/harness.go.txt prints it.
type outcome struct {
	Runs, Panicked, Stuck int
	Lines                 map[int]int
	Unsettled             bool
}

func (o *outcome) add(more outcome) {
	o.Runs += more.Runs
	o.Panicked += more.Panicked
	o.Stuck += more.Stuck
	o.Unsettled = o.Unsettled || more.Unsettled
	for line, n := range more.Lines {
		o.Lines[line] += n
	}
}

// TestDifferential compares what the explorer says of generated programs with what really happens when they run. The
// programs have no unknowns: what the explorer says is stuck must be stuck in some run, and if one is ever stuck, the
// explorer, if it could follow all paths, must know of it.
//
// CLOUDLINT_DIFFERENTIAL is the number of programs of a longer test, CLOUDLINT_SEED its seed.
func TestDifferential(t *testing.T) { differ(t, differentialPrograms, false) }

// TestDifferentialPipes is TestDifferential for programs with pipes of package io.
func TestDifferentialPipes(t *testing.T) { differ(t, differentialPrograms/2, true) }

// differ compares n programs.
func differ(t *testing.T, n int, pipes bool) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs programs many times")
	}
	seed := uint64(differentialSeed)
	if s := os.Getenv("CLOUDLINT_DIFFERENTIAL"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	if s := os.Getenv("CLOUDLINT_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	programs := slices.DeleteFunc(slices.Clone(disagreements), func(o origin) bool { return o.pipes != pipes })
	for i := range n {
		programs = append(programs, origin{seed, uint64(i), pipes})
	}
	d := newDifferential(t, programs)
	for i := range programs {
		d.compare(t, i)
	}
	t.Logf("%d programs, %d runs, %d operations called stuck; stuck both ways %d, never %d; not followed to the end %d (stuck in a run but not found %d); not settled %d; times run again %d",
		len(programs), d.runs, d.operations, d.stuck, d.free, d.bounded, d.beyond, d.unsettled, d.rare)
	if d.stuck == 0 || d.free == 0 {
		t.Error("the programs are all alike")
	}
}

// A differential compares programs.
type differential struct {
	*program
	programs []origin

	source string // as the explorer reads it
	binary string
	render *renderer

	runs, operations, stuck, free, bounded, beyond, unsettled, rare int
}

func newDifferential(t *testing.T, programs []origin) *differential {
	t.Helper()
	n := len(programs)
	dir := t.TempDir()
	r := newRenderer()
	var names strings.Builder
	for i, o := range programs {
		r.program(i, generate(o))
		fmt.Fprintf(&names, "P%d, ", i)
	}
	r.from = append(r.from, r.line)
	var lines strings.Builder
	for i := range n {
		lines.WriteString("{")
		for _, l := range r.marked {
			if r.from[i] <= l && l < r.from[i+1] {
				fmt.Fprintf(&lines, "%d, ", l)
			}
		}
		lines.WriteString("},\n")
	}
	fmt.Fprintf(&r.run, "var programs = []func(*run, int){%s}\n\nvar lines = [][]int32{\n%s}\n", names.String(), lines.String())

	harness, err := os.ReadFile("testdata/differential/harness.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"read/p.go": r.read.String(), "run/go.mod": "module programs\n\ngo 1.26\n", "run/main.go": string(harness), "run/programs.go": r.run.String(),
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	d := &differential{programs: programs, source: r.read.String(), render: r, binary: filepath.Join(dir, "programs.exe")}
	build := exec.Command("go", "build", "-o", d.binary, ".")
	build.Dir = filepath.Join(dir, "run")
	build.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off", "GOTOOLCHAIN=local")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	d.program = load(t, filepath.Join(dir, "read/p.go"))
	return d
}

// execute runs program i many times. The scale is how long goroutines are held up, in milliseconds.
func (d *differential) execute(t *testing.T, i, scale, pace int, script string) outcome {
	t.Helper()
	out, err := exec.Command(d.binary, "-p", strconv.Itoa(i), "-runs", strconv.Itoa(differentialRuns),
		"-scale", strconv.Itoa(scale), "-pace", strconv.Itoa(pace), "-script", script).Output()
	if err != nil {
		var e *exec.ExitError
		if errors.As(err, &e) {
			out = e.Stderr
		}
		t.Fatalf("program %d: %v\n%.2000s\n%s", i, err, out, d.text(i))
	}
	var o outcome
	if err := json.Unmarshal(out, &o); err != nil {
		t.Fatalf("program %d: %v", i, err)
	}
	return o
}

// compare runs program i and explores it.
func (d *differential) compare(t *testing.T, i int) {
	t.Helper()
	found, stats := Root(d.Program, d.Func(d.pkg.Func(fmt.Sprintf("P%d", i))), differentialBudget)
	claimed := make(map[int]Stuck) // by the line, with how it comes to that
	for _, s := range found {
		for _, at := range append([]Stuck{s}, s.With...) {
			if line := d.line(at.Pos); claimed[line].Steps == nil {
				claimed[line] = s
			}
		}
	}
	all := d.execute(t, i, 1, anyPace, "")
	missing := func() (out []int) {
		for _, at := range slices.Sorted(maps.Keys(claimed)) {
			if all.Lines[at] == 0 {
				out = append(out, at)
			}
		}
		return out
	}
	for m := missing(); len(m) > 0 && all.Runs < differentialMost; m = missing() {
		d.rare++
		round := all.Runs / differentialRuns
		if round%3 == 0 {
			all.add(d.execute(t, i, 1+round/3%4, anyPace, ""))
		} else {
			all.add(d.execute(t, i, 1+round/3%4, turnsPace, d.script(claimed[m[round%len(m)]])))
		}
	}
	d.runs += all.Runs
	d.operations += len(claimed)
	complete := stats.Finished && stats.Dropped == 0
	switch {
	case all.Unsettled:
		d.unsettled++
		return
	case !complete:
		d.bounded++
	case all.Stuck > 0:
		d.stuck++
	default:
		d.free++
	}
	if m := missing(); len(m) > 0 {
		t.Errorf("program %+v: the explorer says that lines %v may be stuck, and no run is (%+v, %+v)\n%s", d.programs[i], m, all, stats, d.text(i))
	}
	if all.Stuck > 0 && len(claimed) == 0 {
		if !complete {
			d.beyond++
			return
		}
		t.Errorf("program %+v: stuck in %d runs of %d, and the explorer does not know (%+v, %+v)\n%s", d.programs[i], all.Stuck, all.Runs, all, stats, d.text(i))
	}
}

// line is that of an operation, as the programs tell it.
func (d *differential) line(pos token.Pos) int {
	at := d.fset.Position(pos).Line
	if of, ok := d.render.alias[at]; ok {
		return of
	}
	return at
}

// script writes down in which order the goroutines went on, for the runs to do it alike.
func (d *differential) script(s Stuck) string {
	var out []string
	for _, st := range s.Steps {
		if st.What != "return" {
			out = append(out, fmt.Sprintf("%d:%d", st.Goroutine, d.line(st.Pos)))
		}
	}
	return strings.Join(out, ",")
}

// text returns the source of program i, with the lines' numbers.
func (d *differential) text(i int) string {
	var b strings.Builder
	lines := strings.Split(d.source, "\n")
	for l := d.render.from[i]; l < d.render.from[i+1]; l++ {
		fmt.Fprintf(&b, "%5d %s\n", l, lines[l-1])
	}
	return b.String()
}
