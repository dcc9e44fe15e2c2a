package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cloudlint/cloudlint/internal/paths"
)

// fileNames are the names of a configuration file.
func fileNames() []string { return []string{".cloudlint.yml", ".cloudlint.yaml"} }

// GitRoot returns the folder of the git work tree that dir lies in: the nearest one upward with a .git folder, or a .git
// file as worktrees and submodules have. It is empty outside git.
func GitRoot(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// ModuleRoot returns the folder of the nearest go.mod upward, or the folder itself.
func ModuleRoot(dir string) string {
	for d := dir; ; {
		if info, err := os.Stat(filepath.Join(d, "go.mod")); err == nil && !info.IsDir() {
			return d
		}
		up := filepath.Dir(d)
		if up == d {
			return dir
		}
		d = up
	}
}

// Find returns the configuration file of the module with the root moduleDir: the nearest one upward to gitRoot. Outside
// a git work tree only the module's root itself is searched, so that no file of a stranger in /tmp or a home counts. It
// is empty where there is none.
func Find(moduleDir, gitRoot string) (string, error) {
	for _, dir := range searched(moduleDir, gitRoot) {
		found := ""
		for _, name := range fileNames() {
			file := filepath.Join(dir, name)
			info, err := os.Stat(file)
			switch {
			case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
				continue
			case err != nil:
				return "", Errors{{File: file, Message: reason(err)}}
			case info.IsDir():
				continue
			case found != "":
				return "", Errors{{File: file, Message: fmt.Sprintf("there is %s beside it: keep one of the two", filepath.Base(found))}}
			}
			found = file
		}
		if found != "" {
			return found, nil
		}
	}
	return "", nil
}

// searched returns the folders that Find looks into, in this order.
func searched(moduleDir, gitRoot string) []string {
	dirs := []string{moduleDir}
	if rel, ok := paths.Below(gitRoot, moduleDir); ok && gitRoot != "" {
		for dir := moduleDir; rel != "."; rel = filepath.Dir(rel) {
			dir = filepath.Dir(dir)
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// reason is an error of the file system without the file's name, which the message has already.
func reason(err error) string {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
