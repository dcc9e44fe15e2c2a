package serverdeadline

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

const grpcServer = "google.golang.org/grpc.Server"

// checkGRPC reports a gRPC server whose options are all known, and none of which bounds idle connections.
//
// google.golang.org/grpc v1.85.0, server.go and keepalive/keepalive.go: the handshake is bounded by default
// (ConnectionTimeout, 120 s), a peer that has gone is found by a ping after two hours of silence (Time, Timeout), but a
// living client may stay idle for ever (MaxConnectionIdle and MaxConnectionAge: infinity).
func (c *checker) checkGRPC(o *flow.Object) {
	if o.Func == nil || o.Func.FullName() != "google.golang.org/grpc.NewServer" {
		return
	}
	call, ok := o.Value.(*ssa.Call)
	if !ok {
		return
	}
	options, ok := variadic(call.Call.Args[0])
	if !ok {
		return
	}
	for _, opt := range options {
		known := c.all(opt, func(v ssa.Value) bool {
			made := callOf(v)
			name := ""
			if made != nil {
				name = calleeName(made)
			}
			return strings.HasPrefix(name, "google.golang.org/grpc.") && name != "google.golang.org/grpc.KeepaliveParams"
		})
		if !known {
			return
		}
	}
	calls := o.Calls()
	served := slices.IndexFunc(calls, func(s flow.Call) bool {
		return s.Name == "(*google.golang.org/grpc.Server).Serve" &&
			!c.local(0, 2, false, s.Args())
	})
	e := c.callExpr(call)
	if served < 0 || e == nil || !c.concerns(e) {
		return
	}
	name := c.nameOf(e, "this grpc.Server")
	s := calls[served]
	c.pass.Report(pass.Diagnostic{
		Rule: grpcIdle, Pos: e.Pos(), End: e.End(), Op: "serve", Object: name,
		Message: "each idle client of " + name + " keeps its connection and the goroutines that serve it for as long as it likes, because no option " +
			"bounds them: add grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: ...})",
		Steps: append(append([]pass.Step{{Place: pass.At(e), Op: "create", Object: name, Message: "created here without grpc.KeepaliveParams"}},
			o.Path(s)...),
			pass.Step{Place: s.Place, Op: "serve", Object: "Serve", Message: "served here by Serve"}),
	})
}
