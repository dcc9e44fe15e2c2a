// Findings runs cloudlint on the pinned modules and writes what it finds, one sorted line each, so that the difference
// that a change makes on real code can be reviewed before it is committed.
//
// Usage, in the repository:
//
//	go run ./bench/findings -out before.txt
//	# change something
//	go run ./bench/findings -out after.txt -against before.txt
//	go run ./bench/findings -out after.txt -- --preview --driver=source
//
// What follows "--" is passed on to cloudlint. With -dirs or -count, nothing is run: the prepared folders of the modules
// are printed, or how many packages, files and lines of each are analysed, and of all together.
// A git repository that cannot be reached is left out and named; it is in no registry. With -against, the difference is printed, and the exit status is 1 if
// there is one; 2 means that a module could not be analysed.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/cloudlint/cloudlint/bench/internal/modules"
	"github.com/cloudlint/cloudlint/internal/fix/unified"
)

type options struct {
	list, names, out, against string
	dirs, count               bool
	work, cloudlint           string
	args                      []string
}

func main() {
	var o options
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	flag.StringVar(&o.list, "modules", "", "`file` with the modules (default: bench/modules.txt of this repository)")
	flag.StringVar(&o.names, "only", "", "only the modules of these `names`, separated by commas")
	flag.StringVar(&o.out, "out", "", "`file` to write the findings to (required)")
	flag.StringVar(&o.against, "against", "", "print the difference to this earlier `file`")
	flag.StringVar(&o.work, "work", filepath.Join(cache, "cloudlint-bench"), "`folder` for modules and tools")
	flag.StringVar(&o.cloudlint, "cloudlint", "", "`executable` to run (default: built from this repository)")
	flag.BoolVar(&o.dirs, "dirs", false, "print the folders of the modules, ready to be analysed, and end")
	flag.BoolVar(&o.count, "count", false, "count the lines of the modules that are neither tests nor generated, and end")
	flag.Parse()
	o.args = flag.Args()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	same, err := run(ctx, o)
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "findings:", err)
		os.Exit(2)
	case !same:
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (same bool, err error) {
	if o.out == "" && !o.dirs && !o.count {
		return false, errors.New("-out is required")
	}
	var before []byte
	if o.against != "" { // read first: it may be the file that is written
		if before, err = os.ReadFile(o.against); err != nil {
			return false, err
		}
	}
	if err := o.complete(ctx); err != nil {
		return false, err
	}
	list, err := modules.Read(o.list)
	if err != nil {
		return false, err
	}
	if o.names != "" {
		if list, err = modules.Select(list, strings.Split(o.names, ",")); err != nil {
			return false, err
		}
	}

	var text bytes.Buffer
	var all size
	for _, m := range list {
		dir, err := m.Prepare(ctx, o.work)
		if err != nil && m.Repository() {
			fmt.Fprintf(os.Stderr, "%-12s left out: %v\n", m.Name, err)
			continue
		}
		if err != nil {
			return false, err
		}
		if o.dirs {
			fmt.Println(dir)
			continue
		}
		if o.count {
			s, err := count(ctx, dir)
			if err != nil {
				return false, fmt.Errorf("%s: %w", m, err)
			}
			all.add(s)
			fmt.Printf("%-16s %v\n", m.Name, s)
			continue
		}
		start := time.Now()
		n, err := write(ctx, &text, o, m.Name, dir)
		if err != nil {
			return false, fmt.Errorf("%s: %w", m, err)
		}
		fmt.Fprintf(os.Stderr, "%-12s %5d lines, %.1f s\n", m.Name, n, time.Since(start).Seconds())
	}
	if o.count {
		fmt.Printf("%-16s %v\n", "all", all)
	}
	if o.dirs || o.count {
		return true, nil
	}
	if err := os.WriteFile(o.out, text.Bytes(), 0o644); err != nil {
		return false, err
	}
	if o.against == "" {
		return true, nil
	}
	diff := unified.Diff(o.against, before, o.out, text.Bytes())
	_, err = os.Stdout.Write(diff)
	return len(diff) == 0, err
}

// complete fills in what was not given.
func (o *options) complete(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}} {{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("run this in the repository of cloudlint: %w", err)
	}
	path, root, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if path != "github.com/cloudlint/cloudlint" {
		return fmt.Errorf("run this in the repository of cloudlint, not in %s", path)
	}
	if o.list == "" {
		o.list = filepath.Join(root, "bench", "modules.txt")
	}
	if o.work, err = filepath.Abs(o.work); err != nil {
		return err
	}
	if o.cloudlint != "" {
		o.cloudlint, err = filepath.Abs(o.cloudlint)
		return err
	}
	o.cloudlint = filepath.Join(o.work, "bin", "cloudlint")
	build := exec.CommandContext(ctx, "go", "build", "-o", o.cloudlint, "./cmd/cloudlint")
	build.Dir = root
	build.Stderr = os.Stderr
	return build.Run()
}

// checkNoConfiguration refuses a module with a configuration of its own: the findings would depend on it unseen.
func checkNoConfiguration(dir string) error {
	for _, name := range []string{".cloudlint.yml", ".cloudlint.yaml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is a %s in %s (left by a benchmark that was killed?): remove it", name, dir)
		}
	}
	return nil
}
