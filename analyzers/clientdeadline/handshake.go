package clientdeadline

import (
	"fmt"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// handshakes checks the TLS and SSH handshakes on connections that are made, accepted or handed over in view.
func (c *checker) handshakes() {
	for _, found := range c.calls {
		call := found.Call
		switch found.name {
		case "(*crypto/tls.Conn).Handshake":
			if conn := c.rawConn(call.Call.Args[0]); conn.inView() {
				c.shake(handshake, call, conn, "HandshakeContext with a context that has a deadline, or SetDeadline on the connection before")
			}
		case "golang.org/x/crypto/ssh.NewClientConn":
			if conn := c.rawConn(call.Call.Args[0]); conn.made && !conn.own {
				c.shake(sshClient, call, conn, "SetDeadline on the connection before the handshake, and SetDeadline(time.Time{}) after it")
			}
		}
	}
}

// A connection is what is known of where a connection comes from.
type connection struct {
	made    bool // dialed or accepted in this package
	wrapped bool // made a TLS connection in the function that shakes hands
	own     bool // of a type of the user's, which may read from anything
	holders []*ssa.Function
}

func (c connection) inView() bool { return (c.made || c.wrapped) && !c.own }

// rawConn follows a connection back to where it is dialed or accepted.
func (c *checker) rawConn(v ssa.Value) connection {
	var conn connection
	seen := make(map[ssa.Value]bool)
	var back func(v ssa.Value)
	back = func(v ssa.Value) {
		if v == nil || seen[v] || len(seen) > 200 {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Extract:
			back(v.Tuple)
		case *ssa.MakeInterface:
			if !isStdConn(v.X.Type()) {
				conn.own = true
			}
			back(v.X)
		case *ssa.ChangeInterface:
			back(v.X)
		case *ssa.TypeAssert:
			back(v.X)
		case *ssa.Phi:
			for _, e := range v.Edges {
				back(e)
			}
		case *ssa.UnOp:
			stored, _ := c.contexts.Stored(v.X)
			for _, s := range stored {
				back(s)
			}
		case *ssa.Parameter:
			for _, call := range c.contexts.Callers(v.Parent()) {
				for i, p := range v.Parent().Params {
					if p == v && i < len(call.Common().Args) {
						conn.holders = append(conn.holders, call.Parent())
						back(call.Common().Args[i])
					}
				}
			}
		case *ssa.Call:
			conn.holders = append(conn.holders, v.Parent())
			switch name := ctxflow.Callee(v.Common()); {
			case name == "crypto/tls.Client", name == "crypto/tls.Server":
				conn.wrapped = true
				back(v.Call.Args[0])
			case connects(name):
				conn.made = true
			}
		}
	}
	back(v)
	return conn
}

// isStdConn reports whether a type is one of the connections of the standard library.
func isStdConn(t types.Type) bool {
	path := irutil.PackagePath(irutil.NamedOf(t))
	return path == "net" || path == "crypto/tls"
}

// connects reports whether a function makes a connection without a deadline on what is read from it.
func connects(function string) bool {
	switch function {
	case "net.Dial", "net.DialTimeout", "net.DialTCP",
		"(*net.Dialer).Dial", "(*net.Dialer).DialContext",
		"(net.Listener).Accept", "(*net.TCPListener).Accept", "(*net.TCPListener).AcceptTCP":
		return true
	}
	return false
}

// shake reports a handshake for which no function that holds the connection sets a deadline.
func (c *checker) shake(r *rule.Rule, call *ssa.Call, conn connection, instead string) {
	if !c.exits.Reachable(call) || c.skips(call.Pos()) || watched(call) {
		return
	}
	var cleared *ssa.Call
	for _, fn := range append(conn.holders, call.Parent()) {
		for ; fn != nil; fn = fn.Parent() {
			set, zero := c.deadlines(fn, 2)
			if set {
				return
			}
			if zero != nil {
				cleared = zero
			}
		}
	}
	text := c.source.text(call.Pos())
	d := pass.Diagnostic{Rule: r, Op: "handshake", Object: text, Severity: c.severity(call)}
	d.Pos, d.End = c.source.Span(call.Pos()).Range()
	why := "no deadline is set on the connection"
	if cleared != nil {
		why = "the deadline of the connection is taken away before it"
		d.Steps = append(d.Steps, pass.Step{Place: c.source.Span(cleared.Pos()), Op: "deadline", Message: "the deadline is taken away here"})
	}
	d.Message = fmt.Sprintf("%s waits for the peer's handshake and %s: a peer that stays silent holds the goroutine and the connection for ever; use %s", text, why, instead)
	d.Steps = append(d.Steps, pass.Step{Place: pass.Place{Pos: d.Pos, End: d.End}, Op: "handshake", Object: text, Message: "the caller waits here"})
	c.Report(d)
}

// deadlines reports whether fn, or a function of the package that it calls, sets a deadline on any connection, and returns a
// call that takes one away.
func (c *checker) deadlines(fn *ssa.Function, depth int) (set bool, zero *ssa.Call) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			name := ctxflow.Callee(call.Common())
			switch name[strings.LastIndex(name, ".")+1:] {
			case "SetDeadline", "SetReadDeadline", "SetWriteDeadline":
				args := call.Common().Args
				if at := args[len(args)-1]; !isZeroTime(at) {
					return true, zero
				}
				if plain, ok := instr.(*ssa.Call); ok {
					zero = plain
				}
			}
			if callee := call.Common().StaticCallee(); callee != nil && depth > 0 && callee.Pkg == fn.Pkg {
				if set, _ := c.deadlines(callee, depth-1); set {
					return true, zero
				}
			}
		}
	}
	return false, zero
}
