package vettool

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// build makes a program of one file.
func build(t *testing.T, text string, env []string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "program")
	cmd := exec.Command("go", append(append([]string{"build", "-o", out}, flags...), "main.go")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{"GOFLAGS=", "CGO_ENABLED=0"}, env...)...)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

// The go command derives the keys of its cache from this: another program must never have the same.
func TestIdentity(t *testing.T) {
	const one, other = "package main\nfunc main() { println(1) }\n", "package main\nfunc main() { println(2) }\n"
	id := func(program string) string {
		t.Helper()
		id, err := identity(program)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	contentID := func(program string) string {
		t.Helper()
		out, err := exec.Command("go", "tool", "buildid", program).Output()
		if err != nil {
			t.Fatal(err)
		}
		text := strings.TrimSpace(string(out))
		return fmt.Sprintf("%x", sha256.Sum256([]byte(text[strings.LastIndexByte(text, '/')+1:])))
	}
	for _, system := range []string{"linux", "darwin", "windows"} {
		env := []string{"GOOS=" + system, "GOARCH=amd64"}
		a, b := build(t, one, env), build(t, other, env)
		if got, want := id(a), contentID(a); got != want {
			t.Errorf("%s: %q, but the go command reads %q", system, got, want)
		}
		if id(a) == id(b) {
			t.Errorf("%s: two programs are both %s", system, id(a))
		}
	}
	hashOf := func(program string) string {
		t.Helper()
		text, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%x", sha256.Sum256(text))
	}
	for _, flag := range []string{"-ldflags=-buildid=", "-ldflags=-buildid=release-1.0", "-ldflags=-buildid=a/b/c/d"} {
		a, b := build(t, one, nil, flag), build(t, other, nil, flag)
		if want := hashOf(a); id(a) != want || id(a) == id(b) {
			t.Errorf("%s: %q and %q, want %q for the first", flag, id(a), id(b), want)
		}
	}
	if _, err := identity(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there has an identity")
	}
}
