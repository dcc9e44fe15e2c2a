package gocmd

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

type sessionKey struct{}

func sessionOf(ctx context.Context) *session {
	s, _ := ctx.Value(sessionKey{}).(*session)
	return s
}

// Session returns a context for work of which nothing is to stay, even if this process is killed: the commands that Run
// runs under it end then, and the folders of MkdirTemp are removed. self is as for Guarded. done ends the session; the
// folders are the caller's to remove.
func Session(ctx context.Context, self string) (session context.Context, done func(), err error) {
	s, err := newSession(self)
	if err != nil {
		return nil, nil, fmt.Errorf("the process that cleans up cannot be started: %w", err)
	}
	return context.WithValue(ctx, sessionKey{}, s), s.close, nil
}

// MkdirTemp makes a folder for temporary files in another one, as os.MkdirTemp does, for the session of ctx, if it has one.
func MkdirTemp(ctx context.Context, parent, prefix string) (string, error) {
	s := sessionOf(ctx)
	if s == nil {
		return os.MkdirTemp(parent, prefix)
	}
	if parent == "" {
		parent = os.TempDir()
	}
	parent, err := filepath.Abs(parent)
	if err != nil {
		return "", err
	}
	// The name is told before there is anything to remove. That others have it is as good as impossible.
	name := filepath.Join(parent, fmt.Sprintf("%s%016x", prefix, rand.Uint64()))
	s.tell(name)
	return name, os.Mkdir(name, 0o700)
}
