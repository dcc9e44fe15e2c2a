package detachedgoroutine

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// effectsOf says what a call does with the item that it gets as argument i, as its function sees it. instr is nil for a
// method value.
func (c *checker) effectsOf(it item, instr ssa.CallInstruction, callee skeleton.Callee, i int) *effects {
	h := hop{arg: i}
	if instr != nil {
		h.pos, h.text = instr.Pos(), c.sourceOf(instr)
	} else if callee.Object != nil {
		h.text = callee.Object.Name()
	}
	switch {
	case callee.Func != nil && c.local[callee.Func]:
		if i >= len(callee.Func.Params) {
			return new(effects)
		}
		return c.inner(it, callee, i, h)
	case callee.Object == nil:
		return c.unknown(it, h, instr)
	case c.inside(callee.Object.Pkg()) && !callee.Invoke:
		return c.foreign(it, callee, i, h)
	}
	return c.outside(it, callee, i, h, instr)
}

// inner are the effects of a function of the package.
func (c *checker) inner(it item, callee skeleton.Callee, i int, h hop) *effects {
	inner := c.follow(item{callee.Func.Params[i], it.path, it.class})
	eff := &effects{watches: inner.watches, parsed: inner.parsed, hijacked: inner.hijacked, returned: inner.returned}
	for _, u := range inner.uses {
		u.looped = u.looped || c.endless(callee.Func)
		if u, ok := u.through(h); ok {
			eff.uses = append(eff.uses, u)
		}
	}
	for _, l := range inner.lates {
		if len(l.calls) >= maxHops {
			continue
		}
		l.calls = slices.Concat([]hop{h}, l.calls)
		l.pending = c.substitute(l.pending, callee)
		for j := range l.pending {
			l.pending[j].escapes = l.pending[j].kept()
		}
		eff.lates = append(eff.lates, l)
	}
	return eff
}

// unknown are the effects of a function value that is not known. Whatever gets a value that is recycled, or the response,
// is taken to use it, and so is what gets a context and can fail.
func (c *checker) unknown(it item, h hop, instr ssa.CallInstruction) *effects {
	eff := new(effects)
	if it.path != "" || instr == nil {
		return eff
	}
	sig, ok := instr.Common().Value.Type().Underlying().(*types.Signature)
	switch {
	case it.class.pooled():
		eff.uses = []use{{kind: touches, hops: []hop{h}}}
	case it.class == writer:
		eff.uses = []use{{kind: writes, hops: []hop{h}}}
	case it.class == reqContext && ok && sig.Params().Len() > 1 && lastError(sig):
		eff.uses = []use{{kind: works, hops: []hop{h}}}
	}
	return eff
}

// outside are the effects of a function of another module, or of an interface's method.
func (c *checker) outside(it item, callee skeleton.Callee, i int, h hop, instr ssa.CallInstruction) *effects {
	eff := new(effects)
	add := func(u use) {
		u.hops = []hop{h}
		eff.uses = append(eff.uses, u)
	}
	method := ""
	if i == 0 && callee.Object.Signature().Recv() != nil {
		method = callee.Object.Name()
	}
	if it.path != "" {
		return eff
	}
	switch it.class {
	case reqContext:
		switch skeleton.KindOf(callee.Object) {
		case skeleton.ContextDone, skeleton.ContextAfterFunc:
			eff.watches = true
		case skeleton.ContextErr, skeleton.ContextCause:
			eff.watches = instr != nil && irutil.InCycle(instr.Block())
		case skeleton.None:
			if c.works(callee, i) && !c.ignores(callee) {
				add(use{kind: works})
			}
		}
	case requestCtx:
		if method == "" && lastError(callee.Object.Signature()) {
			add(use{kind: works})
		}
	case request, requestBody:
		switch method {
		case "FormValue", "PostFormValue", "ParseForm", "ParseMultipartForm", "FormFile":
			eff.parsed = true
			add(use{kind: reads, form: true})
		}
	case body:
		if method != "Close" && derived(callee, i, body) == noClass {
			add(use{kind: reads})
		}
	case writer:
		switch {
		case method == "Hijack" || takesConnection(callee.Object.Signature()):
			eff.hijacked = true
			add(use{kind: writes})
		case derived(callee, i, writer) == noClass:
			add(use{kind: writes})
		}
	case ginContext, echoContext, fiberCtx, fastCtx:
		add(use{kind: touches})
	case stream:
		switch {
		case method == "Context":
		case strings.HasPrefix(method, "Send") || strings.HasPrefix(method, "Set"):
			add(use{kind: sends})
		case method == "Recv" || method == "RecvMsg" || method == "Receive":
			add(use{kind: receives})
		}
	}
	return eff
}

// takesConnection reports whether a function that gets a response and a request makes something else of them: a websocket.
func takesConnection(sig *types.Signature) bool {
	requests, writers := 0, 0
	for v := range sig.Params().Variables() {
		switch classOf(v.Type()) {
		case request:
			requests++
		case writer:
			writers++
		}
	}
	if requests == 0 || writers == 0 || sig.Results().Len() == 0 {
		return false
	}
	_, pointer := sig.Results().At(0).Type().Underlying().(*types.Pointer)
	return pointer
}

