package regress

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What a test does, in each form, when it runs with the test that it calls; "all" is what the run of all tests of the package does.
type behaviour struct{ check, bubble, all string }

// outputs are what go test prints of behaviours; %[1]s is the name of the test and %[2]s of the one that it calls.
var outputs = map[string]string{
	"leaks":  "=== RUN   %[1]s\n    cloudlint_leak_test.go:9: goroutines of %[2]s that are left in corp.example/a.run: 1\n--- FAIL: %[1]s (0.01s)\n=== RUN   %[2]s\n--- PASS: %[2]s (0.00s)\n",
	"passes": "=== RUN   %[1]s\n--- PASS: %[1]s (0.01s)\n=== RUN   %[2]s\n--- PASS: %[2]s (0.00s)\n",
	"skips":  "=== RUN   %[1]s\n--- SKIP: %[1]s (0.01s)\n=== RUN   %[2]s\n--- PASS: %[2]s (0.00s)\n",
	"fails":  "=== RUN   %[1]s\n    a_test.go:3: too late\n--- FAIL: %[1]s (0.01s)\n=== RUN   %[2]s\n--- PASS: %[2]s (0.00s)\n",
	"panics": "=== RUN   %[1]s\n    --- FAIL: %[1]s/a (0.01s)\n--- FAIL: %[1]s (0.01s)\n    --- FAIL: %[1]s/a (0.01s)\npanic: no [recovered]\n",
	"hangs":  "=== RUN   %[1]s\npanic: test timed out after 10s\n\trunning tests:\n\t\t%[1]s (10s)\n\ngoroutine 1 [running]:\n",
	"exits":  "=== RUN   %[1]s\nlog: bye\nexit status 1\n",
	"twice":  "=== RUN   %[1]s\n    cloudlint_leak_test.go:9: goroutines of %[2]s that are left in corp.example/a.run: 1\n--- FAIL: %[1]s (0.01s)\n=== RUN   %[2]s\n--- FAIL: %[2]s (0.01s)\npanic: registered [recovered]\n",
	"other":  "=== RUN   %[1]s\n    cloudlint_leak_test.go:9: goroutines of %[2]s that are left in corp.example/a.run: 1\n--- FAIL: %[1]s (0.01s)\n=== RUN   TestOther\nfatal error: send on synctest channel from outside bubble\n",
}

// ending are the behaviours after which no test runs.
const ending = "panics hangs exits twice other"

// The form is kept in which a test fails by its leak, alone and among others; one that ends the process does not decide
// about the rest.
func TestJudge(t *testing.T) {
	for _, test := range []struct {
		name  string
		tests []behaviour // of TestA, TestB, ...; an empty one leaks
		forms []Form
		want  []string // the forms, or why there is none
	}{
		{name: "both work", tests: []behaviour{{}, {}}, want: []string{"synctest", "synctest"}},
		{name: "only the check", tests: []behaviour{{bubble: "passes"}, {bubble: "fails"}, {bubble: "skips"}}, want: []string{"check", "check", "check"}},
		{name: "only the bubble", tests: []behaviour{{check: "passes"}}, want: []string{"synctest"}},
		{name: "neither", tests: []behaviour{{check: "passes", bubble: "fails"}, {}}, want: []string{"it passes: the leak does not show when TestA runs once more", "synctest"}},
		{name: "bubbles that end the process", tests: []behaviour{{bubble: "panics"}, {bubble: "hangs"}, {bubble: "exits"}, {}}, want: []string{"check", "check", "check", "synctest"}},
		{name: "tests that end the process", tests: []behaviour{{check: "panics", bubble: "panics"}, {check: "hangs", bubble: "hangs"}, {}},
			want: []string{"it ends the process: panic: no [recovered]", "it does not come to its end", "synctest"}},
		{name: "one that runs once", tests: []behaviour{{}, {check: "twice", bubble: "twice"}}, want: []string{"synctest", "TestB ends the process when it runs a second time in it: panic: registered [recovered]"}},
		{name: "a bubble that others meet", tests: []behaviour{{}, {all: "other"}}, want: []string{"check", "check"}},
		{name: "among all the bubble passes", tests: []behaviour{{all: "passes"}, {}}, want: []string{"check", "synctest"}},
		{name: "among all the wanted bubble passes", tests: []behaviour{{all: "passes"}, {}}, forms: []Form{Bubble},
			want: []string{"among all tests of the package in a bubble it passes: the leak does not show when TestA runs once more", "synctest"}},
		{name: "wanted is the check", tests: []behaviour{{}, {check: "passes"}}, forms: []Form{Check}, want: []string{"check", "it passes: the leak does not show when TestB runs once more"}},
		{name: "wanted is the bubble", tests: []behaviour{{}, {bubble: "hangs"}}, forms: []Form{Bubble}, want: []string{"synctest", "in a bubble it does not come to its end"}},
		{name: "nothing runs", tests: []behaviour{{check: "silent", bubble: "silent"}}, want: []string{"the test does not run: a.go:1:1: undefined: x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.forms == nil {
				test.forms = []Form{Bubble, Check}
			}
			var tests []*Test
			does := make(map[*Test]behaviour)
			plan := &Plan{pages: make(map[home]*page)}
			file := plan.page(home{pkg: "a"}, &source{taken: make(map[string]bool)})
			for i, b := range test.tests {
				name := "Test" + string(rune('A'+i))
				made := &Test{Leak: Leak{Func: "corp.example/a.run", Place: name}, Package: "corp.example/a", Top: name, Name: name + "Leaves", page: file}
				tests = append(tests, made)
				does[made] = b
			}
			runs := 0
			j := Judge{Forms: test.forms, Limit: time.Minute, Tell: func(*Test, string) {}}
			j.Run = func(_ context.Context, _ string, files []File, names []string, limit time.Duration) (string, error) {
				if runs++; runs > 20 {
					t.Fatal("it does not come to an end")
				}
				var out strings.Builder
				for _, made := range files[0].Tests {
					b := does[made]
					what := b.check
					switch {
					case names == nil && b.all != "" && made.Form == Bubble:
						what = b.all
					case made.Form == Bubble:
						what = b.bubble
					}
					if what == "silent" {
						return "# corp.example/a\na.go:1:1: undefined: x\nFAIL\tcorp.example/a [build failed]\n", nil
					}
					if what == "" {
						what = "leaks"
					}
					fmt.Fprintf(&out, outputs[what], made.Name, made.Top)
					if slices.Contains(strings.Fields(ending), what) {
						break
					}
				}
				return out.String() + "FAIL\n", nil
			}
			kept, refused, err := j.Keep(context.Background(), tests)
			if err != nil {
				t.Fatal(err)
			}
			why := make(map[*Test]string)
			for i, r := range refused {
				made := tests[slices.IndexFunc(tests, func(t *Test) bool { return t.Leak.Place == r.Leak.Place })]
				if why[made] != "" || slices.Contains(kept, made) {
					t.Errorf("refusal %d is about a test that was decided on", i)
				}
				why[made] = r.Why
			}
			var got []string
			for _, made := range tests {
				if slices.Contains(kept, made) {
					why[made] = string(made.Form)
				}
				got = append(got, why[made])
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
