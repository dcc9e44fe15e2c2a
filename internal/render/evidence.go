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
	switch {
	case e.Status == finding.Confirmed:
		b.WriteString("confirmed: ")
	case e.OfInstances > 0:
		b.WriteString("seen in the service: ")
	default:
		b.WriteString("seen when the tests ran: ")
	}
	b.WriteString(Plural(e.Goroutines, "goroutine"))
	switch {
	case e.Class == "proven":
		b.WriteString(" that can never go on")
	case e.OfInstances > 0:
		b.WriteString(" in one place")
	default:
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
	instancesText(&b, e)
	return b.String()
}

// maxNamed is how many instances a line names.
const maxNamed = 3

// instancesText says which running instances have the goroutines.
func instancesText(b *strings.Builder, e *finding.Evidence) {
	for i, in := range e.Instances {
		if i == maxNamed {
			break
		}
		separator := ", "
		if i == 0 {
			separator = ": "
		}
		fmt.Fprintf(b, "%s%d in %s", separator, in.Goroutines, clean(in.Instance))
	}
	if more := len(e.Instances) + e.MoreInstances - maxNamed; more > 0 {
		fmt.Fprintf(b, " and %s", Plural(more, "other instance"))
	}
	if e.Before != nil {
		fmt.Fprintf(b, "; %d before", *e.Before)
	}
}
