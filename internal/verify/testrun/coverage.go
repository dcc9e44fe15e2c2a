package testrun

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/gocmd"
)

// Coverage says which lines tests ran.
type Coverage struct {
	blocks map[string][]block // by file, as import path and name: corp.example/shop/cart/cart.go
}

// A block is a part of a file without a branch.
type block struct {
	from, to int // lines
	ran      bool
}

// Ran reports whether tests ran code in a line, and whether there is any in it that could be run. file is the import path of
// the package and the file's name.
func (c *Coverage) Ran(file string, line int) (ran, known bool) {
	for _, b := range c.blocks[file] {
		if b.from <= line && line <= b.to {
			known = true
			ran = ran || b.ran
		}
	}
	return ran, known
}

// RunCoverage runs the tests once more, without hooks and without their output, and returns which lines of the packages
// they run: those of cov. That tests fail is no error, but what a package's tests did not come to is not covered.
func RunCoverage(ctx context.Context, o Options, cov []string) (*Coverage, error) {
	env, err := readEnvironment(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	tmp, err := gocmd.MkdirTemp(ctx, env.GOTMPDIR, "cloudlint-verify-")
	if err != nil {
		return nil, fmt.Errorf("no folder for temporary files: %w", err)
	}
	defer func() { _ = gocmd.RemoveAll(tmp) }()
	profile := filepath.Join(tmp, "cover.out")
	flags, rest := o.testFlags()
	for _, name := range []string{"coverprofile", "coverpkg", "covermode"} {
		flags, _ = takeFlag(flags, name)
	}
	// The race detector, if that is wanted, allows for no other mode.
	args := []string{"test", "-count=1", "-covermode=atomic", "-coverpkg=" + strings.Join(cov, ","), "-coverprofile=" + profile}
	if o.Tags != "" && !HasFlag(flags, "tags") {
		args = append(args, "-tags="+o.Tags)
	}
	if o.Overlay != "" && !HasFlag(flags, "overlay") {
		args = append(args, "-overlay="+o.Overlay)
	}
	cmd := exec.Command("go", slices.Concat(args, o.Patterns, flags, rest)...)
	cmd.Dir = o.Dir
	cmd.WaitDelay = gocmd.Grace
	cmd.Env = append(os.Environ(), "PWD="+o.Dir, "GOTMPDIR="+tmp)
	if _, err := gocmd.Guarded(ctx, cmd, o.Self, tmp); err != nil {
		return nil, err
	}
	f, err := os.Open(profile)
	if errors.Is(err, fs.ErrNotExist) {
		return new(Coverage), nil // nothing was built
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readCoverage(f)
}

// readCoverage reads the text that -coverprofile writes:
//
//	mode: atomic
//	corp.example/shop/cart/cart.go:12.30,15.2 3 1
func readCoverage(r io.Reader) (*Coverage, error) {
	c := &Coverage{blocks: make(map[string][]block)}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		line := s.Text()
		if strings.HasPrefix(line, "mode: ") {
			continue
		}
		file, place, ok := cutLast(line, ":")
		if !ok {
			return nil, fmt.Errorf("%q is no line of a coverage profile", line)
		}
		var b block
		var column, statements, count int
		if _, err := fmt.Sscanf(place, "%d.%d,%d.%d %d %d", &b.from, &column, &b.to, &column, &statements, &count); err != nil {
			return nil, fmt.Errorf("%q is no line of a coverage profile: %w", line, err)
		}
		b.ran = count > 0
		c.blocks[file] = append(c.blocks[file], b)
	}
	return c, s.Err()
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
