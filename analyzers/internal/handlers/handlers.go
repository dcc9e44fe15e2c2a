// Package handlers recognises the functions that serve one request per call, by the types of their parameters: handlers
// and middleware of net/http and of the frameworks on it, of fasthttp and fiber, and the methods of gRPC and Connect
// services. What they get ends with the request.
package handlers

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A Kind says who calls a handler.
type Kind string

// The kinds of handlers, named as a message would.
const (
	None     Kind = ""
	HTTP     Kind = "net/http"
	Gin      Kind = "gin"
	Echo     Kind = "echo"
	Fiber    Kind = "fiber"
	FastHTTP Kind = "fasthttp"
	Connect  Kind = "Connect"
	GRPC     Kind = "gRPC"
	Stream   Kind = "gRPC stream" // a streaming method of a gRPC or Connect service
)

// A Handler says how a function serves requests.
type Handler struct {
	Kind Kind
	// Exact tells that the parameters are those that the server or the framework calls a handler with, and no others. A
	// function with more is called by code of the user's, with what that code got.
	Exact bool
}

// A Role says what a value of a request's is.
type Role string

// The roles of parameters.
const (
	NoRole      Role = ""
	Writer      Role = "http.ResponseWriter"
	Request     Role = "*http.Request"
	Context     Role = "context.Context"
	GinContext  Role = "*gin.Context"
	EchoContext Role = "echo.Context"
	FiberCtx    Role = "fiber.Ctx"
	FastHTTPCtx Role = "*fasthttp.RequestCtx"
	Message     Role = "*connect.Request"
	ServeStream Role = "server stream" // grpc.ServerStream, a generated or generic one, or a stream of Connect
)

// Of says what kind of handler fn is, if it is one.
func Of(fn *ssa.Function) Handler { return OfSignature(fn.Signature, fn.Name()) }

// OfSignature is Of for a function or method that is known by its type. The name matters for methods of gRPC services
// only: it must be the service's.
func OfSignature(sig *types.Signature, name string) Handler {
	params := sig.Params()
	count := make(map[Role]int)
	for v := range params.Variables() {
		count[RoleOf(v.Type())]++
	}
	switch {
	case count[Writer] > 0 && count[Request] > 0:
		return Handler{HTTP, params.Len() == 2}
	case count[GinContext] > 0:
		return Handler{Gin, params.Len() == 1}
	case count[EchoContext] > 0:
		return Handler{Echo, params.Len() == 1}
	case count[FiberCtx] > 0:
		return Handler{Fiber, params.Len() == 1}
	case count[FastHTTPCtx] > 0:
		return Handler{FastHTTP, params.Len() == 1}
	case count[ServeStream] > 0:
		return Handler{Stream, streamMethod(sig, count)}
	case count[Message] == 1 && count[Context] == 1 && params.Len() == 2:
		return Handler{Connect, true}
	case unaryMethod(sig, name) || unaryInterceptor(sig):
		return Handler{GRPC, true}
	}
	return Handler{}
}

// RoleOf says what a value of the type is in a handler.
func RoleOf(t types.Type) Role {
	named, pointer := irutil.NamedOf(t), irutil.PointerTo(t) != nil
	if named == nil || named.Obj().Pkg() == nil {
		return NoRole
	}
	path, name := named.Obj().Pkg().Path(), named.Obj().Name()
	switch {
	case path == "net/http" && name == "ResponseWriter" && !pointer:
		return Writer
	case path == "net/http" && name == "Request" && pointer:
		return Request
	case path == "context" && name == "Context" && !pointer:
		return Context
	case path == "github.com/gin-gonic/gin" && name == "Context" && pointer:
		return GinContext
	case inModule(path, "github.com/labstack/echo") && name == "Context":
		return EchoContext // an interface up to v4, then a struct
	case inModule(path, "github.com/gofiber/fiber") && name == "Ctx":
		return FiberCtx // a struct up to v2, then an interface
	case path == "github.com/valyala/fasthttp" && name == "RequestCtx" && pointer:
		return FastHTTPCtx
	case path == connect && name == "Request" && pointer:
		return Message
	case path == connect && pointer && (name == "ClientStream" || name == "ServerStream" || name == "BidiStream"):
		return ServeStream
	}
	if !pointer && isServerStream(named) {
		return ServeStream
	}
	return NoRole
}

const connect = "connectrpc.com/connect"

// inModule reports whether an import path is that of the module's root package in any major version.
func inModule(path, module string) bool {
	rest, ok := strings.CutPrefix(path, module)
	return ok && (rest == "" || strings.HasPrefix(rest, "/v") && !strings.Contains(rest[1:], "/"))
}

