// Package ctxflow tells what is known of a context: whether the calls made with it can ever time out.
//
// It follows context values, and the HTTP requests that carry them, backward through one package: through variables,
// closures, branches, the parameters of functions whose callers are all known, and the results of the package's own
// helpers. Everything else is Unknown, and an Unknown context is never the ground for a finding.
package ctxflow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/declare"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A State says what is known of a context.
type State int

const (
	Unknown     State = iota
	None              // rooted at Background or TODO, and nothing but its own function's end cancels it
	Cancellable       // rooted at Background or TODO, but something may cancel it
	Deadline          // it has a deadline
)

// A Case is one way in which a context comes about. A parameter has a case for every caller.
type Case struct {
	State State
	// Root is the call that makes the context: context.Background, http.NewRequest, context.WithTimeout. It is nil for
	// an Unknown one.
	Root *ssa.Call
	// Through are the calls that hand the context on, the outermost caller first.
	Through []ssa.CallInstruction
	// Param is the parameter that an Unknown context comes from, without a deadline having been added on the way. Only
	// Local tells it.
	Param *ssa.Parameter
}

// A Flow answers questions about the contexts of one package. It is not safe for concurrent use.
type Flow struct {
	// Imported returns what is known of the results of a function of another package; it may be nil.
	Imported func(*types.Func) []Result
	// Declared is what the configuration says of functions whose contexts have a deadline; it may be nil.
	Declared *declare.Models

	in     *buildssa.SSA
	ignore func(token.Pos) bool
	index  index
	budget int
	active map[ssa.Value]bool // being resolved: a cycle adds nothing
	local  bool               // parameters stay what they are
}

// New returns the Flow of a package. It takes no notice of what the functions at places to ignore call and store: what
// tests pass says nothing about the service. It does no work before the first question.
func New(in *buildssa.SSA, ignore func(token.Pos) bool) *Flow { return &Flow{in: in, ignore: ignore} }

// budget bounds the work for one question. Real code needs a few dozen steps.
const budget = 2000

// State returns what is known of a context or a *http.Request, over all ways in which it comes about.
func (f *Flow) State(v ssa.Value) State {
	cases := f.Cases(v)
	state := cases[0].State
	for _, c := range cases[1:] {
		state = join(state, c.State)
	}
	return state
}

// join is what is known of a value that has one of two states. Where only one of them has a deadline, nothing is known:
// "a timeout of zero means none" is written so.
func join(a, b State) State {
	switch {
	case a == b:
		return a
	case a == Unknown || b == Unknown || a == Deadline || b == Deadline:
		return Unknown
	}
	return Cancellable
}

// Cases returns the ways in which a context or a *http.Request comes about. There is at least one.
func (f *Flow) Cases(v ssa.Value) []Case { return f.ask(v, false) }

// Local is Cases without a look at the callers of the function that v is in, or of those around it: what comes in as a
// parameter is Unknown, and Param says so.
func (f *Flow) Local(v ssa.Value) []Case { return f.ask(v, true) }

func (f *Flow) ask(v ssa.Value, local bool) []Case {
	f.prepare()
	f.local = local
	f.budget = budget
	f.active = make(map[ssa.Value]bool)
	cases := f.cases(v, nil)
	if len(cases) == 0 || f.budget <= 0 {
		return []Case{{}}
	}
	return cases
}

func (f *Flow) prepare() {
	if f.index.local == nil {
		f.index = newIndex(f.in, f.ignore)
	}
}

// A frame is a call whose result is being resolved: the callee's parameters are the call's arguments.
type frame struct {
	call   *ssa.Call
	callee *ssa.Function
	outer  *frame
}

func (f *Flow) cases(v ssa.Value, in *frame) []Case {
	if f.budget--; f.budget <= 0 {
		return []Case{{}}
	}
	if f.active[v] {
		return nil
	}
	f.active[v] = true
	defer delete(f.active, v)

	switch v := v.(type) {
	case *ssa.Call:
		return f.result(v, 0, in)
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return f.result(call, v.Index, in)
		}
	case *ssa.ChangeInterface:
		return f.cases(v.X, in)
	case *ssa.ChangeType:
		return f.cases(v.X, in)
	case *ssa.Phi:
		return f.merge(slices.Values(v.Edges), in)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return f.loaded(v.X, in)
		}
	case *ssa.Parameter:
		return f.parameter(v, in)
	}
	return []Case{{}}
}

// merge resolves a value that is one of several in the same function. Only what all of them agree on is known.
func (f *Flow) merge(values func(func(ssa.Value) bool), in *frame) []Case {
	var all []Case
	for v := range values {
		all = append(all, f.cases(v, in)...)
	}
	if params := slices.DeleteFunc(slices.Clone(all), func(c Case) bool { return c.Param == nil }); len(params) > 0 {
		// "if ctx == nil { ctx = context.Background() }": it is the parameter, for who gives one.
		for _, c := range all {
			if c.Param == nil && (c.State == Unknown || c.State == Deadline) {
				return []Case{{}}
			}
		}
		return params
	}
	for _, c := range all {
		if join(all[0].State, c.State) == Unknown {
			return []Case{{}}
		}
	}
	return all
}

// parameter resolves a parameter by the call that is being looked into, or by all callers.
func (f *Flow) parameter(p *ssa.Parameter, in *frame) []Case {
	fn := p.Parent()
	i := slices.Index(fn.Params, p)
	if in != nil && in.callee == fn {
		return f.argument(in.call, i, in.outer)
	}
	if f.local {
		return []Case{{Param: p}}
	}
	callers, all := f.index.callersOf(fn)
	var cases []Case
	for _, call := range callers {
		for _, c := range f.argument(call, i, nil) {
			c.Through = append(slices.Clone(c.Through), call)
			cases = append(cases, c)
		}
	}
	if !all {
		cases = append(cases, Case{})
	}
	return cases
}

