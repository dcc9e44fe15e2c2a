package golangci_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The recipe .custom-gcl.yml is followed with golangci-lint's own command, which clones golangci-lint: here from a
// repository that is made of the module in the module cache. The plugin is that of this tree.
func TestCustom(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := shop(t)
	recipe := read(t, root, ".custom-gcl.yml")
	version := setting(t, recipe, "version: v2")
	write(t, strings.Replace(recipe, "    version: "+setting(t, recipe, "    version: "), "    path: "+root, 1), dir, ".custom-gcl.yml")

	mirror := t.TempDir()
	cmd := exec.Command(bin.stock, "custom", "-v")
	cmd.Dir = dir
	cmd.Env = environ("GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.file://"+mirror+"/.insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/golangci/")
	clone(t, version, filepath.Join(mirror, "golangci-lint.git"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	write(t, config("", "cloudlint"), dir, ".golangci.yml")
	program := filepath.Join(dir, setting(t, recipe, "name: "))
	r := start(t, program, dir, "run", "--output.json.path=stdout", "--show-stats=false", "./...")
	if diff := cmp.Diff(command(t, dir, "./..."), found(t, r)); diff != "" {
		t.Errorf("command and golangci-lint: %s\n%s", diff, r.stderr)
	}
}

// setting returns the value in the line that begins so; what of the beginning stands behind a colon is part of it.
func setting(t *testing.T, text, begin string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, begin) {
			_, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			return value
		}
	}
	t.Fatalf("no line begins with %q", begin)
	return ""
}

// clone makes a repository of golangci-lint with one commit and the version's tag.
func clone(t *testing.T, version, to string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", "github.com/golangci/golangci-lint/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	have, from, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if have != version {
		t.Fatalf(".custom-gcl.yml wants golangci-lint %s, and go.mod here %s: they should be the same", version, have)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "-A", "-f"}, {"commit", "-q", "-m", version}, {"tag", version},
	} {
		cmd := exec.Command("git", append([]string{"-C", to, "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "core.autocrlf=false"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatal(fmt.Errorf("%s: %w\n%s", cmd, err, out))
		}
	}
}
