// Command proxy makes a folder that serves the commit HEAD as a version of the module, for GOPROXY=file://FOLDER: what
// users of a release get, before there is one.
//
//	go run ./.ci/proxy FOLDER VERSION
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: proxy FOLDER VERSION")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		os.Exit(1)
	}
}

func write(folder, version string) (err error) {
	gomod, err := exec.Command("git", "show", "HEAD:go.mod").Output()
	if err != nil {
		return fmt.Errorf("git show HEAD:go.mod: %w", err)
	}
	m := module.Version{Path: modfile.ModulePath(gomod), Version: version}
	if err := module.Check(m.Path, m.Version); err != nil {
		return err
	}
	dir := filepath.Join(folder, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"list": version + "\n", version + ".info": fmt.Sprintf("{\"Version\":%q}\n", version), version + ".mod": string(gomod),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	archive, err := os.Create(filepath.Join(dir, version+".zip"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	// A worktree has no repository of its own.
	place, err := exec.Command("git", "rev-parse", "--path-format=absolute", "--git-common-dir", "HEAD").Output()
	if err != nil {
		return fmt.Errorf("git rev-parse: %w", err)
	}
	lines := strings.Fields(string(place))
	if len(lines) != 2 {
		return fmt.Errorf("git rev-parse says %q", place)
	}
	return zip.CreateFromVCS(archive, m, filepath.Dir(lines[0]), lines[1], "")
}
