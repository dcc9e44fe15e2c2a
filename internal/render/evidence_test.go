package render

import (
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// What people read of running instances: the first three, how many others, and what was before.
func TestEvidenceOfInstances(t *testing.T) {
	none, many := 0, []finding.EvidenceInstance{{Instance: "a", Goroutines: 9}, {Instance: "b", Goroutines: 8}, {Instance: "c", Goroutines: 7}, {Instance: "d", Goroutines: 6}}
	for want, e := range map[string]finding.Evidence{
		"seen in the service: 9 goroutines in one place (select): 9 in a": {
			Status: finding.RuntimeOnly, Class: "blocked", Goroutines: 9, Waits: "select", OfInstances: 2, Instances: many[:1]},
		"confirmed: 40 goroutines that can never go on: 9 in a, 8 in b, 7 in c and 3 other instances; 0 before": {
			Status: finding.Confirmed, Class: "proven", Goroutines: 40, OfInstances: 9, Instances: many, MoreInstances: 2, Before: &none},
		"confirmed: 30 goroutines in one place: 9 in a, 8 in b, 7 in c and 1 other instance": {
			Status: finding.Confirmed, Class: "blocked", Goroutines: 30, OfInstances: 9, Instances: many},
		"not observed: no goroutine of the tests stayed here, which proves nothing": {Status: finding.NotObserved},
	} {
		if got := evidenceText(&e); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
