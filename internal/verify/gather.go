package verify

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// maxPlaces is how many other places a gathered leak names.
const maxPlaces = 8

// A dependency is a version of another module.
type dependency struct{ path, version string }

// dependencyOf returns the module that a frame is of, if its file lay in the module cache when it was compiled.
func dependencyOf(f stacks.Frame) (dependency, bool) {
	dir := path.Dir(filepath.ToSlash(f.File))
	before, after, ok := strings.Cut(dir, "@v")
	if !ok {
		return dependency{}, false
	}
	version, rest, _ := strings.Cut(after, "/")
	pkg := f.Package()
	module := strings.TrimSuffix(strings.TrimSuffix(pkg, rest), "/")
	// The last element is the same in both, unless the module's name has capitals, which the cache writes otherwise.
	if rest != "" && module == pkg || !strings.EqualFold(path.Base(module), strings.ReplaceAll(path.Base(before), "!", "")) {
		return dependency{}, false
	}
	return dependency{module, "v" + version}, true
}

// Gather makes one leak of all survivors in one dependency: what the tests have not closed of it has many goroutines, and
// one remedy. Proven leaks are bugs of their own, and stay.
func Gather(leaks []*Leak) []*Leak {
	var out []*Leak
	first := make(map[dependency]*Leak)
	for _, l := range leaks {
		of, ok := dependencyOf(l.At)
		if !ok || l.Class != Survivor || l.Live != nil || l.Hang || l.Deliberate() || l.perConnection() {
			out = append(out, l)
			continue
		}
		g := first[of]
		if g == nil {
			copied := *l
			copied.Of, copied.Tests = of, slices.Clone(l.Tests)
			first[of] = &copied
			out = append(out, &copied)
			continue
		}
		g.Others = append(g.Others, l)
		g.Count += l.Count
		for _, t := range l.Tests {
			i := slices.IndexFunc(g.Tests, func(o Test) bool { return o.Package == t.Package && o.Name == t.Name })
			if i < 0 {
				g.Tests = append(g.Tests, t)
			} else {
				g.Tests[i].Count += t.Count
			}
		}
		sortTests(g.Tests)
	}
	return out
}

// others names the other places of a gathered leak.
func (l *Leak) others(places Places, root string) (list []finding.Related) {
	for i, o := range l.Others {
		if i == maxPlaces {
			break
		}
		list = append(list, finding.Related{Message: fmt.Sprintf("%d in %s, too: %s", o.Count, function(o.At), what(o.Op)), Range: places.at(o.At, root)})
	}
	return list
}
