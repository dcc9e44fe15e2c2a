package outbound

import (
	"go/types"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// optionOf returns the full name of the type of the options that a function has as its variadic parameter, or "".
func optionOf(sig *types.Signature) string {
	if !sig.Variadic() {
		return ""
	}
	name, _ := element(sig.Params().At(sig.Params().Len() - 1).Type())
	return name
}

// returnsError reports whether a function has n results, the last of them an error.
func returnsError(sig *types.Signature, n int) bool {
	return n > 0 && sig.Results().Len() == n && irutil.IsError(sig.Results().At(n-1).Type())
}

// isStream reports whether a type is the client's side of a stream of gRPC.
func isStream(t types.Type) bool { return hasMethods(t, "RecvMsg", "CloseSend") }

// element returns the full name of the named type that a slice or pointer has as its element, and its package.
func element(t types.Type) (string, *types.Package) {
	named := irutil.PointerTo(t)
	if slice, ok := types.Unalias(t).(*types.Slice); ok {
		named, _ = types.Unalias(slice.Elem()).(*types.Named)
	}
	if name := irutil.FullName(named); name != "" {
		return name, named.Obj().Pkg()
	}
	return "", nil
}

// hasMethods reports whether a type has methods with all of the names, which are exported.
func hasMethods(t types.Type, names ...string) bool {
	for _, name := range names {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if _, ok := obj.(*types.Func); !ok {
			return false
		}
	}
	return true
}
