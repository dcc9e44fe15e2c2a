package mail

import "context"

// A Journal keeps what was sent.
type Journal interface {
	Note(ctx context.Context, text string) error // want Note:"idle"
}

// NewJournal returns the one journal there is, which is in memory.
func NewJournal() Journal { return &journal{} }

type journal struct{ lines []string }

func (j *journal) Note(_ context.Context, text string) error {
	j.lines = append(j.lines, text)
	return nil
}

// An Archive is in memory or elsewhere.
type Archive interface {
	Keep(ctx context.Context, text string) error
}

type shelf struct{ lines []string }

func (s *shelf) Keep(_ context.Context, text string) error {
	s.lines = append(s.lines, text)
	return nil
}

type remote struct{ *Client }

func (r remote) Keep(ctx context.Context, text string) error { return r.Send(ctx, text) } // want Keep:"param 1: works"

// Both give no more than the interface.
func NewArchive(c *Client) Archive {
	if c == nil {
		return &shelf{}
	}
	return remote{c}
}

// A Tracker is elsewhere: the one here is for those who want none.
type Tracker interface {
	Track(ctx context.Context, text string) error
}

// NoTracker tracks nothing.
type NoTracker struct{}

func (NoTracker) Track(_ context.Context, text string) error { return nil }
