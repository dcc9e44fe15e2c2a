package outbound

import (
	"go/types"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// shape returns a row for a method that is generated alike in many packages, or nil. A method with a body here is
// looked into instead, by what it calls.
func shape(c skeleton.Callee) *models.Outbound {
	sig := c.Object.Signature()
	if sig.Recv() == nil || sig.Params().Len() == 0 {
		return nil
	}
	if c.Func != nil && c.Func.Synthetic == "" && len(c.Func.Blocks) > 0 {
		return nil
	}
	if !irutil.IsContext(sig.Params().At(0).Type()) {
		return nil
	}
	for _, known := range []func(*types.Signature) *models.Outbound{grpcClient} {
		if row := known(sig); row != nil {
			row.Func, row.Context = key(c.Object), 2
			return row
		}
	}
	return nil
}

// grpcClient knows the methods that protoc-gen-go-grpc and its like generate:
// (ctx, *Request, ...grpc.CallOption) (*Response, error), and for streams (ctx, ...grpc.CallOption) (Stream, error).
func grpcClient(sig *types.Signature) *models.Outbound {
	params, results := sig.Params(), sig.Results()
	if !sig.Variadic() || params.Len() < 2 || params.Len() > 3 || !returnsError(sig, 2) {
		return nil
	}
	if name, _ := element(params.At(params.Len() - 1).Type()); name != "google.golang.org/grpc.CallOption" {
		return nil
	}
	row := &models.Outbound{What: "waits for the server's answer", Option: "a timeout in the service config",
		Source: "google.golang.org/grpc/cmd/protoc-gen-go-grpc: a call of (*ClientConn).Invoke or NewStream"}
	switch {
	case hasMethods(results.At(0).Type(), "RecvMsg", "CloseSend"):
		row.Stream = true
	case params.Len() != 3:
		return nil
	}
	return row
}

// returnsError reports whether a function has n results, the last of them an error.
func returnsError(sig *types.Signature, n int) bool {
	return sig.Results().Len() == n && irutil.IsError(sig.Results().At(n-1).Type())
}

// element returns the full name of the named type that a slice or pointer has as its element, and its package.
func element(t types.Type) (string, *types.Package) {
	switch u := types.Unalias(t).(type) {
	case *types.Slice:
		return fullName(u.Elem())
	case *types.Pointer:
		return fullName(u.Elem())
	}
	return "", nil
}

// fullName returns the name of a named type with the path of its package.
func fullName(t types.Type) (string, *types.Package) {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return "", nil
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name(), named.Obj().Pkg()
}

// hasMethods reports whether a type has methods with all of the names.
func hasMethods(t types.Type, names ...string) bool {
	for _, name := range names {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if _, ok := obj.(*types.Func); !ok {
			return false
		}
	}
	return true
}
