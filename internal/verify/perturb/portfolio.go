package perturb

import (
	"fmt"
	"strconv"
	"strings"
)

// A Way is how a run is made to differ.
type Way string

const (
	Plain Way = "plain" // it is not
	Race  Way = "race"  // the race detector, which also makes the scheduler choose at random
	Sleep Way = "sleep" // short sleeps at half of the sites
	Site  Way = "site"  // one long sleep, at one or two sites
	Yield Way = "yield" // the processor is handed on at half of the sites
	Stack Way = "stack" // each call may be preempted (-d=maymorestack)
)

// ways lists the ways that can be asked for.
func ways() []Way { return []Way{Plain, Race, Sleep, Site, Yield, Stack} }

// injects reports whether a way needs calls in the user's packages.
func (w Way) injects() bool { return w == Sleep || w == Site || w == Yield }

// A Run is one of a portfolio.
type Run struct {
	Way  Way
	Seed int
}

// String returns the run's name, which Parse reads.
func (r Run) String() string { return fmt.Sprintf("%s:%d", r.Way, r.Seed) }

// Parse reads the name of a run, or several with commas between.
func Parse(text string) ([]Run, error) {
	var runs []Run
	for _, name := range strings.Split(text, ",") {
		way, seed, _ := strings.Cut(name, ":")
		r := Run{Way: Way(way)}
		known := false
		var names []string
		for _, w := range ways() {
			known = known || w == r.Way
			names = append(names, string(w))
		}
		if !known {
			return nil, fmt.Errorf("%q is no way to run: %s, with a seed as in sleep:7", way, strings.Join(names, ", "))
		}
		if seed != "" {
			var err error
			if r.Seed, err = strconv.Atoi(seed); err != nil || r.Seed < 0 {
				return nil, fmt.Errorf("%q: a seed is a number", name)
			}
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// Portfolio returns n runs, in the order in which they find most: of the same number of runs, measured on the kernels of
// GoBench, a mixture found more than any way alone. Without a race detector its runs are others.
func Portfolio(n, seed int, race bool) []Run {
	order := []Way{Race, Site, Sleep, Stack, Race, Site, Sleep, Site, Race, Sleep}
	runs := make([]Run, 0, n)
	for i := range n {
		way := order[i%len(order)]
		if way == Race && !race {
			way = Yield
		}
		runs = append(runs, Run{Way: way, Seed: seed + i})
	}
	return runs
}
