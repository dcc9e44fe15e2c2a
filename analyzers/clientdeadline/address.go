package clientdeadline

import (
	"go/constant"
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
)

// isTCP reports whether a network is known to be TCP. Others do not wait for a peer to answer, or it is on this machine.
func isTCP(network ssa.Value) bool {
	s, whole := constantPrefix(network, 4)
	return whole && strings.HasPrefix(s, "tcp")
}

// isLocal reports whether an address or URL is known to be on this machine.
func isLocal(address ssa.Value) bool {
	if phi, ok := address.(*ssa.Phi); ok {
		for _, e := range phi.Edges {
			if _, again := e.(*ssa.Phi); again || !isLocal(e) {
				return false
			}
		}
		return true
	}
	if ownAddress(address) {
		return true
	}
	s, whole := constantPrefix(address, 8)
	if s == "" {
		return false
	}
	if strings.HasPrefix(s, "unix:") || strings.HasPrefix(s, "/") {
		return true
	}
	if _, rest, found := strings.Cut(s, "://"); found {
		s = rest
		if i := strings.IndexByte(s, '@'); i >= 0 && !strings.Contains(s[:i], "/") {
			s = s[i+1:]
		}
	}
	if strings.HasPrefix(s, "[::1]") {
		return true
	}
	host, _, ended := cutAny(s, ":/?#")
	if !ended && !whole {
		return false // the host goes on with something unknown
	}
	switch host {
	case "localhost", "0.0.0.0", "":
		return true
	}
	return strings.HasPrefix(host, "127.")
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i:], true
	}
	return s, "", false
}

// ownAddress reports whether v is the text of a listener's own address.
func ownAddress(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok || !call.Call.IsInvoke() || call.Call.Method.FullName() != "(net.Addr).String" {
		return false
	}
	addr, ok := call.Call.Value.(*ssa.Call)
	if !ok {
		return false
	}
	switch ctxflow.Callee(addr.Common()) {
	case "(net.Listener).Addr", "(*net.TCPListener).Addr", "(net.Conn).LocalAddr":
		return true
	}
	return false
}

// constantPrefix returns the text that a string is known to begin with. whole tells that this is all of it.
func constantPrefix(v ssa.Value, depth int) (prefix string, whole bool) {
	if depth == 0 {
		return "", false
	}
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.String {
			return constant.StringVal(v.Value), true
		}
	case *ssa.BinOp:
		if v.Op == token.ADD {
			left, whole := constantPrefix(v.X, depth-1)
			if !whole {
				return left, false
			}
			right, whole := constantPrefix(v.Y, depth-1)
			return left + right, whole
		}
	case *ssa.Call:
		switch ctxflow.Callee(v.Common()) {
		case "fmt.Sprintf":
			format, _ := constantPrefix(v.Call.Args[0], depth-1)
			before, _, verb := strings.Cut(format, "%")
			return before, !verb
		case "os.ExpandEnv":
			text, _ := constantPrefix(v.Call.Args[0], depth-1)
			before, _, variable := strings.Cut(text, "$")
			return before, !variable
		case "net.JoinHostPort":
			if host, whole := constantPrefix(v.Call.Args[0], depth-1); whole {
				return host + ":", false
			}
		}
	case *ssa.ChangeType:
		return constantPrefix(v.X, depth-1)
	}
	return "", false
}
