package verify

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// Live is what profiles of running instances say of a leak.
type Live struct {
	Instances []InstanceCount // that have such goroutines, most first
	Of        int             // instances that were looked at
	RMS       float64         // the root mean square of the goroutines over all of them
	Compared  bool            // there was a snapshot before
	Before    int             // how many there were, in the instances that were looked at both times
	Grown     int             // how many more there are now, in these
	Reader    *stacks.Frame   // where as many goroutines of the package wait for the network: there is one for each connection
	Minutes   int             // how long one has waited, as far as the profiles tell
	Rank      int             // 1: the first to look at
}

// InstanceCount says how many goroutines of a leak an instance has.
type InstanceCount struct {
	Name     string
	Count    int
	Compared bool // it was looked at before
	Before   int  // how many it had then
}

// finish sorts the instances, and computes what is of all of them.
func (l *Live) finish() {
	slices.SortStableFunc(l.Instances, func(a, b InstanceCount) int { return cmp.Compare(b.Count, a.Count) })
	squares := 0.0
	for _, c := range l.Instances {
		squares += float64(c.Count) * float64(c.Count)
	}
	l.RMS = math.Round(math.Sqrt(squares/float64(l.Of))*10) / 10
}

// message says in how many instances there are such goroutines, and what has become of them.
func (l *Live) message() string {
	var b strings.Builder
	if l.Of > 1 {
		fmt.Fprintf(&b, "; in %d of %d instances", len(l.Instances), l.Of)
	}
	if l.Grown > 0 {
		fmt.Fprintf(&b, "; %d more than before", l.Grown)
	}
	if l.Reader != nil {
		fmt.Fprintf(&b, "; as many wait for the network in %s: there seems to be one for each open connection", function(*l.Reader))
	}
	if l.Minutes > 0 {
		fmt.Fprintf(&b, "; for up to %d minutes", l.Minutes)
	}
	return b.String()
}

// reader finds where as many goroutines of an instance wait for the network as wait in a group, in the same package: then
// both seem to serve connections that are open, and are as many as there are clients. Nil: nowhere.
func (in *Instance) reader(group *blocked) *stacks.Frame {
	var found *stacks.Frame
	for key, g := range in.groups {
		apart := g.count - group.count
		if key.op != "IO wait" || g.at.Package() != group.at.Package() || max(apart, -apart)*20 > group.count {
			continue
		}
		if found == nil || cmp.Or(cmp.Compare(g.at.Func, found.Func), cmp.Compare(g.at.Line, found.Line)) < 0 {
			found = &g.at
		}
	}
	return found
}

// maxInstances is how many instances a piece of evidence names.
const maxInstances = 10

// evidence notes what is known of instances. Nil knows nothing.
func (l *Live) evidence(e *finding.Evidence) {
	if l == nil {
		return
	}
	e.OfInstances, e.RootMeanSquare, e.Minutes, e.Rank = l.Of, l.RMS, l.Minutes, l.Rank
	if l.Compared {
		e.Before = new(l.Before)
	}
	for i, c := range l.Instances {
		if i == maxInstances {
			e.MoreInstances = len(l.Instances) - maxInstances
			break
		}
		instance := finding.EvidenceInstance{Instance: c.Name, Goroutines: c.Count}
		if c.Compared {
			instance.Before = new(c.Before)
		}
		e.Instances = append(e.Instances, instance)
	}
}

// perConnection reports whether goroutines seem to serve connections that are open.
func (l *Leak) perConnection() bool { return l.Live != nil && l.Live.Reader != nil }