// isServerStream reports whether t is an interface with the methods of grpc.ServerStream. A client's stream has no
// SetTrailer.
func isServerStream(t *types.Named) bool {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok || iface.NumMethods() < 6 {
		return false
	}
	found := 0
	for m := range iface.Methods() {
		switch m.Name() {
		case "SetTrailer":
			if params := m.Signature().Params(); params.Len() != 1 || !irutil.IsNamed(params.At(0).Type(), "google.golang.org/grpc/metadata", "MD") {
				return false
			}
			found++
		case "SetHeader", "SendHeader", "Context", "SendMsg", "RecvMsg":
			found++
		}
	}
	return found == 6
}

// streamMethod reports whether a function with a stream parameter has the shape of a service's method: the request or the
// context, if there is one, comes before it.
func streamMethod(sig *types.Signature, count map[Role]int) bool {
	if sig.Recv() == nil || sig.Results().Len() == 0 || !irutil.IsError(sig.Results().At(sig.Results().Len()-1).Type()) {
		return false
	}
	params := sig.Params()
	last := RoleOf(params.At(params.Len() - 1).Type())
	return last == ServeStream && (params.Len() <= 2 || count[Context] == 1 && params.Len() == 3)
}

// unaryMethod reports whether sig is that of a method of a gRPC service, of a type that implements the service: the
// package of its messages, or of a struct that the type embeds, has a function to register it.
func unaryMethod(sig *types.Signature, name string) bool {
	if sig.Recv() == nil || sig.Params().Len() != 2 || sig.Results().Len() != 2 ||
		RoleOf(sig.Params().At(0).Type()) != Context || !irutil.IsError(sig.Results().At(1).Type()) {
		return false
	}
	in, out := message(sig.Params().At(1).Type()), message(sig.Results().At(0).Type())
	if in == nil || out == nil {
		return false
	}
	recv := sig.Recv().Type()
	packages := append([]*types.Package{in.Obj().Pkg(), out.Obj().Pkg()}, embedded(recv)...)
	for i, pkg := range packages {
		if pkg != nil && (i == 0 || pkg != packages[i-1]) && registers(pkg, recv, name) {
			return true
		}
	}
	return false
}

// message returns the protobuf message that t points to, or nil.
func message(t types.Type) *types.Named {
	named := irutil.PointerTo(t)
	if named == nil {
		return nil
	}
	m, _, _ := types.LookupFieldOrMethod(t, true, nil, "ProtoMessage")
	if _, ok := m.(*types.Func); !ok {
		return nil
	}
	return named
}

// embedded lists the packages of the struct types and interfaces that a method's receiver embeds.
func embedded(recv types.Type) []*types.Package {
	if ptr, ok := types.Unalias(recv).(*types.Pointer); ok {
		recv = ptr.Elem()
	}
	s, ok := recv.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	var all []*types.Package
	for f := range s.Fields() {
		if named := irutil.NamedOf(f.Type()); named != nil && f.Embedded() {
			all = append(all, named.Obj().Pkg())
		}
	}
	return all
}

// registers reports whether the package has a function, as protoc-gen-go-grpc writes them, that registers a service with
// a method of that name which recv's type implements: RegisterOrdersServer(s grpc.ServiceRegistrar, srv OrdersServer).
func registers(pkg *types.Package, recv types.Type, method string) bool {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if !strings.HasPrefix(name, "Register") {
			continue
		}
		fn, ok := scope.Lookup(name).(*types.Func)
		if !ok || fn.Signature().Params().Len() != 2 {
			continue
		}
		params := fn.Signature().Params()
		iface, ok := params.At(1).Type().Underlying().(*types.Interface)
		if !ok || !isRegistrar(params.At(0).Type()) {
			continue
		}
		if m, _, _ := types.LookupFieldOrMethod(iface, false, pkg, method); m == nil {
			continue
		}
		if types.Implements(recv, iface) || types.Implements(types.NewPointer(recv), iface) {
			return true
		}
	}
	return false
}

func isRegistrar(t types.Type) bool {
	return irutil.IsNamed(irutil.PointerTo(t), grpc, "Server") || irutil.IsNamed(t, grpc, "ServiceRegistrar")
}

const grpc = "google.golang.org/grpc"

// unaryInterceptor reports whether sig is that of a grpc.UnaryServerInterceptor.
func unaryInterceptor(sig *types.Signature) bool {
	params := sig.Params()
	if params.Len() != 4 || RoleOf(params.At(0).Type()) != Context {
		return false
	}
	return irutil.IsNamed(irutil.PointerTo(params.At(2).Type()), grpc, "UnaryServerInfo")
}
