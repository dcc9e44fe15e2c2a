package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/cloudlint/cloudlint/internal/app"
)

// A preCommitHook is what pre-commit reads of .pre-commit-hooks.yaml.
type preCommitHook struct {
	ID, Name, Description, Entry, Language, Files string
	Args, Types                                   []string
	PassFilenames                                 *bool  `yaml:"pass_filenames"`
	RequireSerial                                 bool   `yaml:"require_serial"`
	MinimumVersion                                string `yaml:"minimum_pre_commit_version"`
}

func preCommitHooks(t *testing.T) map[string]preCommitHook {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []preCommitHook
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	if err := dec.Decode(&list); err != nil {
		t.Fatal(err)
	}
	hooks := make(map[string]preCommitHook)
	for _, h := range list {
		if _, twice := hooks[h.ID]; twice {
			t.Errorf("two hooks are named %s", h.ID)
		}
		hooks[h.ID] = h
	}
	return hooks
}

// understood checks that a command line means something to this program, and returns the subcommand.
func understood(t *testing.T, words []string) *cobra.Command {
	t.Helper()
	cmd, rest, err := newRoot(app.New(os.Stdout, os.Stderr, os.Getenv)).Find(words[1:])
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil {
		t.Errorf("cloudlint does not understand %q: %v", words, err)
	}
	return cmd
}

// What the hooks run is what this program understands. The real pre-commit runs them in .ci/full.
func TestPreCommitHooks(t *testing.T) {
	hooks := preCommitHooks(t)
	var ids []string
	for id, h := range hooks {
		ids = append(ids, id)
		if h.Name == "" || h.Description == "" || h.MinimumVersion == "" {
			t.Errorf("%s lacks a name, a description or the version of pre-commit", id)
		}
		words := append(strings.Fields(h.Entry), h.Args...)
		if words[0] != "cloudlint" {
			t.Errorf("%s: go install makes no program %s", id, words[0])
		}
		cmd := understood(t, words)
		// Names of files would be packages, which hooks about packages find out themselves.
		if named := h.PassFilenames == nil || *h.PassFilenames; named != (cmd.Name() == "check") {
			t.Errorf("%s: pass_filenames is %t for %q", id, named, cmd.CommandPath())
		}
		if cmd.Name() != "check" && !h.RequireSerial {
			t.Errorf("%s may run beside itself", id)
		}
	}
	slices.Sort(ids)
	if want := []string{"cloudlint", "cloudlint-config", "cloudlint-full", "cloudlint-system"}; !slices.Equal(ids, want) {
		t.Errorf("got the hooks %q, want %q", ids, want)
	}
	if h, system := hooks["cloudlint"], hooks["cloudlint-system"]; h.Entry != system.Entry || h.Language != "golang" || system.Language != "system" {
		t.Errorf("cloudlint-system is not cloudlint from PATH: %+v, %+v", h, system)
	}
}

// The page names hooks that there are, and commands that this program understands.
func TestPreCommitPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "pre-commit.md"))
	if err != nil {
		t.Fatal(err)
	}
	hooks := preCommitHooks(t)
	for id := range hooks {
		if !strings.Contains(string(page), "| `"+id+"` |") {
			t.Errorf("the page does not describe %s", id)
		}
	}
	named := regexp.MustCompile(`(?m)- id: (\S+)`).FindAllStringSubmatch(string(page), -1)
	for _, m := range named {
		if _, ok := hooks[m[1]]; !ok {
			t.Errorf("the page names the hook %s, which there is not", m[1])
		}
	}
	commands := regexp.MustCompile("cloudlint( [^`\"\n]+)?( --[^`\"\n]+)").FindAllString(string(page), -1)
	for _, command := range commands {
		understood(t, strings.Fields(strings.ReplaceAll(command, "{staged_files}", "a.go b.go")))
	}
	if len(named) < 3 || len(commands) < 4 {
		t.Errorf("the page names %d hooks and %q", len(named), commands)
	}
}

func TestPreCommitFiles(t *testing.T) {
	hooks := preCommitHooks(t)
	tests := []struct {
		file         string
		full, config bool
	}{
		{"main.go", true, false},
		{"a b/c.go", true, false},
		{"go.mod", true, false},
		{"tool/go.sum", true, false},
		{"go.work", true, false},
		{".cloudlint.yml", true, true},
		{"tool/.cloudlint.yaml", true, true},
		{"my.cloudlint.yml", false, false},
		{".cloudlint.yml.orig", false, false},
		{"notgo.mod", false, false},
		{"cargo", false, false},
		{"main.go.tmpl", false, false},
		{"README.md", false, false},
	}
	for _, test := range tests {
		for id, want := range map[string]bool{"cloudlint-full": test.full, "cloudlint-config": test.config} {
			if got := regexp.MustCompile(hooks[id].Files).MatchString(test.file); got != want {
				t.Errorf("%s runs for %s: %t", id, test.file, got)
			}
		}
	}
	for _, id := range []string{"cloudlint", "cloudlint-system"} {
		if h := hooks[id]; !slices.Equal(h.Types, []string{"go"}) || h.Files != "" {
			t.Errorf("%s is not for all Go files: %+v", id, h)
		}
	}
}
