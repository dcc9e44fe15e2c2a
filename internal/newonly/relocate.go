package newonly

import (
	"slices"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
)

// relocate returns the outcome with the packages of the given folders as if they had the import paths that they have
// after the change, which fingerprints contain: the package or its module may have been renamed.
func relocate(o *driver.Outcome, moved map[string][]string) *driver.Outcome {
	names := make(map[string][]string) // before -> after
	c := *o
	c.Packages = make(map[string]driver.Package, len(o.Packages))
	for path, p := range o.Packages {
		c.Packages[path] = p
		list := moved[p.Dir]
		if list != nil && names[p.ImportPath] == nil && !slices.Equal(list, []string{p.ImportPath}) {
			names[p.ImportPath] = list
			for _, to := range list {
				names[p.ImportPath+"_test"] = append(names[p.ImportPath+"_test"], to+"_test")
				there := p
				there.ImportPath = to
				c.Packages[to] = there
			}
		}
	}
	if len(names) == 0 {
		return o
	}
	c.Records = nil
	for _, rec := range o.Records {
		if names[rec.Package] == nil {
			c.Records = append(c.Records, rec)
		}
		for _, to := range names[rec.Package] {
			rec.Package = to
			c.Records = append(c.Records, rec)
		}
	}
	c.NotAnalysed = nil
	for _, path := range o.NotAnalysed {
		c.NotAnalysed = append(c.NotAnalysed, renamed(path, names)...)
	}
	c.Errors = nil
	for _, e := range o.Errors {
		for _, to := range renamed(e.Package, names) {
			c.Errors = append(c.Errors, finding.Error{Package: to, Message: e.Message})
		}
	}
	return &c
}

func renamed(path string, names map[string][]string) []string {
	if list := names[path]; len(list) > 0 {
		return slices.Clone(list)
	}
	return []string{path}
}
