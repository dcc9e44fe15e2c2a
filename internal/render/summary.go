package render

import (
	"fmt"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// Summary returns the last line of a run, for standard error: what was found, in how much code, how, what was left out,
// and what to type next.
func Summary(r *finding.Report) string {
	var b strings.Builder
	b.WriteString(counts(r))
	if r.Stats.Seconds > 0 {
		b.WriteString(", " + seconds(r.Stats.Seconds))
	}
	if r.Stats.Driver != "" {
		fmt.Fprintf(&b, ", %s driver", r.Stats.Driver)
	}
	if n := r.Stats.NotNew; n > 0 {
		fmt.Fprintf(&b, "; %s left out, not new", Plural(n, "finding"))
	}
	if n := r.Stats.NotAnalysed; n > 0 {
		fmt.Fprintf(&b, "; %s not analysed", Plural(n, "package"))
	} else if n := len(r.Errors); n > 0 {
		fmt.Fprintf(&b, "; %s", Plural(n, "error"))
	}
	given := 0
	for _, n := range r.Stats.Exhausted {
		given += n
	}
	if given > 0 {
		fmt.Fprintf(&b, "; %s too large for full analysis", Plural(given, "function"))
	}
	if n := r.Stats.Known; n > 0 {
		fmt.Fprintf(&b, "; %d known in the baseline", n)
	}
	if n := next(r); n != "" {
		b.WriteString("; next: " + n)
	}
	return b.String()
}

// counts returns "1 error, 2 warnings in 17 packages".
func counts(r *finding.Report) string {
	var parts []string
	for _, s := range rule.Severities() {
		if n := r.Count(s); n > 0 {
			parts = append(parts, Plural(n, string(s)))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no findings"}
	}
	return fmt.Sprintf("%s in %s", strings.Join(parts, ", "), Plural(r.Stats.Packages, "package"))
}

// next returns the command that helps most.
func next(r *finding.Report) string {
	var commands []string
	if list := bySeverity(r.Findings); len(list) > 0 {
		commands = append(commands, "cloudlint explain "+list[0].Code)
		for _, f := range list {
			if f.Fix != nil && f.Fix.Safe {
				commands = append(commands, "cloudlint --fix")
				break
			}
		}
		return strings.Join(commands, " or ")
	}
	for _, e := range r.Errors {
		if e.Package == "" {
			return "cloudlint doctor"
		}
	}
	if len(r.Errors) > 0 {
		return "go build ./..."
	}
	return ""
}

// seconds returns a duration as people say it.
func seconds(s float64) string {
	if s < 0.1 {
		return "<0.1 s"
	}
	if s >= 100 {
		return fmt.Sprintf("%d min %d s", int(s)/60, int(s)%60)
	}
	return fmt.Sprintf("%.1f s", s)
}
