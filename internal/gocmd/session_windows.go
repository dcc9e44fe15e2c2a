package gocmd

// A session needs nothing: processes end with this one's job objects. Folders stay, if this process is killed.
type session struct{ self string }

func newSession(self string) (*session, error) { return &session{self}, nil }

func (*session) tell(string) {}

func (*session) close() {}
