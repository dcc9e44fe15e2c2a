package unit

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// A factSet holds the facts of a package and of those that it imports.
type factSet struct {
	pkg *types.Package
	all map[factKey]analysis.Fact
}

type factKey struct {
	pkg  *types.Package
	obj  types.Object // nil for a fact about the package
	kind reflect.Type
}

func (s *factSet) importObject(obj types.Object, fact analysis.Fact) bool {
	if obj == nil {
		panic("nil object")
	}
	return s.load(factKey{obj.Pkg(), obj, reflect.TypeOf(fact)}, fact)
}

func (s *factSet) importPackage(pkg *types.Package, fact analysis.Fact) bool {
	if pkg == nil {
		panic("nil package")
	}
	return s.load(factKey{pkg, nil, reflect.TypeOf(fact)}, fact)
}

func (s *factSet) load(key factKey, fact analysis.Fact) bool {
	stored, ok := s.all[key]
	if ok {
		reflect.ValueOf(fact).Elem().Set(reflect.ValueOf(stored).Elem())
	}
	return ok
}

func (s *factSet) exportObject(obj types.Object, fact analysis.Fact) {
	if obj.Pkg() != s.pkg {
		panic(fmt.Sprintf("ExportObjectFact(%s, %T): the object is not one of package %s", obj, fact, s.pkg.Path()))
	}
	s.all[factKey{s.pkg, obj, reflect.TypeOf(fact)}] = fact
}

func (s *factSet) exportPackage(fact analysis.Fact) {
	s.all[factKey{s.pkg, nil, reflect.TypeOf(fact)}] = fact
}

func (s *factSet) allObjects(kinds map[reflect.Type]bool) []analysis.ObjectFact {
	var facts []analysis.ObjectFact
	for key, fact := range s.all {
		if key.obj != nil && kinds[key.kind] {
			facts = append(facts, analysis.ObjectFact{Object: key.obj, Fact: fact})
		}
	}
	// In an order that findings may follow.
	slices.SortFunc(facts, func(a, b analysis.ObjectFact) int {
		if c := strings.Compare(a.Object.Pkg().Path(), b.Object.Pkg().Path()); c != 0 {
			return c
		}
		if c := strings.Compare(types.ObjectString(a.Object, nil), types.ObjectString(b.Object, nil)); c != 0 {
			return c
		}
		return strings.Compare(kindName(a.Fact), kindName(b.Fact))
	})
	return facts
}

func (s *factSet) allPackages(kinds map[reflect.Type]bool) []analysis.PackageFact {
	var facts []analysis.PackageFact
	for key, fact := range s.all {
		if key.obj == nil && kinds[key.kind] {
			facts = append(facts, analysis.PackageFact{Package: key.pkg, Fact: fact})
		}
	}
	slices.SortFunc(facts, func(a, b analysis.PackageFact) int {
		if c := strings.Compare(a.Package.Path(), b.Package.Path()); c != 0 {
			return c
		}
		return strings.Compare(kindName(a.Fact), kindName(b.Fact))
	})
	return facts
}

// kindName names the type of a fact, with the path of its package: two analyzers may have a type of the same name.
func kindName(fact analysis.Fact) string {
	t := reflect.TypeOf(fact)
	if t.Kind() == reflect.Pointer {
		return t.Elem().PkgPath() + "." + t.Elem().Name()
	}
	return t.String()
}

// Lookup returns a function that finds a package by path among all that pkg imports, directly or not.
func Lookup(pkg *types.Package) func(path string) *types.Package {
	var all map[string]*types.Package
	return func(path string) *types.Package {
		if all == nil {
			all = make(map[string]*types.Package)
			var visit func(*types.Package)
			visit = func(p *types.Package) {
				for _, imp := range p.Imports() {
					if all[imp.Path()] == nil {
						all[imp.Path()] = imp
						visit(imp)
					}
				}
			}
			visit(pkg)
		}
		return all[path]
	}
}
