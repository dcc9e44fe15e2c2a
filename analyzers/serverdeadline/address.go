package serverdeadline

import (
	"go/constant"
	"go/token"
	"net"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
)

// localAddress reports whether a server that listens on the address can only be reached from the same machine.
func (c *checker) localAddress(address ssa.Value) bool {
	if elems, ok := variadic(address); ok {
		if len(elems) != 1 {
			return false
		}
		address = elems[0]
	}
	return c.all(address, func(v ssa.Value) bool { return loopback(prefix(v)) })
}

// all reports whether f holds for all that v may be, if that is known.
func (c *checker) all(v ssa.Value, f func(ssa.Value) bool) bool {
	origins, complete := c.graph.Origins(v)
	for _, o := range origins {
		if !f(o) {
			return false
		}
	}
	return complete && len(origins) > 0
}

// prefix returns what is known of the beginning of a string.
func prefix(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.String {
			return constant.StringVal(v.Value)
		}
	case *ssa.BinOp:
		if v.Op == token.ADD {
			return prefix(v.X)
		}
	case *ssa.Call:
		callee := v.Call.StaticCallee()
		if callee == nil || callee.Pkg == nil || len(v.Call.Args) == 0 {
			return ""
		}
		switch callee.String() {
		case "fmt.Sprintf":
			format, _, _ := strings.Cut(prefix(v.Call.Args[0]), "%")
			return format
		case "net.JoinHostPort":
			return net.JoinHostPort(prefix(v.Call.Args[0]), "")
		}
	}
	return ""
}

// loopback reports whether an address that begins so is on the loopback interface.
func loopback(address string) bool {
	if strings.HasPrefix(address, "[::1]:") || strings.HasPrefix(address, "localhost:") {
		return true
	}
	host, _, found := strings.Cut(address, ":")
	ip := net.ParseIP(host)
	return found && ip != nil && ip.IsLoopback()
}

// localListener reports whether only peers on the same machine can reach a listener.
func (c *checker) localListener(listener ssa.Value) bool {
	return c.all(listener, func(v ssa.Value) bool {
		call := callOf(v)
		if call == nil {
			return false
		}
		for _, f := range models.ListenerFuncs() {
			if f.Func != calleeName(call) {
				continue
			}
			switch {
			case f.Local:
				return true
			case f.Inner > 0:
				return c.localListener(call.Args[f.Inner-1])
			}
			return c.all(call.Args[f.Network-1], func(v ssa.Value) bool { return strings.HasPrefix(prefix(v), "unix") }) ||
				c.localAddress(call.Args[f.Address-1])
		}
		return false
	})
}

// callOf returns the call whose result v is.
func callOf(v ssa.Value) *ssa.CallCommon {
	if e, ok := v.(*ssa.Extract); ok {
		v = e.Tuple
	}
	if call, ok := v.(*ssa.Call); ok {
		return &call.Call
	}
	return nil
}

// variadic returns the elements of a variadic argument that is written out in the call: none for nil.
func variadic(v ssa.Value) (elems []ssa.Value, ok bool) {
	if k, isConst := v.(*ssa.Const); isConst && k.Value == nil {
		return nil, k.IsNil()
	}
	slice, isSlice := v.(*ssa.Slice)
	if !isSlice {
		return nil, false
	}
	array, isAlloc := slice.X.(*ssa.Alloc)
	if !isAlloc || array.Comment != "varargs" {
		return nil, false
	}
	for _, r := range *array.Referrers() {
		addr, isAddr := r.(*ssa.IndexAddr)
		if !isAddr {
			continue
		}
		for _, r := range *addr.Referrers() {
			if store, isStore := r.(*ssa.Store); isStore && store.Addr == addr {
				elems = append(elems, store.Val)
			}
		}
	}
	return elems, true
}
