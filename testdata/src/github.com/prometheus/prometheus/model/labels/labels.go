package labels

import "regexp"

// MatchType is how a matcher compares.
type MatchType int

const (
	MatchEqual MatchType = iota
	MatchNotEqual
	MatchRegexp
	MatchNotRegexp
)

// Matcher matches a label.
type Matcher struct {
	Type  MatchType
	Value string
}

// NewMatcher returns a matcher.
func NewMatcher(t MatchType, name, value string) (*Matcher, error) {
	if t == MatchRegexp || t == MatchNotRegexp {
		if _, err := regexp.Compile(value); err != nil {
			return nil, err
		}
	}
	return &Matcher{t, value}, nil
}
