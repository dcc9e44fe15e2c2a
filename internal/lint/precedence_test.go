package lint_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// Of two analyzers that see the same, the first speaks: a comment that silences it silences both, and configuration that
// switches it off lets the other one speak.
func TestOneSubjectIsOneFinding(t *testing.T) {
	about := func(code, pkg, file, subject string) wire.Finding {
		f := found(code, pos(pkg, file, 5, 1), code)
		f.Analyzer, f.Subject = map[string]string{"CL1001": "goroutineleak", "CL1022": "endlessgoroutine", "CL2001": "serverdeadline"}[code], subject
		return f
	}
	comment := ignore(pos(api, "a.go", 4, 1), "why", "CL1001")
	first, second := about("CL1001", api, "a.go", "worker"), about("CL1022", api, "b.go", "worker")
	told := []brief{{"CL1001", "api/a.go", 5, rule.Error, "CL1001"}}
	other := []brief{{"CL1022", "api/b.go", 5, rule.Warning, "CL1022"}}
	for _, test := range []struct {
		name, config string
		records      []wire.Record
		want         []brief
	}{
		{"the first speaks", "enable: [CL1001]\n", []wire.Record{unit(api, second, first)}, told},
		{"also from a variant of the package", "enable: [CL1001]\n", []wire.Record{unit(api, second), tests(unit(api, first, second))}, told},
		{"in preview, and not asked for", "", []wire.Record{unit(api, first, second)}, other},
		{"switched off", "disable: [CL1001]\n", []wire.Record{unit(api, first, second)}, other},
		{"excluded", "enable: [CL1001]\nexclude: [a.go]\n", []wire.Record{unit(api, first, second)}, other},
		{"silenced by a comment", "enable: [CL1001]\n", []wire.Record{with(unit(api, silenced(first, comment), second), comment)}, nil},
		{"in a test file that is not asked for", "enable: [CL1001]\n", []wire.Record{tests(unit(api, about("CL1001", api, "a_test.go", "worker"), second))}, other},
		{"about something else", "enable: [CL1001]\n", []wire.Record{unit(api, about("CL1001", api, "a.go", "another"), second)}, append(told[:1:1], other...)},
		{"in another package", "enable: [CL1001]\n", []wire.Record{unit(api, second), unit(db, about("CL1001", db, "a.go", "worker"))},
			append(other[:1:1], brief{"CL1001", "db/a.go", 5, rule.Error, "CL1001"})},
		{"of an analyzer in no row with it", "", []wire.Record{unit(api, about("CL2001", api, "a.go", "worker"), second)},
			append([]brief{{"CL2001", "api/a.go", 5, rule.Warning, "CL2001"}}, other...)},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.config, "")
			w.add(test.records...)
			if diff := cmp.Diff(test.want, briefs(lint.Report(w.in))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