func (f *Flow) argument(call ssa.CallInstruction, i int, in *frame) []Case {
	if args := call.Common().Args; i < len(args) {
		return f.cases(args[i], in)
	}
	return []Case{{}}
}

// loaded resolves what is read from memory: a variable that a closure captures, a package-level one, or a field.
func (f *Flow) loaded(addr ssa.Value, in *frame) []Case {
	stored, all := f.index.storedIn(addr)
	if !all || len(stored) == 0 {
		return []Case{{}}
	}
	return f.merge(slices.Values(stored), in)
}

// result resolves result i of a call.
func (f *Flow) result(call *ssa.Call, i int, in *frame) []Case {
	if f.Declared.IsDeadline(Callee(call.Common())) {
		return []Case{{State: Deadline, Root: call}}
	}
	if fn := call.Call.StaticCallee(); fn != nil {
		if fn = normal(fn); f.index.local[fn] {
			return f.returned(call, fn, i, in)
		}
		if obj, ok := fn.Object().(*types.Func); ok && f.Imported != nil {
			if cases, ok := f.imported(call, obj, i, in); ok {
				return cases
			}
		}
	}
	row := models.ContextFunction(Callee(call.Common()))
	if requestCancelSet(call) {
		return []Case{{}}
	}
	switch row.Effect {
	case models.Root, models.Detach:
		return []Case{{State: None, Root: call}}
	case models.Bound:
		return []Case{{State: Deadline, Root: call}}
	case models.Derive, models.DeriveCancel, models.DeriveElsewise:
		cases := f.parent(call, row.Parent, in)
		if row.Effect == models.DeriveElsewise || row.Effect == models.DeriveCancel && cancelLeaves(call) {
			for i := range cases {
				cases[i].State = cancellable(cases[i].State)
			}
		}
		return cases
	}
	return []Case{{}}
}

func (f *Flow) parent(call *ssa.Call, i int, in *frame) []Case {
	args := call.Call.Args
	if call.Call.IsInvoke() {
		args = append([]ssa.Value{call.Call.Value}, args...)
	}
	if i >= len(args) {
		return []Case{{}}
	}
	return slices.Clone(f.cases(args[i], in))
}

func cancellable(s State) State {
	if s == None {
		return Cancellable
	}
	return s
}

// returned resolves result i of a function of the package by what it returns.
func (f *Flow) returned(call *ssa.Call, fn *ssa.Function, i int, in *frame) []Case {
	if depth(in) >= 4 {
		return []Case{{}}
	}
	return f.merge(f.returnedBy(fn, i), &frame{call: call, callee: fn, outer: in})
}

// returnedBy are the values that a function returns as result i, but for nil, which comes with an error.
func (f *Flow) returnedBy(fn *ssa.Function, i int) func(func(ssa.Value) bool) {
	return func(yield func(ssa.Value) bool) {
		for _, ret := range f.index.returns[fn] {
			if i >= len(ret.Results) {
				continue
			}
			if c, ok := ret.Results[i].(*ssa.Const); ok && c.IsNil() {
				continue // returned with an error
			}
			if !yield(ret.Results[i]) {
				return
			}
		}
	}
}

func depth(in *frame) int {
	n := 0
	for ; in != nil; in = in.outer {
		n++
	}
	return n
}

// A Result tells which context a function returns: a root, one with a deadline, or what it was given as a parameter,
// without a deadline having been added.
type Result struct {
	Index int
	State State
	Param int // the receiver of a method first; counts if State is Unknown
}

// Results lists the results of a function that are known as contexts.
func (f *Flow) Results(fn *ssa.Function) []Result {
	var list []Result
	results := fn.Signature.Results()
	for i := range results.Len() {
		if !irutil.IsContext(results.At(i).Type()) {
			continue
		}
		f.prepare()
		f.budget, f.active, f.local = budget, make(map[ssa.Value]bool), true
		cases := f.merge(f.returnedBy(fn, i), nil)
		if len(cases) == 0 || f.budget <= 0 {
			continue
		}
		one := Result{Index: i, State: cases[0].State}
		if p := cases[0].Param; p != nil {
			one.Param = slices.Index(fn.Params, p)
		}
		same := !slices.ContainsFunc(cases, func(c Case) bool { return c.State != cases[0].State || c.Param != cases[0].Param })
		if same && one.State != Cancellable && (one.State != Unknown || cases[0].Param != nil && one.Param >= 0) {
			list = append(list, one)
		}
	}
	return list
}

// imported resolves result i of a function of another package.
func (f *Flow) imported(call *ssa.Call, fn *types.Func, i int, in *frame) ([]Case, bool) {
	for _, r := range f.Imported(fn.Origin()) {
		switch {
		case r.Index != i:
			continue
		case r.State == Unknown:
			return f.argument(call, r.Param, in), true
		}
		return []Case{{State: r.State, Root: call}}, true
	}
	return nil, false
}

// Callers returns the calls of a function in the package.
func (f *Flow) Callers(fn *ssa.Function) []ssa.CallInstruction {
	f.prepare()
	return f.index.callers[fn]
}

// AllCallers is Callers, and reports whether there can be no others.
func (f *Flow) AllCallers(fn *ssa.Function) (calls []ssa.CallInstruction, all bool) {
	f.prepare()
	return f.index.callersOf(fn)
}

// Stored returns the values that are stored in a variable: a package-level one, or one that a closure captures. all is
// false if there may be others.
func (f *Flow) Stored(addr ssa.Value) (values []ssa.Value, all bool) {
	f.prepare()
	return f.index.storedIn(addr)
}