// works reports whether a function that is known by its type only does something with the context that it gets as
// argument i which fails when the context is cancelled: it can return an error.
func (c *checker) works(callee skeleton.Callee, i int) bool {
	sig := callee.Object.Signature()
	arg := i
	if sig.Recv() != nil {
		arg--
	}
	if arg < 0 || arg >= sig.Params().Len() || classOf(sig.Params().At(arg).Type()) != reqContext {
		return false
	}
	pkg := callee.Object.Pkg()
	if pkg == nil || quiet(pkg.Path()) {
		return false
	}
	name := callee.Name()
	if slices.Contains(workers, name) {
		return true
	}
	if slices.ContainsFunc(drivers, func(prefix string) bool { return strings.HasPrefix(pkg.Path()+"/", prefix+"/") }) {
		return sig.Recv() != nil
	}
	// A function of the context alone may read a value from it.
	return lastError(sig) && (sig.Recv() != nil || sig.Params().Len() > 1)
}

func lastError(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && irutil.IsError(sig.Results().At(n-1).Type())
}

// workers are functions that do, or begin, what their context cancels, and return no error at once.
var workers = []string{
	// https://pkg.go.dev/os/exec#CommandContext: the process is killed when the context is done.
	"os/exec.CommandContext",
	// https://pkg.go.dev/database/sql: the error is that of Row.Scan.
	"(*database/sql.DB).QueryRowContext", "(*database/sql.Conn).QueryRowContext", "(*database/sql.Tx).QueryRowContext", "(*database/sql.Stmt).QueryRowContext",
	// https://pkg.go.dev/gorm.io/gorm#DB.WithContext and https://pkg.go.dev/xorm.io/xorm#Engine.Context: for the next query.
	"(*gorm.io/gorm.DB).WithContext", "(*xorm.io/xorm.Engine).Context",
	// https://pkg.go.dev/github.com/jackc/pgx/v5: the error is that of Row.Scan.
	"(*github.com/jackc/pgx/v5.Conn).QueryRow", "(*github.com/jackc/pgx/v5/pgxpool.Pool).QueryRow",
	"(*github.com/jackc/pgx/v4.Conn).QueryRow", "(*github.com/jackc/pgx/v4/pgxpool.Pool).QueryRow",
	// https://pkg.go.dev/cloud.google.com/go/storage#ObjectHandle.NewWriter: the context ends the upload.
	"(*cloud.google.com/go/storage.ObjectHandle).NewWriter",
	"(*cloud.google.com/go/pubsub.Topic).Publish", "(*cloud.google.com/go/pubsub/v2.Publisher).Publish",
}

// drivers are packages whose methods with a context send it to a server; their results hold the error.
var drivers = []string{
	"github.com/redis/go-redis/v9", "github.com/go-redis/redis/v8", "go.mongodb.org/mongo-driver/mongo", "go.mongodb.org/mongo-driver/v2/mongo",
}

// quiet reports whether the functions of a package take contexts for the values in them only: logs, traces, metrics.
func quiet(path string) bool {
	return slices.ContainsFunc([]string{
		"log", "context", "runtime", "testing", "go.opentelemetry.io", "go.opencensus.io", "github.com/opentracing", "go.uber.org/zap", "github.com/rs/zerolog",
		"github.com/sirupsen/logrus", "github.com/go-logr", "k8s.io/klog", "github.com/go-kit", "google.golang.org/grpc/metadata",
		"google.golang.org/grpc/peer", "google.golang.org/grpc/status", "github.com/grpc-ecosystem", "github.com/prometheus", "github.com/getsentry",
		"github.com/DataDog", "gopkg.in/DataDog", "github.com/hashicorp/go-hclog", "github.com/go-chi",
	}, func(prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") })
}

// inside reports whether the analyzer also looks at a package, so that its facts tell what its functions do.
func (c *checker) inside(pkg *types.Package) bool {
	switch {
	case pkg == nil:
		return false
	case pkg == c.Pkg:
		return true
	case len(c.Options.Inside) > 0:
		for _, pattern := range c.Options.Inside {
			if pass.MatchPath(pattern, pkg.Path()) {
				return true
			}
		}
		return false
	case c.Module != nil && c.Module.Path != "":
		return pkg.Path() == c.Module.Path || strings.HasPrefix(pkg.Path(), c.Module.Path+"/")
	}
	// Without a module to ask, what begins alike may belong together.
	first, _, _ := strings.Cut(c.Pkg.Path(), "/")
	return first == pkg.Path() || strings.HasPrefix(pkg.Path(), first+"/")
}

// startsArgument reports whether a function runs the function that it gets as argument i in a goroutine, and returns.
func startsArgument(callee skeleton.Callee, i int) bool {
	switch skeleton.KindOf(callee.Object) {
	case skeleton.WaitGroupGo, skeleton.GroupGo, skeleton.GroupTryGo, skeleton.AfterFunc:
		return i == 1
	}
	return slices.Contains(submits, callee.Name())
}

// startsSomething reports whether a call only starts a goroutine.
func startsSomething(callee skeleton.Callee) bool {
	return startsArgument(callee, 1) || startsArgument(callee, 0)
}

// submits are functions of worker pools that run a function later.
var submits = []string{
	"github.com/panjf2000/ants/v2.Submit", "(*github.com/panjf2000/ants/v2.Pool).Submit",
	"(*github.com/gammazero/workerpool.WorkerPool).Submit",
	"(*github.com/alitto/pond.WorkerPool).Submit",
	"(*github.com/sourcegraph/conc/pool.Pool).Go", "(*github.com/sourcegraph/conc.WaitGroup).Go",
}
