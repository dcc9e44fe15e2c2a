// Package outbound knows the calls that wait for something outside the program: a peer on the network, a database, a
// child process. It knows them by name, from the tables of package models, and by shape, where code is generated: the
// clients of gRPC and the SDKs of the clouds have the same few signatures everywhere. What the user's own functions hand
// on to such calls is no business of this package.
package outbound

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/declare"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A Call is a call that waits for something outside the program.
type Call struct {
	// Func is the function as the user writes it: "db.QueryContext".
	Func string
	// Context is the argument that bounds the wait, or nil: none does.
	Context ssa.Value
	// Carrier tells that Context is not a context but carries one: a *http.Request, an *exec.Cmd.
	Carrier bool
	// Stream tells that the call is to last or to wait for what may come at any time: it needs no deadline.
	Stream bool
	// SelfBounded tells that the call ends by itself by default.
	SelfBounded bool
	// What it waits for, to complete Func: "waits for the database".
	What string
	// Row is what is known of the function; for shapes it is made up.
	Row *models.Outbound
}

// A Table knows outbound calls: those of the libraries known to all, and those that the user's configuration declares.
type Table struct{ declared *declare.Models }

// New returns the table with the user's declarations, which may be nil.
func New(declared *declare.Models) Table { return Table{declared} }

// Of finds out whether a call waits for something outside the program.
func Of(call *ssa.CallCommon) (Call, bool) { return Table{}.Of(call) }

// Of finds out whether a call waits for something outside the program.
func (t Table) Of(call *ssa.CallCommon) (Call, bool) {
	callee := calleeOf(call)
	if callee.Object == nil {
		return Call{}, false
	}
	row := t.row(callee)
	if row == nil {
		return Call{}, false
	}
	out := Call{
		Func: written(call, callee), Carrier: row.Carrier, Stream: row.Stream, SelfBounded: row.Bounded != "",
		What: row.What, Row: row,
	}
	if i := row.Context; i > 0 && i <= len(callee.Args) {
		out.Context = callee.Args[i-1]
	}
	return out, true
}

// row returns what is known of a function. What the user declares wins.
func (t Table) row(callee skeleton.Callee) *models.Outbound {
	name := key(callee.Object)
	row := models.OutboundFunction(name)
	if row == nil {
		row = shape(callee)
	}
	if o := t.declared.OutboundCall(name); o != nil {
		waits := cmp.Or(o.Waits, "for an answer")
		row = &models.Outbound{Func: name, Context: o.Context, What: "waits " + waits, Source: "models.outbound of the configuration"}
	}
	if row != nil && t.declared.IsBounded(name, receiver(callee.Object)) {
		bounded := *row
		bounded.Bounded, bounded.Source = "models.bounded of the configuration says so", "models.bounded of the configuration"
		return &bounded
	}
	return row
}

// receiver returns the full name of the type whose method a function is, without a star, or "".
func receiver(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return ""
	}
	return irutil.FullName(irutil.NamedOf(recv.Type()))
}

// calleeOf is skeleton.CalleeOf, but a method value of an interface has its receiver among the arguments too.
func calleeOf(call *ssa.CallCommon) skeleton.Callee {
	c := skeleton.CalleeOf(call)
	if c.Closure != nil && irutil.IsBound(c.Closure.Fn.(*ssa.Function)) {
		c.Args = slices.Concat(c.Closure.Bindings[:1], c.Args)
	}
	return c
}

// key is the name under which a function stands in the tables: its full name without type parameters.
func key(fn *types.Func) string {
	name := fn.Origin().FullName()
	open, end := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']')
	if open < 0 || end < open {
		return name
	}
	return name[:open] + name[end+1:]
}
