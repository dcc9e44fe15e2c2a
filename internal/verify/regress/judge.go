package regress

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Judge finds out which tests fail by their leaks, by running them.
type Judge struct {
	// Run runs tests of a package, those with the names or without names all, with files laid over it, and returns what go
	// test -v prints. It ends after a while, if they do not.
	Run func(ctx context.Context, pkg string, files []File, names []string, limit time.Duration) (output string, err error)
	// Forms are those to try.
	Forms []Form
	// Limit is how long the tests of a package may take.
	Limit time.Duration
	// Tell is told why a test is not run in a bubble.
	Tell func(t *Test, why string)
}

// How long tests in bubbles may take before one is taken for one that hangs there: so much longer than the tests that they
// call take outside, and so much in any case.
const (
	slower   = 3
	shortest = 10 * time.Second
)

// waits is more than a check takes for its own part.
const waits = 2 * time.Second

// Keep returns the tests that fail by their leaks, alone with the tests that they call and among all tests of their package,
// each in the form that is best for it, and says of the others why there are none.
func (j *Judge) Keep(ctx context.Context, tests []*Test) (kept []*Test, refused []Refusal, err error) {
	var packages []string
	for _, t := range tests {
		if !slices.Contains(packages, t.Package) {
			packages = append(packages, t.Package)
		}
	}
	for _, pkg := range packages {
		mine := slices.DeleteFunc(slices.Clone(tests), func(t *Test) bool { return t.Package != pkg })
		k, r, err := j.judge(ctx, mine)
		if err != nil {
			return nil, nil, err
		}
		kept, refused = append(kept, k...), append(refused, r...)
	}
	return kept, refused, nil
}

// judge keeps tests of one package.
func (j *Judge) judge(ctx context.Context, tests []*Test) (kept []*Test, refused []Refusal, err error) {
	// Also where it is not wanted, the simple form tells how long the tests take.
	took := make(map[string]time.Duration)
	checks, err := j.rounds(ctx, tests, Check, took)
	if err != nil {
		return nil, nil, err
	}
	bubbles := make(map[*Test]string)
	if slices.Contains(j.Forms, Bubble) {
		free := slices.DeleteFunc(slices.Clone(tests), func(t *Test) bool { return t.NoBubble != "" })
		if bubbles, err = j.rounds(ctx, free, Bubble, took); err != nil {
			return nil, nil, err
		}
	}
	for _, t := range tests {
		why, tried := bubbles[t]
		if !tried {
			why = t.NoBubble
		}
		switch {
		case tried && why == failsByLeak:
			t.Form = Bubble
		case slices.Contains(j.Forms, Check) && checks[t] == failsByLeak:
			t.Form = Check
			if slices.Contains(j.Forms, Bubble) {
				j.Tell(t, why)
			}
		case !slices.Contains(j.Forms, Check):
			refused = append(refused, Refusal{t.Leak, why})
			continue
		default:
			refused = append(refused, Refusal{t.Leak, checks[t]})
			continue
		}
		kept = append(kept, t)
	}
	return j.together(ctx, kept, checks, refused)
}

// together runs tests among all tests of their package, and changes or drops those that do not work there.
func (j *Judge) together(ctx context.Context, kept []*Test, checks map[*Test]string, refused []Refusal) ([]*Test, []Refusal, error) {
	for len(kept) > 0 {
		verdicts, output, err := j.run(ctx, kept, nil, j.Limit)
		if err != nil {
			return nil, nil, err
		}
		// Where no test of these has ended the process, one of them may yet be why it ended: a bubble that others meet.
		last := died(output)
		if slices.ContainsFunc(kept, func(t *Test) bool { return last == t.Name || last == t.Top }) {
			last = ""
		}
		bubbles := slices.ContainsFunc(kept, func(t *Test) bool { return t.Form == Bubble })
		var next []*Test
		changed := false
		for _, t := range kept {
			why := verdicts[t]
			switch {
			case why == failsByLeak && (last == "" || bubbles && t.Form == Check):
				next = append(next, t)
				continue
			case why == unknown && last == "" && died(output) != "", why == unknown && bubbles && t.Form == Check:
				next = append(next, t) // another's fault
				continue
			case last != "":
				why = fmt.Sprintf("%s ends the process: %s", last, lastWords(output))
			case why == unknown:
				why = "it does not run: " + lastWords(output)
			}
			changed = true
			if t.Form == Bubble && checks[t] == failsByLeak && slices.Contains(j.Forms, Check) {
				j.Tell(t, "among all tests of the package "+why)
				t.Form = Check
				next = append(next, t)
			} else {
				refused = append(refused, Refusal{t.Leak, "among all tests of the package " + why})
			}
		}
		kept = next
		if !changed {
			return kept, refused, nil
		}
	}
	return nil, refused, nil
}

// What a run says about a test: why it is of no use, or one of these.
const (
	failsByLeak = "fails by its leak"
	unknown     = ""
)

