package outbound

import (
	"go/types"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// shape returns a row for a method that is one of many alike, or nil: of generated clients, and of SDKs that are known
// as a whole. A method with a body here is looked into instead, by what it calls.
func shape(c skeleton.Callee) *models.Outbound {
	sig := c.Object.Signature()
	if sig.Recv() == nil || c.Object.Pkg() == nil {
		return nil
	}
	if c.Func != nil && c.Func.Synthetic == "" && len(c.Func.Blocks) > 0 {
		return nil
	}
	var row *models.Outbound
	if lib := libraryOf(c.Object); lib != nil {
		row = ofLibrary(lib, c.Object, sig)
	} else if takesContext(sig) {
		row = generated(c.Object, sig)
	}
	if row == nil {
		return nil
	}
	row.Func = key(c.Object)
	if takesContext(sig) {
		row.Context = 2
	}
	return row
}

// takesContext reports whether the first parameter is a context.
func takesContext(sig *types.Signature) bool {
	return sig.Params().Len() > 0 && irutil.IsContext(sig.Params().At(0).Type())
}

// generated knows the methods of generated clients by their signatures.
func generated(fn *types.Func, sig *types.Signature) *models.Outbound {
	for _, known := range []func(*types.Func, *types.Signature) *models.Outbound{grpcClient, googleClient, kubernetesClient, amazonClient, connectClient} {
		if row := known(fn, sig); row != nil {
			return row
		}
	}
	return nil
}

// ofLibrary knows the methods of a library that is listed as a whole: those that get a context, and those that have a
// sibling which does, X beside XWithContext.
func ofLibrary(lib *models.OutboundLibrary, fn *types.Func, sig *types.Signature) *models.Outbound {
	switch {
	case !fn.Exported() || lib.IsLocal(fn.Name()):
		return nil
	case !takesContext(sig):
		if !lib.Paired || !hasMethods(sig.Recv().Type(), fn.Name()+"WithContext") {
			return nil
		}
	case lib.Row.Bounded == "" && !returnsError(sig, sig.Results().Len()):
		return nil
	}
	return rowOf(lib, fn.Name())
}

func libraryOf(fn *types.Func) *models.OutboundLibrary {
	path := fn.Pkg().Path()
	libraries := models.OutboundLibraries()
	for i := range libraries {
		if slices.ContainsFunc(libraries[i].Packages, func(pattern string) bool { return wire.MatchPath(pattern, path) }) {
			return &libraries[i]
		}
	}
	return nil
}

func rowOf(lib *models.OutboundLibrary, method string) *models.Outbound {
	row := lib.Row
	if lib.IsStream(method) {
		row.Stream, row.Bounded = true, ""
	}
	return &row
}

// grpcClient knows the methods that protoc-gen-go-grpc and its like generate:
// (ctx, *Request, ...grpc.CallOption) (*Response, error), and for streams (ctx, ...grpc.CallOption) (Stream, error).
func grpcClient(_ *types.Func, sig *types.Signature) *models.Outbound {
	if sig.Params().Len() > 3 || !returnsError(sig, 2) || optionOf(sig) != "google.golang.org/grpc.CallOption" {
		return nil
	}
	row := models.GRPCClient()
	switch {
	case isStream(sig.Results().At(0).Type()):
		row.Stream = true
	case sig.Params().Len() != 3:
		return nil
	}
	return &row
}

// googleClient knows the methods of Google's generated clients: (ctx, ..., ...gax.CallOption) (*Response, error).
func googleClient(_ *types.Func, sig *types.Signature) *models.Outbound {
	if !returnsError(sig, sig.Results().Len()) || !strings.HasPrefix(optionOf(sig), "github.com/googleapis/gax-go/") {
		return nil
	}
	row := models.GoogleClient()
	if isStream(sig.Results().At(0).Type()) {
		row.Stream, row.Bounded = true, ""
	}
	return &row
}

// kubernetesOptions are the types of options of k8s.io/apimachinery/pkg/apis/meta/v1 that tell what a method asks the API
// server for.
var kubernetesOptions = strings.Fields("GetOptions ListOptions CreateOptions UpdateOptions PatchOptions DeleteOptions ApplyOptions")

// kubernetesClient knows the methods of typed clients, generated for all kinds of resources, and of the dynamic and the
// metadata client.
func kubernetesClient(fn *types.Func, sig *types.Signature) *models.Outbound {
	asks := false
	for v := range sig.Params().Variables() {
		name := irutil.FullName(v.Type())
		option, ok := strings.CutPrefix(name, "k8s.io/apimachinery/pkg/apis/meta/v1.")
		asks = asks || ok && slices.Contains(kubernetesOptions, option)
	}
	if !asks || sig.Results().Len() == 0 || !returnsError(sig, sig.Results().Len()) {
		return nil
	}
	row := models.Kubernetes()
	row.Stream = hasMethods(sig.Results().At(0).Type(), "ResultChan", "Stop")
	return &row
}

// amazonClient knows the methods of the user's own interfaces that the clients of the AWS SDK implement:
// (ctx, *Input, ...func(*Options)) (*Output, error) with the options of a service.
func amazonClient(fn *types.Func, sig *types.Signature) *models.Outbound {
	if !sig.Variadic() || sig.Params().Len() != 3 || !returnsError(sig, 2) {
		return nil
	}
	slice, ok := sig.Params().At(2).Type().(*types.Slice)
	if !ok {
		return nil
	}
	option, ok := slice.Elem().Underlying().(*types.Signature)
	if !ok || option.Params().Len() != 1 {
		return nil
	}
	name, pkg := element(option.Params().At(0).Type())
	if pkg == nil || !strings.HasSuffix(name, ".Options") {
		return nil
	}
	for _, lib := range models.OutboundLibraries() {
		if slices.Contains(lib.Packages, "github.com/aws/aws-sdk-go-v2/service/...") && wire.MatchPath("github.com/aws/aws-sdk-go-v2/service/...", pkg.Path()) {
			return rowOf(&lib, fn.Name())
		}
	}
	return nil
}

// connectClient knows the methods of the clients that are generated for Connect and Twirp. Their signatures are those of
// the server's side; what makes an interface one of a client is the constructor that is generated with it, whose last
// parameter are the library's options for clients.
func connectClient(fn *types.Func, sig *types.Signature) *models.Outbound {
	named, ok := types.Unalias(sig.Recv().Type()).(*types.Named)
	if !ok || !types.IsInterface(named) || !constructed(named) {
		return nil
	}
	row := models.ConnectClient()
	switch {
	case sig.Results().Len() > 0 && (hasMethods(sig.Results().At(0).Type(), "CloseAndReceive") || hasMethods(sig.Results().At(0).Type(), "Receive")):
		row.Stream = true
	case !returnsError(sig, sig.Results().Len()):
		return nil
	}
	return &row
}

// constructed reports whether the package of an interface has a constructor of a client for it.
func constructed(iface *types.Named) bool {
	scope := iface.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		fn, ok := scope.Lookup(name).(*types.Func)
		if !ok || !strings.HasPrefix(name, "New") {
			continue
		}
		sig := fn.Signature()
		if sig.Results().Len() != 1 || !types.Identical(sig.Results().At(0).Type(), iface) {
			continue
		}
		switch optionOf(sig) {
		case "connectrpc.com/connect.ClientOption", "github.com/bufbuild/connect-go.ClientOption", "github.com/twitchtv/twirp.ClientOption":
			return true
		}
	}
	return false
}
