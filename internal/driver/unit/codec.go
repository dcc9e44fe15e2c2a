package unit

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"go/types"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// An encodedFact is a fact in a facts file. The bytes of a facts file are part of the importers' key in the build
// cache: equal facts must give equal bytes.
type encodedFact struct {
	Package string
	Object  objectpath.Path // empty for a fact about the package
	Fact    analysis.Fact
}

// registerFacts makes the fact types of the analyzers, and of those that they require, known to package gob.
//
// Package gob numbers the types of a process in the order in which it meets them, and the numbers are part of the bytes.
// So that they do not depend on what is decoded first, all types are met here, in one order.
func registerFacts(analyzers []*analysis.Analyzer) {
	kinds := make(map[string]analysis.Fact)
	seen := make(map[*analysis.Analyzer]bool)
	var visit func([]*analysis.Analyzer)
	visit = func(list []*analysis.Analyzer) {
		for _, a := range list {
			if !seen[a] {
				seen[a] = true
				for _, fact := range a.FactTypes {
					kinds[kindName(fact)] = fact
				}
				visit(a.Requires)
			}
		}
	}
	visit(analyzers)
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		gob.Register(kinds[name])
		// A type that cannot be encoded says so when a fact is.
		_ = encodeList(io.Discard, []encodedFact{{Fact: reflect.New(reflect.TypeOf(kinds[name]).Elem()).Interface().(analysis.Fact)}})
	}
}

// magic begins a facts file that is not empty; what follows is gob.
const magic = "cloudlint facts 1\n"

// encode returns the facts that the importers of the package need: all about the package itself, and those about types,
// fields and methods of imported packages, which an importer can meet without importing their package.
func (s *factSet) encode() ([]byte, error) {
	var paths objectpath.Encoder
	var list []encodedFact
	for key, fact := range s.all {
		if key.pkg != s.pkg && !travels(key.obj) {
			continue
		}
		e := encodedFact{Package: key.pkg.Path(), Fact: fact}
		if key.obj != nil {
			var err error
			if e.Object, err = paths.For(key.obj); err != nil {
				continue // an importer cannot name it
			}
		}
		list = append(list, e)
	}
	if len(list) == 0 {
		return nil, nil
	}
	slices.SortFunc(list, func(a, b encodedFact) int {
		return cmp.Or(
			cmp.Compare(a.Package, b.Package),
			cmp.Compare(a.Object, b.Object),
			cmp.Compare(kindName(a.Fact), kindName(b.Fact)),
		)
	})
	var buf bytes.Buffer
	buf.WriteString(magic)
	if err := encodeList(&buf, list); err != nil {
		for _, e := range list {
			if err := encodeList(io.Discard, []encodedFact{e}); err != nil {
				return nil, fmt.Errorf("encoding the fact %s about %s %s: %w", kindName(e.Fact), e.Package, e.Object, err)
			}
		}
		return nil, fmt.Errorf("encoding facts: %w", err)
	}
	return buf.Bytes(), nil
}

// encodeList writes the facts. Package gob panics for some values, such as a nil pointer in a list.
func encodeList(w io.Writer, list []encodedFact) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	return gob.NewEncoder(w).Encode(list)
}

// travels reports whether a fact about an object of an imported package goes on to the importers of the importer.
func travels(obj types.Object) bool {
	if obj == nil {
		return false // each package is asked directly for facts about itself
	}
	if _, isType := obj.(*types.TypeName); isType {
		return true
	}
	return obj.Parent() != obj.Pkg().Scope()
}

// decodeFacts reads the facts of the packages that p imports.
func decodeFacts(p *Package) (*factSet, error) {
	s := &factSet{pkg: p.Types, all: make(map[factKey]analysis.Fact)}
	// A fact about a type can come through several packages. All were made from the same source; still, prefer the one
	// of the package itself, and have one order.
	own := make(map[factKey]bool)
	for _, path := range slices.Sorted(maps.Keys(p.Facts)) {
		list, err := decodeList(p.Facts[path])
		if err != nil {
			return nil, fmt.Errorf("the facts of package %s cannot be read (%w): `go clean -cache` helps if the build cache is damaged", path, err)
		}
		for _, e := range list {
			pkg := p.Lookup(e.Package)
			if pkg == nil || pkg == p.Types {
				continue // nothing of it is visible here
			}
			key := factKey{pkg: pkg, kind: reflect.TypeOf(e.Fact)}
			if e.Object != "" {
				if key.obj, err = objectpath.Object(pkg, e.Object); err != nil {
					continue // not visible here
				}
			}
			if own[key] {
				continue
			}
			own[key] = e.Package == path
			s.all[key] = e.Fact
		}
	}
	return s, nil
}

// decodeList reads a facts file. It survives every input.
func decodeList(data []byte) (list []encodedFact, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	rest, ok := strings.CutPrefix(string(data), magic)
	if !ok {
		return nil, errors.New("not a facts file of this version of cloudlint")
	}
	defer func() {
		if v := recover(); v != nil {
			list, err = nil, fmt.Errorf("%v", v)
		}
	}()
	r := strings.NewReader(rest)
	if err := gob.NewDecoder(r).Decode(&list); err != nil {
		return nil, err
	}
	if r.Len() > 0 {
		return nil, errors.New("there is more behind the last fact")
	}
	for _, e := range list {
		if e.Package == "" || e.Fact == nil {
			return nil, errors.New("incomplete fact")
		}
	}
	return list, nil
}
