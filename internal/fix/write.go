package fix

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Apply writes the changed files, each in one step: a reader, or whoever comes after a crash, finds the old text or the
// new one. All new texts are on disk beside their files before the first takes its place, so that a full disk or a
// folder without permission changes nothing. A file that was changed after Prepare read it stops everything.
func (p *Plan) Apply() (err error) {
	staged := make([]string, 0, len(p.files))
	defer func() {
		for _, name := range staged {
			if name != "" {
				os.Remove(name)
			}
		}
	}()
	for _, c := range p.files {
		name, err := c.stage()
		if err != nil {
			return fmt.Errorf("no file was changed: %w", err)
		}
		staged = append(staged, name)
	}
	for _, c := range p.files {
		if text, err := os.ReadFile(c.path); err != nil || !bytes.Equal(text, c.old) {
			return fmt.Errorf("no file was changed: %s has changed since it was analysed", c.name)
		}
	}
	var failed []error
	for i, c := range p.files {
		if err := os.Rename(staged[i], c.path); err != nil {
			failed = append(failed, fmt.Errorf("%s was not changed: %w", c.name, err))
			continue
		}
		staged[i] = ""
	}
	return errors.Join(failed...)
}

// stage writes the new text to a temporary file in the folder of the file, with its mode and owner.
func (c *change) stage() (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(c.path), ".cloudlint-fix-*.tmp")
	if err != nil {
		return "", err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(c.new); err != nil {
		return "", err
	}
	info, err := os.Stat(c.path)
	if err != nil {
		return "", err
	}
	keepOwner(f, info)
	if err := f.Chmod(c.mode.Perm()); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}
