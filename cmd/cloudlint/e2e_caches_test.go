package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// caches is the store behind actions/cache. A cache belongs to its key and its list of folders, and never changes.
type caches struct {
	files    bool // keep the folders, not only the keys
	saved    []cache
	restored []string // the keys, in order; empty for a miss
}

type cache struct {
	key   string
	paths []string
	tar   string
}

// use runs a model of an action of others.
func (r *runner) use(name string, with map[string]string, outputs map[string]any) int {
	r.t.Helper()
	name, version, _ := strings.Cut(name, "@")
	if len(version) != 40 {
		r.t.Errorf("%s is not pinned to a commit: %s", name, version)
	}
	switch name {
	case "actions/cache/restore":
		r.wantInputs(name, with, "path", "key", "restore-keys")
		key := r.caches.restore(r.t, trimmed(with["path"]), with["key"], trimmed(with["restore-keys"]))
		if key != "" {
			outputs["cache-hit"] = key == with["key"]
			outputs["cache-matched-key"] = key
		}
	case "actions/cache/save":
		r.wantInputs(name, with, "path", "key")
		r.caches.save(r.t, r.temp, trimmed(with["path"]), with["key"])
	case "github/codeql-action/upload-sarif":
		r.wantInputs(name, with, "sarif_file")
		var log struct {
			Version string
			Runs    []struct{ Results []any }
		}
		text, err := os.ReadFile(with["sarif_file"])
		if err == nil {
			err = json.Unmarshal(text, &log)
		}
		if err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Results == nil {
			r.t.Errorf("upload of %s: %v, %+v", with["sarif_file"], err, log)
		}
		if r.upload != "success" {
			return 1
		}
	default:
		r.t.Fatalf("the tests do not know the action %s", name)
	}
	return 0
}

func (r *runner) wantInputs(action string, with map[string]string, names ...string) {
	r.t.Helper()
	for name, value := range with {
		if !slices.Contains(names, name) || strings.TrimSpace(value) == "" {
			r.t.Errorf("%s: input %s is %q", action, name, value)
		}
	}
}

// restore returns the key that was found.
func (c *caches) restore(t *testing.T, paths []string, key string, prefixes []string) string {
	t.Helper()
	// An exact match comes first; of those with a prefix the latest. The same key again is the first prefix.
	found := slices.IndexFunc(c.saved, func(s cache) bool { return s.key == key && slices.Equal(s.paths, paths) })
	for _, prefix := range prefixes {
		if strings.ContainsAny(prefix, ", ") {
			t.Errorf("the key %q would be refused", prefix)
		}
		for i := len(c.saved) - 1; i >= 0 && found < 0; i-- {
			if s := c.saved[i]; strings.HasPrefix(s.key, prefix) && slices.Equal(s.paths, paths) {
				found = i
			}
		}
	}
	if found < 0 {
		c.restored = append(c.restored, "")
		return ""
	}
	s := c.saved[found]
	c.restored = append(c.restored, s.key)
	if c.files {
		archive(t, "-xPf", s.tar)
	}
	return s.key
}

func (c *caches) save(t *testing.T, temp string, paths []string, key string) {
	t.Helper()
	if slices.ContainsFunc(c.saved, func(s cache) bool { return s.key == key && slices.Equal(s.paths, paths) }) {
		t.Errorf("there is a cache %s already", key)
		return
	}
	s := cache{key: key, paths: paths, tar: filepath.Join(temp, "cache.tar")}
	if c.files {
		archive(t, append([]string{"-cPf", s.tar}, paths...)...)
	}
	c.saved = append(c.saved, s)
}

func archive(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("tar", args...).CombinedOutput(); err != nil {
		t.Fatalf("tar %q: %v\n%s", args, err, out)
	}
}

// trimmed returns the lines of a text that are not blank.
func trimmed(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
