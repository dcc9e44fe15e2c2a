package main

import "github.com/cloudlint/cloudlint/internal/gitrepo"

// A revision is a flag that names a commit. A script's empty variable is a mistake, not the wish to see everything.
type revision string

func (r *revision) String() string { return string(*r) }

func (r *revision) Set(s string) error {
	if err := gitrepo.CheckRevision(s); err != nil {
		return err
	}
	*r = revision(s)
	return nil
}

// Type is what help shows for the value.
func (r *revision) Type() string { return "commit" }
