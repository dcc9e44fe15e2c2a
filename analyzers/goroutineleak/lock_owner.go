package goroutineleak

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// keeper returns the struct type of the package whose lock is found at a path, and the field.
func (l *locker) keeper(p *skeleton.Path) *types.Named {
	f, ok := p.Class().(*types.Var)
	if !ok {
		return nil
	}
	if l.owners == nil {
		l.owners = make(map[*types.Var]*types.Named)
		scope := l.Pkg.Scope()
		for _, name := range scope.Names() {
			if tn, ok := scope.Lookup(name).(*types.TypeName); ok && !tn.IsAlias() {
				if named, ok := tn.Type().(*types.Named); ok {
					l.ownFields(named, named.Underlying(), 0)
				}
			}
		}
	}
	return l.owners[f]
}

func (l *locker) ownFields(owner *types.Named, t types.Type, depth int) {
	s, ok := t.(*types.Struct)
	if !ok || depth > 2 {
		return
	}
	for f := range s.Fields() {
		l.owners[f] = owner
		if inner, ok := f.Type().(*types.Struct); ok { // mu struct { sync.Mutex; ... }
			l.ownFields(owner, inner, depth+1)
		}
	}
}

// hasChildren reports whether a struct has a slice or map of pointers to another: its children.
func hasChildren(parent, child *types.Named) bool {
	s, ok := parent.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range s.Fields() {
		var elem types.Type
		switch t := f.Type().Underlying().(type) {
		case *types.Slice:
			elem = t.Elem()
		case *types.Map:
			elem = t.Elem()
		default:
			continue
		}
		if ptr, ok := types.Unalias(elem).(*types.Pointer); ok && types.Identical(ptr.Elem(), child) {
			return true
		}
	}
	return false
}

// related reports whether two locks belong to a parent and one of its children: of two goroutines that are at work on the
// same parent, nothing says that it is not the same child.
func (l *locker) related(p, q *skeleton.Path) bool {
	a, b := l.keeper(p), l.keeper(q)
	if a == nil || b == nil || a == b || a.TypeParams().Len()+b.TypeParams().Len() > 0 {
		return false
	}
	down, up := hasChildren(a, b), hasChildren(b, a)
	if down == up {
		return false
	}
	parent := p
	if up {
		parent = q
	}
	// The parent is what the function works on, not one of several.
	_, param := parent.Base().(*ssa.Parameter)
	return param && l.stable(parent)
}
