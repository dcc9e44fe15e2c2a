package clientdeadline

import (
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
)

// unboundedCases returns the ways in which a request or context comes about without a deadline and without anybody who
// cancels it.
func (c *checker) unboundedCases(v ssa.Value) []ctxflow.Case {
	var without []ctxflow.Case
	for _, ctx := range c.contexts.Cases(v) {
		if ctx.State == ctxflow.None {
			without = append(without, ctx)
		}
	}
	return without
}

// made returns the call of http.NewRequest or http.NewRequestWithContext that makes a request, where it is in the same
// function.
func made(req ssa.Value) *ssa.Call {
	for range 8 { // copies of copies
		if e, ok := req.(*ssa.Extract); ok {
			req = e.Tuple
		}
		call, ok := req.(*ssa.Call)
		if !ok {
			return nil
		}
		switch ctxflow.Callee(call.Common()) {
		case "net/http.NewRequest", "net/http.NewRequestWithContext":
			return call
		case "(*net/http.Request).WithContext", "(*net/http.Request).Clone":
			req = call.Call.Args[0]
		default:
			return nil
		}
	}
	return nil
}

// requestURL returns the URL that a request is made with, or nil.
func requestURL(req ssa.Value) ssa.Value {
	call := made(req)
	if call == nil {
		return nil
	}
	args := call.Call.Args
	return args[len(args)-2] // method, url, body
}

// asksForStream reports whether a request's headers ask for an event stream or another protocol.
func asksForStream(req ssa.Value) bool {
	call := made(req)
	if call == nil {
		return false
	}
	for _, v := range append([]ssa.Value{req}, extracts(call, 0)...) {
		for _, use := range *v.Referrers() {
			header, ok := use.(*ssa.FieldAddr)
			if !ok {
				continue
			}
			for _, load := range *header.Referrers() {
				h, ok := load.(*ssa.UnOp)
				if !ok {
					continue
				}
				for _, use := range *h.Referrers() {
					if set, ok := use.(*ssa.Call); ok && setsStream(set) {
						return true
					}
				}
			}
		}
	}
	return false
}

func setsStream(call *ssa.Call) bool {
	switch ctxflow.Callee(call.Common()) {
	case "(net/http.Header).Set", "(net/http.Header).Add":
	default:
		return false
	}
	key, _ := constantPrefix(call.Call.Args[1], 4)
	value, _ := constantPrefix(call.Call.Args[2], 4)
	switch strings.ToLower(key) {
	case "accept":
		return strings.HasPrefix(value, "text/event-stream") || strings.HasPrefix(value, "application/x-ndjson")
	case "upgrade":
		return true
	}
	return false
}

func extracts(call *ssa.Call, i int) []ssa.Value {
	if _, ok := call.Type().(*types.Tuple); !ok {
		return []ssa.Value{call}
	}
	var all []ssa.Value
	for _, use := range *call.Referrers() {
		if e, ok := use.(*ssa.Extract); ok && e.Index == i {
			all = append(all, e)
		}
	}
	return all
}

// isZeroTime reports whether a time is known to be the zero time.
func isZeroTime(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Const:
		return v.Value == nil || v.Value.Kind() == constant.Unknown
	case *ssa.UnOp:
		if a, ok := v.X.(*ssa.Alloc); ok {
			for _, use := range *a.Referrers() {
				if use != v {
					return false
				}
			}
			return true
		}
	}
	return false
}
