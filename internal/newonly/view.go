package newonly

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/cloudlint/cloudlint/internal/gitrepo"
	"github.com/cloudlint/cloudlint/internal/overlayfile"
)

// A view is contents other than those of the work tree, as an overlay for the go command.
type view struct {
	file     string            // the overlay; empty if nothing differs
	replace  map[string]string // absolute names; "": there is no such file
	warnings []string          // what the overlay cannot say
}

// viewOf makes the view of a commit, or of the index if commit is empty. The name of its temporary folder begins with the
// given one; no two views share a folder, because --fix analyses twice, and contents may differ.
func (c *Comparison) viewOf(ctx context.Context, commit, name string) (*view, error) {
	changes, err := c.repo.Differing(ctx, commit)
	if err != nil {
		return nil, err
	}
	untracked, err := c.untrackedFiles(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{replace: make(map[string]string)}
	for _, file := range untracked {
		if matters(file) {
			v.replace[c.repo.Abs(file)] = ""
		}
	}
	var objects, files []string
	vendored := slices.ContainsFunc(changes, func(change gitrepo.Change) bool { return isVendorList(change.Old) })
	for _, change := range changes {
		switch {
		case vendored && change.Kind == gitrepo.Modified && isModuleFile(change.Old):
			// go compares go.mod with the vendor/modules.txt that is on the disk, whatever the overlay says of it.
		case change.Submodule():
			v.warn(change, "is a submodule at another commit")
		case change.Kind == gitrepo.Added:
			v.replace[c.repo.Abs(change.New)] = ""
		case change.WasLink():
			v.warn(change, "is another symbolic link")
		default:
			objects = append(objects, change.OldBlob)
			files = append(files, change.Old)
		}
	}
	dir, err := os.MkdirTemp(c.tmp, name+"-")
	if err != nil {
		return nil, fmt.Errorf("no folder for temporary files: %w", err)
	}
	err = c.repo.Blobs(ctx, objects, func(i int, contents io.Reader) error {
		// The extension tells the go command what it is; the name may be too long or forbidden outside the work tree.
		to := filepath.Join(dir, strconv.Itoa(i)+path.Ext(files[i]))
		v.replace[c.repo.Abs(files[i])] = to
		return write(to, contents)
	})
	if err != nil || len(v.replace) == 0 {
		return v, err
	}
	v.file = dir + ".json"
	return v, overlayfile.Write(v.file, v.replace)
}

func (v *view) warn(change gitrepo.Change, what string) {
	name := change.Old
	if name == "" {
		name = change.New
	}
	v.warnings = append(v.warnings, fmt.Sprintf("%s %s: it is analysed as it is in the work tree", strconv.Quote(name), what))
}

func write(name string, contents io.Reader) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, contents)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// matters reports whether the go command looks at a file of that name without being told to. Others, such as those that
// node_modules is full of, need not be hidden from it.
func matters(name string) bool {
	return isModuleFile(name) || slices.Contains([]string{
		".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx",
		".swig", ".swigcxx", ".syso",
	}, path.Ext(name))
}

// isModuleFile reports whether the file says what modules there are.
func isModuleFile(name string) bool {
	return slices.Contains([]string{"go.mod", "go.sum", "go.work", "go.work.sum"}, path.Base(name)) || isVendorList(name)
}

func isVendorList(name string) bool {
	return path.Base(name) == "modules.txt" && path.Base(path.Dir(name)) == "vendor"
}

// hasPackage reports whether the folder has Go files in the view.
func (v *view) hasPackage(dir string) bool {
	for name, other := range v.replace {
		if other != "" && isGo(name) && filepath.Dir(name) == dir {
			return true
		}
	}
	entries, _ := os.ReadDir(dir)
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		_, replaced := v.replace[filepath.Join(dir, e.Name())]
		return !replaced && !e.IsDir() && isGo(e.Name())
	})
}
