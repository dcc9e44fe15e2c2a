package detachedgoroutine

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A class says what a value that is followed is.
type class uint8

const (
	noClass     class = iota
	reqContext        // a context that is cancelled when the handler returns
	request           // *http.Request
	requestBody       // a *http.Request with the body of the request, but another context
	requestCtx        // a *http.Request that carries the request's context only
	body              // the body of the request, or a reader on it
	writer            // http.ResponseWriter, a part of it, or a writer on it
	ginContext
	ginCopy // what (*gin.Context).Copy returns
	echoContext
	fiberCtx
	fastCtx
	stream
	function // a function: what matters is where it is called
)

// pooled reports whether the framework hands the value to another request when the handler has returned.
func (c class) pooled() bool {
	return slices.Contains([]class{ginContext, echoContext, fiberCtx, fastCtx}, c)
}

// classOf says what a parameter of the type is. A context counts only where it is known to be a request's.
func classOf(t types.Type) class {
	switch handlers.RoleOf(t) {
	case handlers.Writer:
		return writer
	case handlers.Request:
		return request
	case handlers.Context:
		return reqContext
	case handlers.GinContext:
		return ginContext
	case handlers.EchoContext:
		return echoContext
	case handlers.FiberCtx:
		return fiberCtx
	case handlers.FastHTTPCtx:
		return fastCtx
	case handlers.ServeStream:
		return stream
	}
	if _, ok := t.Underlying().(*types.Signature); ok {
		return function
	}
	return noClass
}

// A path says where in a value the thing lies that is followed: each byte is a field, or deref for what a pointer or
// variable points to. It is empty where the value is the thing.
type path string

const (
	deref   = 0xff
	maxPath = 5
)

func (p path) cut(step int) (path, bool) {
	if len(p) > 0 && int(p[0]) == step {
		return p[1:], true
	}
	return "", false
}

func (p path) under(steps ...int) path {
	b := make([]byte, 0, len(steps)+len(p))
	for _, s := range steps {
		b = append(b, byte(s))
	}
	return path(b) + p
}

// An item is a value that holds something that ends with the request.
type item struct {
	v     ssa.Value
	path  path
	class class
}

// fieldOf says what a field of a followed value holds.
func (c class) fieldOf(name string) class {
	switch {
	case name == "Body" && (c == request || c == requestBody):
		return body
	case name == "Request" && (c == ginContext || c == ginCopy):
		return request
	case name == "Writer" && c == ginContext:
		return writer
	}
	return noClass
}

// A derivation is a result of a call that still ends with the request, because argument or receiver arg does.
type derivation struct {
	name string
	arg  int
	from []class
	to   class
}

// derivations are calls whose (first) result depends on the request. Those of contexts are in package models.
var derivations = []derivation{
	// https://pkg.go.dev/net/http#Request
	{"(*net/http.Request).Context", 0, []class{request, requestCtx}, reqContext},
	{"(*net/http.Request).WithContext", 0, []class{request, requestBody}, requestBody},
	{"(*net/http.Request).WithContext", 1, []class{reqContext}, requestCtx},
	{"(*net/http.Request).Clone", 0, []class{request, requestBody}, requestBody},
	{"(*net/http.Request).Clone", 1, []class{reqContext}, requestCtx},
	{"(*net/http.Request).MultipartReader", 0, []class{request, requestBody}, body},
	{"net/http.NewResponseController", 0, []class{writer}, writer},
	{"net/http.MaxBytesReader", 1, []class{body}, body},
	{"net/http.NewRequest", 2, []class{body}, body},
	{"net/http.NewRequestWithContext", 3, []class{body}, body},
	// Writers and readers of the standard library that keep what they are given.
	{"bufio.NewWriter", 0, []class{writer}, writer},
	{"bufio.NewWriterSize", 0, []class{writer}, writer},
	{"encoding/json.NewEncoder", 0, []class{writer}, writer},
	{"encoding/xml.NewEncoder", 0, []class{writer}, writer},
	{"encoding/csv.NewWriter", 0, []class{writer}, writer},
	{"compress/gzip.NewWriter", 0, []class{writer}, writer},
	{"compress/gzip.NewWriterLevel", 0, []class{writer}, writer},
	{"archive/zip.NewWriter", 0, []class{writer}, writer},
	{"archive/tar.NewWriter", 0, []class{writer}, writer},
	{"mime/multipart.NewWriter", 0, []class{writer}, writer},
	{"bufio.NewReader", 0, []class{body}, body},
	{"bufio.NewReaderSize", 0, []class{body}, body},
	{"bufio.NewScanner", 0, []class{body}, body},
	{"encoding/json.NewDecoder", 0, []class{body}, body},
	{"encoding/xml.NewDecoder", 0, []class{body}, body},
	{"encoding/csv.NewReader", 0, []class{body}, body},
	{"archive/tar.NewReader", 0, []class{body}, body},
	{"io.LimitReader", 0, []class{body}, body},
	{"io.TeeReader", 0, []class{body}, body},
	// https://pkg.go.dev/github.com/gin-gonic/gin#Context.Copy
	{"(*github.com/gin-gonic/gin.Context).Copy", 0, []class{ginContext, ginCopy}, ginCopy},
	// fiber v2.52.15, ctx.go: Context returns c.fasthttp; v3.1.0: RequestCtx does. UserContext does not end.
	{"(*github.com/gofiber/fiber/v2.Ctx).Context", 0, []class{fiberCtx}, fastCtx},
	{"(github.com/gofiber/fiber/v3.Ctx).RequestCtx", 0, []class{fiberCtx}, fastCtx},
}

// derived says what the result of a call is that gets a value of the class as argument arg, the receiver first.
func derived(callee skeleton.Callee, arg int, from class) class {
	name := callee.Name()
	if name == "" {
		return noClass
	}
	for _, d := range derivations {
		if d.name == name && d.arg == arg && slices.Contains(d.from, from) {
			return d.to
		}
	}
	switch {
	case from == reqContext:
		switch row := models.ContextFunction(name); row.Effect {
		case models.Derive, models.DeriveCancel, models.DeriveElsewise, models.Bound:
			if row.Parent == arg {
				return reqContext
			}
		}
	case from == echoContext && arg == 0 && callee.Object.Name() == "Request":
		return request
	case from == echoContext && arg == 0 && callee.Object.Name() == "Response":
		return writer
	case from == stream && arg == 0 && callee.Object.Name() == "Context":
		return reqContext
	}
	return noClass
}
