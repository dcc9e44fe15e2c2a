package irutil

import (
	"go/types"
	"slices"
)

// PointerTo returns the type with a name that t is a pointer to, or nil.
func PointerTo(t types.Type) *types.Named {
	ptr, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return nil
	}
	named, _ := types.Unalias(ptr.Elem()).(*types.Named)
	return named
}

// NamedOf returns the type with a name that t is, or is a pointer to, or nil.
func NamedOf(t types.Type) *types.Named {
	if named := PointerTo(t); named != nil {
		return named
	}
	named, _ := types.Unalias(t).(*types.Named)
	return named
}

// Deref returns the type that t is a pointer to, or t. A type whose own name stands for a pointer counts as one.
func Deref(t types.Type) types.Type {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		return ptr.Elem()
	}
	return t
}

// IsNamed reports whether t is one of the types of a package with the names. It is false for nil.
func IsNamed(t types.Type, pkg string, names ...string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named != nil && PackagePath(named) == pkg && slices.Contains(names, named.Obj().Name())
}

// IsInteger reports whether t is a type of integers.
func IsInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// FullName returns the name of a type with the path of its package: "net/http.Server". It is "" for a type that has no name,
// or no package.
func FullName(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named == nil || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}

// PackagePath returns the path of the package that declares a type, or "" for nil and for types of the language.
func PackagePath(named *types.Named) string {
	if named == nil || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path()
}
