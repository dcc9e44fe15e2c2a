package adopt

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const hook = "- repo: https://github.com/cloudlint/cloudlint\n  rev: v1\n"

// A mark stands where the entry belongs; without it the file is as it was before.
func TestInsert(t *testing.T) {
	tests := []struct {
		name, file string
		keys       []string
		entry      string
		inserted   string // the text at the mark @
	}{
		{"indented list", "repos:\n  - repo: local\n    hooks: [] # none\n@", []string{"repos"}, hook,
			"  - repo: https://github.com/cloudlint/cloudlint\n    rev: v1\n"},
		{"list at the key's column", "repos:\n- repo: local\n@ci:\n  autofix: true\n", []string{"repos"}, hook, hook},
		{"blank lines between elements", "repos:\n- repo: a\n\n- repo: b\n@\nci: {}\n", []string{"repos"}, hook, "\n" + hook},
		{"comment lines of the list stay in it", "repos:\n  - repo: a\n  # - repo: old\n  #   rev: 1\n@\n# about ci\nci: {}\n", []string{"repos"}, hook,
			"  - repo: https://github.com/cloudlint/cloudlint\n    rev: v1\n"},
		{"a comment about the next key is no part of the list", "repos:\n- repo: a\n@# about ci\nci: {}\n", []string{"repos"}, hook, hook},
		{"no newline at the end", "repos:\n- repo: a@", []string{"repos"}, hook, "\n" + hook},
		{"Windows line ends", "repos:\r\n- repo: a\r\n@ci: {}\r\n", []string{"repos"}, hook, strings.ReplaceAll(hook, "\n", "\r\n")},
		{"literal at the end", "repos:\n  - repo: a\n    note: |\n      # not a comment\n      text\n@", []string{"repos"}, hook,
			"  - repo: https://github.com/cloudlint/cloudlint\n    rev: v1\n"},
		{"a literal that ends with a comment sign", "repos:\n- |\n  text\n  # text\n@", []string{"repos"}, hook, hook},
		{"inner mapping", "pre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: x\n@  other: 1\npre-push: {}\n", []string{"pre-commit", "commands"}, "cloudlint:\n  run: y\n",
			"    cloudlint:\n      run: y\n"},
		{"the file's mapping", "# head\nbuild:\n  script: [make] # all\n# tail\n@", nil, "job:\n  script: [lint]\n", "\njob:\n  script: [lint]\n"},
		{"unknown tags", "build:\n  script: !reference [.a, script]\n@", nil, "job: {}\n", "\njob: {}\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, after, _ := strings.Cut(test.file, "@")
			got, err := insert([]byte(before+after), test.keys, test.entry)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before+test.inserted+after, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestInsertRefuses(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"flow list", "repos: [{repo: a}]\n", "not written as a block"},
		{"empty list", "repos: []\n", "not written as a block"},
		{"no value", "repos:\n", "not written as a block"},
		{"another kind", "repos:\n  a: 1\n", "did not find expected key"},
		{"alias", "x: &x\n- a\nrepos: *x\n", "not written as a block"},
		{"anchor", "repos: &all\n- a\nx: *all\n", "begins with something else"},
		{"several documents", "repos:\n- a\n---\nb: 1\n", "several documents"},
		{"a literal with less indentation than its comment signs", "repos:\n  - a: |\n\n\n      # text\n    # text\n  x: 1\n", "did not find"},
		{"no YAML", "repos:\n- a\n b\n- {", "yaml"},
		{"a key twice", "repos:\n- a\nrepos:\n- b\n", "already defined"},
		{"nothing", "# nothing\n", "empty"},
		{"a list", "- a\n", "no mapping"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := insert([]byte(test.file), []string{"repos"}, hook)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, %v; want an error with %q", got, err, test.want)
			}
		})
	}
	if _, err := insert([]byte("a: 1\n"), []string{"repos"}, hook); !errors.Is(err, errNoKey) {
		t.Errorf("got %v", err)
	}
	if _, err := insert([]byte("job: 1\n"), nil, "job: {}\n"); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("got %v", err)
	}
}

// Whatever the file is, insert either refuses or only adds lines.
func FuzzInsert(f *testing.F) {
	f.Add("repos:\n  - repo: a\n    hooks:\n    - id: b # c\n\n# d\nci: {}\n")
	f.Add("repos:\n- |\n  # text\n- 'a\n  b'\n")
	f.Add("\ufeffrepos:\r\n- a")
	f.Fuzz(func(t *testing.T, file string) {
		got, err := insert([]byte(file), []string{"repos"}, hook)
		if err != nil {
			return
		}
		rest := strings.Split(string(got), "\n")
		for line := range strings.SplitSeq(strings.TrimSuffix(file, "\n"), "\n") {
			i := 0
			for i < len(rest) && strings.TrimSuffix(rest[i], "\r") != strings.TrimSuffix(line, "\r") {
				i++
			}
			if i == len(rest) {
				t.Fatalf("line %q of\n%s\nis not in\n%s", line, file, got)
			}
			rest = rest[i+1:]
		}
	})
}
