package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/verify"
)

// maxDirs is how many packages go is asked about.
const maxDirs = 500

// dirs asks go for the folders of other modules' packages that leaks are in: in the module cache, a vendor folder, or where a
// replace directive says. It asks nobody else: the names come from a profile.
func (p *profiling) dirs(ctx context.Context, leaks []*verify.Leak) map[string]string {
	var ask []string
	for _, l := range leaks {
		for _, f := range l.Example.Frames {
			pkg := f.Package()
			first, _, _ := strings.Cut(pkg, "/")
			if _, known := p.packages[pkg]; known || !strings.Contains(first, ".") || strings.Contains(pkg, "...") || module.CheckImportPath(pkg) != nil {
				continue
			}
			ask = append(ask, pkg)
		}
	}
	slices.Sort(ask)
	ask = slices.Compact(ask)
	dirs := make(map[string]string)
	if len(ask) == 0 || p.packages == nil {
		return dirs
	}
	dir := p.app.Options.Dir
	cmd := exec.Command("go", append([]string{"list", "-find", "-e", "-json=ImportPath,Dir", "--"}, ask[:min(len(ask), maxDirs)]...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir, "GOPROXY=off")
	err := gocmd.Run(ctx, cmd, func(r io.Reader) error {
		for dec := json.NewDecoder(r); ; {
			var pkg struct{ ImportPath, Dir string }
			switch err := dec.Decode(&pkg); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
			dirs[pkg.ImportPath] = pkg.Dir
		}
	})
	if err != nil {
		p.app.log.Debugf("go list of the packages of profiles: %v", err)
	}
	return dirs
}
