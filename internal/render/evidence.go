package render

import (
	"fmt"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// evidenceText says in a line what a run of the code says about a finding.
func evidenceText(e *finding.Evidence) string {
	if e.Status == finding.NotObserved {
		switch e.Reached {
		case "yes":
			return "not observed: tests run this line, and no goroutine stayed"
		case "no":
			return "not observed: no test runs this line"
		}
		return "not observed: no goroutine of the tests stayed here, which proves nothing"
	}
	var b strings.Builder
	if e.Status == finding.Confirmed {
		b.WriteString("confirmed: ")
	} else {
		b.WriteString("seen when the tests ran: ")
	}
	b.WriteString(Plural(e.Goroutines, "goroutine"))
	if e.Class == "proven" {
		b.WriteString(" that can never go on")
	} else {
		b.WriteString(" still there after all tests")
	}
	if e.Waits != "" {
		fmt.Fprintf(&b, " (%s)", clean(e.Waits))
	}
	var names []string
	for _, t := range e.Tests {
		if t.Test != "" {
			names = append(names, clean(t.Test))
		}
	}
	if len(names) > 0 {
		fmt.Fprintf(&b, ", of %s", strings.Join(names, ", "))
		if e.MoreTests > 0 {
			fmt.Fprintf(&b, " and %s", Plural(e.MoreTests, "other test"))
		}
	}
	if n := len(e.Schedules); n > 0 && e.Schedules[0] != "plain" {
		fmt.Fprintf(&b, "; under %s, as `cloudlint verify --schedule %s` shows", Plural(n, "changed schedule"), clean(e.Schedules[0]))
	}
	return b.String()
}
