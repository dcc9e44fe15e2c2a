package testrun

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// Samples say how many goroutines there were while tests ran, by the go statement that had started them. Times are since
// the process began to run tests.
type Samples struct {
	Sites []stacks.Frame // the go statements of the goroutines that the report has
	List  []Sample       // in the order of time
	Ended time.Duration  // when tests had ended: then goroutines got a moment to end, too; 0: they ran
	Tests []Span         // top-level tests, in the order of their begin; those that run still end with the last sample

	open map[string]time.Duration // since when tests have run that run still
}

// A Sample says how many goroutines there were at a time.
type Sample struct {
	At     time.Duration
	Counts map[int]int // by index in Samples.Sites; 0 for those that are not there
	Most   int         // if since the sample before there were once too many goroutines to be looked at: how many, of all kinds
}

// A Span says when a test ran.
type Span struct {
	Test     string
	From, To time.Duration
}

// line reads a line of a report.
func (s *Samples) line(key, value string) error {
	switch key {
	case "ended":
		var err error
		s.Ended, err = microseconds(value)
		return err
	case "site":
		name, rest, err := quoted(value)
		if err != nil {
			return err
		}
		place, _, err := quoted(strings.TrimPrefix(rest, " "))
		if err != nil {
			return err
		}
		s.Sites = append(s.Sites, stacks.NewFrame(name, place))
	case "sample":
		fields := strings.Fields(value)
		if len(fields) < 2 {
			return errShort
		}
		at, err := microseconds(fields[0])
		most, err2 := strconv.Atoi(fields[1])
		sample := Sample{At: at, Most: most, Counts: make(map[int]int)}
		err = errors.Join(err, err2)
		for _, f := range fields[2:] {
			site, count, _ := strings.Cut(f, ":")
			i, err3 := strconv.Atoi(site)
			n, err4 := strconv.Atoi(count)
			sample.Counts[i] = n
			err = errors.Join(err, err3, err4)
		}
		if err != nil {
			return err
		}
		s.List = append(s.List, sample)
	case "span":
		from, rest, _ := strings.Cut(value, " ")
		to, rest, _ := strings.Cut(rest, " ")
		var span Span
		var errs [3]error
		span.From, errs[0] = microseconds(from)
		span.To, errs[1] = microseconds(to)
		span.Test, _, errs[2] = quoted(rest)
		if err := errors.Join(errs[:]...); err != nil {
			return err
		}
		s.Tests = append(s.Tests, span)
	case "open":
		from, rest, _ := strings.Cut(value, " ")
		at, err := microseconds(from)
		test, _, err2 := quoted(rest)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if s.open == nil {
			s.open = make(map[string]time.Duration)
		}
		// Where subtests run, there is a line for each.
		if known, ok := s.open[test]; !ok || at < known {
			s.open[test] = at
		}
	}
	return nil
}

var errShort = errors.New("a line of a report is too short")

// end is called behind the last line.
func (s *Samples) end() {
	for test, from := range s.open {
		s.Tests = append(s.Tests, Span{Test: test, From: from, To: s.List[len(s.List)-1].At})
	}
	slices.SortFunc(s.Tests, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), strings.Compare(a.Test, b.Test))
	})
}

// quoted takes a quoted string off a text.
func quoted(text string) (value, rest string, err error) {
	prefix, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", fmt.Errorf("%.40q does not begin with a quoted string: %w", text, err)
	}
	value, err = strconv.Unquote(prefix)
	return value, text[len(prefix):], err
}

func microseconds(text string) (time.Duration, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	return time.Duration(n) * time.Microsecond, err
}
