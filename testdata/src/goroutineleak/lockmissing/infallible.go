package lockmissing

import (
	"sync"

	"github.com/prometheus/prometheus/model/labels"
)

type block struct {
	mu       sync.Mutex
	matchers []*labels.Matcher
}

// Only matchers with a regular expression can fail.
func (b *block) equal(value string) error {
	b.mu.Lock()
	m, err := labels.NewMatcher(labels.MatchNotEqual, "name", value)
	if err != nil {
		return err
	}
	b.matchers = append(b.matchers, m)
	b.mu.Unlock()
	return nil
}

func (b *block) pattern(value string) error {
	b.mu.Lock()
	m, err := labels.NewMatcher(labels.MatchRegexp, "name", value)
	if err != nil {
		return err // want `returns with b.mu held`
	}
	b.matchers = append(b.matchers, m)
	b.mu.Unlock()
	return nil
}

// A function that asks itself for an error.
func (b *block) drain(n int) error {
	b.mu.Lock()
	if err := again(n); err != nil {
		return err // want `returns with b.mu held`
	}
	b.mu.Unlock()
	return nil
}

func again(n int) error {
	if err := again(n - 1); err != nil {
		return err
	}
	return nil
}