// rounds runs tests in one form, together with the tests that they call, and says for each what came of it. Where one ends the
// process, the others run again without it. took is how long the tests take that are called: checks find out, and bubbles have to keep to it.
func (j *Judge) rounds(ctx context.Context, tests []*Test, form Form, took map[string]time.Duration) (map[*Test]string, error) {
	all := make(map[*Test]string)
	for pending := tests; len(pending) > 0; {
		var names []string
		limit := shortest
		for _, t := range pending {
			t.Form = form
			names = append(names, t.Name, t.Top)
			limit += slower * took[t.Top]
		}
		if form == Check {
			limit = j.Limit
		}
		slices.Sort(names)
		verdicts, output, err := j.run(ctx, pending, slices.Compact(names), min(limit, j.Limit).Round(time.Second))
		if err != nil {
			return nil, err
		}
		if form == Check {
			for _, m := range ended.FindAllStringSubmatch(output, -1) {
				took[m[1]], _ = time.ParseDuration(m[2])
			}
		}
		var next []*Test
		for _, t := range pending {
			if verdicts[t] == unknown {
				next = append(next, t)
			} else {
				all[t] = verdicts[t]
			}
		}
		if len(next) == len(pending) {
			for _, t := range next {
				all[t] = "the test does not run: " + lastWords(output)
			}
			break
		}
		pending = next
	}
	return all, nil
}

// run runs tests once, as they are.
func (j *Judge) run(ctx context.Context, tests []*Test, names []string, limit time.Duration) (map[*Test]string, string, error) {
	files, err := Files(tests)
	if err != nil {
		return nil, "", err
	}
	for _, t := range tests {
		if t.Form == Check {
			limit += waits
		}
	}
	output, err := j.Run(ctx, tests[0].Package, files, names, limit)
	if err != nil {
		return nil, "", err
	}
	verdicts := make(map[*Test]string)
	died := died(output)
	for _, t := range tests {
		verdicts[t] = t.verdict(output, died)
	}
	return verdicts, output, nil
}

// verdict reads from what go test prints what became of a test. died is the one in which the process ended.
func (t *Test) verdict(output, died string) string {
	by := regexp.MustCompile(`(?m)^\s+\S+\.go:\d+: goroutines of ` + regexp.QuoteMeta(t.Top) + ` that are left in ` + regexp.QuoteMeta(t.Func) + `: \d+$`)
	has := func(word string) bool { return strings.Contains(output, "--- "+word+": "+t.Name+" (") }
	switch {
	case died == t.Name && strings.Contains(output, "\npanic: test timed out"):
		return t.says("it does not come to its end")
	case died == t.Name:
		return t.says("it ends the process: " + lastWords(output))
	case died == t.Top:
		if t.Form == Bubble {
			return "what it makes in a bubble is met outside of it: " + lastWords(output)
		}
		return t.Top + " ends the process when it runs a second time in it: " + lastWords(output)
	case has("FAIL") && by.MatchString(output):
		return failsByLeak
	case has("FAIL"):
		return t.says("it fails for another reason than the leak")
	case has("PASS"):
		return t.says("it passes: the leak does not show when " + t.Top + " runs once more")
	case has("SKIP"):
		return t.says("it is skipped")
	}
	return unknown
}

func (t *Test) says(what string) string {
	if t.Form == Bubble {
		return "in a bubble " + what
	}
	return what
}

var (
	timedOut  = regexp.MustCompile(`\npanic: test timed out[^\n]*\n\s+running tests:\n\s+([^\s/]+)`)
	panicked  = regexp.MustCompile(`--- FAIL: ([^\s/]+)\S* \([^)]*\)\n(?:\s+[^\n]*\n)*panic: `)
	ended     = regexp.MustCompile(`--- [A-Z]+: (\S+) \(([\d.]+s)\)`)
	began     = regexp.MustCompile(`(?m)^=== RUN   ([^\s/]+)$`)
	goTestEnd = regexp.MustCompile(`^(FAIL|PASS|ok|exit status)\b`)
)

// died returns the test in which the process of a run ended, or nothing, if it did not end before its tests had.
func died(output string) string {
	for _, re := range []*regexp.Regexp{timedOut, panicked} {
		if m := re.FindStringSubmatch(output); m != nil {
			return m[1]
		}
	}
	for _, m := range slices.Backward(began.FindAllStringSubmatch(output, -1)) {
		if !regexp.MustCompile(`--- (FAIL|PASS|SKIP): ` + regexp.QuoteMeta(m[1]) + ` \(`).MatchString(output) {
			return m[1]
		}
	}
	return ""
}

// lastWords returns the line of a run's output that says most about its end.
func lastWords(output string) string {
	last := ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "):
			return line
		case strings.HasPrefix(line, "=== "), strings.HasPrefix(line, "# "), line == "", goTestEnd.MatchString(line):
		case last == "":
			last = line
		}
	}
	return cmp.Or(last, "go test says nothing")
}
