package verify

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

// A Report says which goroutines a process has.
type Report struct {
	Time       time.Time `json:"time"`
	Goroutines int       `json:"goroutines"` // of the process
	Groups     []Group   `json:"groups"`     // those with the most goroutines
	Others     int       `json:"others"`     // goroutines that are in none of the groups
	Leaks      bool      `json:"leaks"`      // the groups are of proven leaks, not of all goroutines

	// Provable says whether the runtime of this program can prove leaks. Without that no group is a proven one.
	Provable bool `json:"provable"`
}

// maxStacks is how many goroutines a report takes the stacks of, with states and go statements, for which the world stops
// in the meantime: about 30 ms. Of more goroutines it takes the profile, which has neither and costs a twentieth.
const maxStacks = 5000

// newReport counts the process's goroutines by place, and keeps so many groups.
func newReport(groups int) *Report {
	r := &Report{Time: time.Now(), Goroutines: runtime.NumGoroutine(), Provable: provable()}
	if r.Goroutines <= maxStacks {
		list, _ := dump()
		r.keep(group(list, newStandard()), groups)
	} else {
		r.keep(groupSamples(samples(), false), groups)
	}
	return r
}

// newLeakReport runs the runtime's detection of leaks, which is one more cycle of its garbage collector.
func newLeakReport(groups int) (*Report, error) {
	p := pprof.Lookup(leakProfile)
	if p == nil {
		return nil, errNoProof
	}
	r := &Report{Time: time.Now(), Goroutines: runtime.NumGoroutine(), Provable: true, Leaks: true}
	var buf bytes.Buffer
	if err := p.WriteTo(&buf, 1); err != nil {
		return nil, fmt.Errorf("the profile of leaked goroutines: %w", err)
	}
	found := groupSamples(parseSamples(buf.String()), true)
	if n := total(found); n > 0 && r.Goroutines <= maxStacks {
		// Stacks say now which goroutines have leaked, and where they were started.
		list, _ := dump()
		var leaked []*goroutine
		for _, g := range list {
			if g.leaked {
				leaked = append(leaked, g)
			}
		}
		found = group(leaked, newStandard())
	}
	r.keep(found, groups)
	return r, nil
}

// groupSamples puts samples of a profile together that are in one place and have one outermost function.
func groupSamples(list []sample, proven bool) []Group {
	std := newStandard()
	index := make(map[string]int)
	var groups []Group
	for _, s := range list {
		if len(s.frames) == 0 {
			continue
		}
		one := std.group(&goroutine{leaked: proven, frames: s.frames})
		one.Count = s.count
		key := one.At.String() + "\n" + s.frames[len(s.frames)-1].Func
		if i, ok := index[key]; ok {
			groups[i].Count += s.count
			continue
		}
		index[key] = len(groups)
		groups = append(groups, one)
	}
	sortGroups(groups)
	return groups
}

func (r *Report) keep(groups []Group, n int) {
	if len(groups) > n {
		r.Others, groups = total(groups[n:]), groups[:n]
	}
	if groups == nil {
		groups = []Group{}
	}
	r.Groups = groups
}

// WriteText writes the report for people to read.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %s\n", plural(r.Goroutines, "goroutine"), r.Time.Format(time.RFC3339))
	switch {
	case r.Leaks && len(r.Groups) == 0:
		b.WriteString("the runtime can prove of none that it waits for ever\n")
	case r.Leaks:
		fmt.Fprintf(&b, "%s proven to wait for ever\n", plural(total(r.Groups)+r.Others, "goroutine"))
	case !r.Provable:
		b.WriteString(errNoProof.Error() + "\n")
	}
	for _, g := range r.Groups {
		fmt.Fprintf(&b, "\n%s\n", g)
		for _, f := range g.Stack {
			fmt.Fprintf(&b, "    %s\n", f)
		}
	}
	if r.Others > 0 {
		fmt.Fprintf(&b, "\n%s in other places\n", plural(r.Others, "goroutine"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
