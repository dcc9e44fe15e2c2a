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
