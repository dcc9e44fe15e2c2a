package render

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cloudlint/cloudlint/internal/nearest"
)

// An Output is a format and where it goes.
type Output struct {
	Format Format
	Path   string // absolute; empty: standard output
}

// ParseOutputs reads the values of --format: a format's name ("text"), which goes to standard output, or a name and a
// file relative to dir ("sarif=out.sarif"; "-" is standard output). What can be wrong with a file is found out here, not
// after minutes of analysis. The errors are for the user.
func ParseOutputs(specs []string, dir string) ([]Output, error) {
	var outputs []Output
	taken := make(map[string]string) // spec by path
	for _, spec := range specs {
		name, path, hasPath := strings.Cut(spec, "=")
		format, ok := Lookup(name)
		if !ok {
			return nil, unknownFormat(name)
		}
		if hasPath && path == "" {
			return nil, fmt.Errorf("--format %s: the name of a file is missing after %q", spec, "=")
		}
		if path == "-" {
			path = ""
		}
		where := "standard output"
		if path != "" {
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, path)
			}
			path = filepath.Clean(path)
			if err := writable(path); err != nil {
				return nil, fmt.Errorf("--format %s: %w", spec, err)
			}
			where = path
		}
		if other, dup := taken[where]; dup {
			return nil, fmt.Errorf("--format %s and --format %s both write to %s; give one of them a file of its own: --format %s=FILE", other, spec, where, name)
		}
		taken[where] = spec
		outputs = append(outputs, Output{Format: format, Path: path})
	}
	return outputs, nil
}

func writable(path string) error {
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s", filepath.Dir(path))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder", path)
	}
	return nil
}

func unknownFormat(name string) error {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return fmt.Errorf("--format: there is no format %q%s; the formats are %s", name, nearest.Hint(name, names), strings.Join(names, ", "))
}

// Write prints the report in each of the outputs. One that fails does not keep the others from being written.
func Write(outputs []Output, in *Input, stdout io.Writer) error {
	var errs []error
	for _, o := range outputs {
		if o.Path == "" {
			errs = append(errs, o.Format.Render(stdout, in.of(o.Format)))
			continue
		}
		file := *in.of(o.Format)
		file.Terminal = Terminal{}
		err := WriteFile(o.Path, func(w io.Writer) error { return o.Format.Render(w, &file) })
		if err != nil {
			errs = append(errs, fmt.Errorf("--format %s=%s: %w", o.Format.Name, o.Path, err))
		}
	}
	return errors.Join(errs...)
}

// WriteFile replaces a file as a whole: whoever reads it sees the old contents or the new ones, and a run that is
// interrupted leaves the old ones. Devices and pipes are written to as they are.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode, old := os.FileMode(0o666), false
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return writeTo(path, os.O_WRONLY, 0, write)
		}
		mode, old = info.Mode().Perm(), true
	}
	// Unlike os.CreateTemp, this leaves the permissions of a new file to the umask.
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+strconv.Itoa(os.Getpid())+".tmp")
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	if err := writeTo(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode, write); err != nil {
		return err
	}
	if old {
		if err := os.Chmod(temp, mode); err != nil {
			return err
		}
	}
	return os.Rename(temp, path)
}

func writeTo(path string, flags int, mode os.FileMode, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, flags, mode)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
