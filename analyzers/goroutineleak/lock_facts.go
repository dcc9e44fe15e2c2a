package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A lockExpr is the key of a value that is computed from others. Two computations of the same value are taken to give
// the same: who locks if s.shared, and unlocks if s.shared, means it so.
type lockExpr struct {
	op   string
	x, y any
}

// A lockConst is the key of a constant.
type lockConst string

// keyOf returns what a value is known by.
func (w *lockWalk) keyOf(v ssa.Value) any { return w.key(v, 0) }

func (w *lockWalk) key(v ssa.Value, depth int) any {
	if c, ok := skeleton.ConstantOf(v); ok {
		return lockConst(c)
	}
	if depth > 4 {
		return w.paths.Of(v)
	}
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.MUL {
			if alloc, ok := w.paths.Of(v.X).Root.(*ssa.Alloc); ok {
				if only := skeleton.OnlyStored(alloc); only != nil {
					return w.key(only, depth+1)
				}
			}
			return w.paths.Content(v.X)
		}
	case *ssa.FreeVar:
		if b := skeleton.Bound(v); b != nil {
			return w.key(b, depth+1)
		}
	case *ssa.BinOp:
		return lockExpr{v.Op.String(), w.key(v.X, depth+1), w.key(v.Y, depth+1)}
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && len(v.Call.Args) == 1 && (b.Name() == "len" || b.Name() == "cap") {
			return lockExpr{b.Name(), w.key(v.Call.Args[0], depth+1), nil}
		}
		// c.isClosed() twice.
		callee := skeleton.CalleeOf(&v.Call)
		if basic, ok := v.Type().Underlying().(*types.Basic); ok && basic.Kind() == types.Bool && callee.Object != nil && len(callee.Args) <= 1 && len(w.c.lockSummary(callee.Func).outcomes) < 2 {
			var recv any
			if len(callee.Args) == 1 {
				recv = w.key(callee.Args[0], depth+1)
			}
			if skeleton.KindOf(callee.Object) == skeleton.None {
				return lockExpr{callee.Object.FullName(), recv, nil}
			}
		}
	}
	return w.paths.Of(v)
}

// decide returns the value of a condition, if the facts tell.
func (w *lockWalk) decide(cond ssa.Value, fs lockFacts) (value, known bool) {
	switch v := cond.(type) {
	case *ssa.Const:
		c, _ := skeleton.ConstantOf(v)
		return c == "true", true
	case *ssa.UnOp:
		if v.Op == token.NOT {
			value, known = w.decide(v.X, fs)
			return !value, known
		}
	case *ssa.Extract:
		if w.c.neverFound(v) {
			return false, true
		}
	case *ssa.BinOp:
		if x, c, equal, ok := comparedTo(v); ok {
			if xc, isConst := skeleton.ConstantOf(x); isConst {
				return (xc == c) == equal, true
			}
			if f, ok := fs.find(w.keyOf(x)); ok {
				switch {
				case f.is:
					return (f.value == c) == equal, true
				case f.value == c:
					return !equal, true
				}
			}
			if c == "nil" && isNeverNil(x) {
				return !equal, true
			}
			if c == "nil" && succeeds(x) {
				return equal, true
			}
		}
	}
	if f, ok := fs.find(w.keyOf(cond)); ok && f.is {
		return f.value == "true", true
	}
	return false, false
}

// assume returns the facts with those that a condition's value tells.
func (w *lockWalk) assume(cond ssa.Value, value bool, fs lockFacts) lockFacts {
	switch v := cond.(type) {
	case *ssa.Const:
		return fs
	case *ssa.UnOp:
		if v.Op == token.NOT {
			return w.assume(v.X, !value, fs)
		}
	case *ssa.BinOp:
		if x, c, equal, ok := comparedTo(v); ok {
			return w.learn(fs, lockFact{key: w.keyOf(x), value: c, is: equal == value})
		}
	}
	return w.learn(fs, lockFact{key: w.keyOf(cond), value: truth(value), is: true})
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// comparedTo takes x == c or x != c apart.
func comparedTo(v *ssa.BinOp) (x ssa.Value, c string, equal, ok bool) {
	if v.Op != token.EQL && v.Op != token.NEQ {
		return nil, "", false, false
	}
	if c, ok := skeleton.ConstantOf(v.Y); ok {
		return v.X, c, v.Op == token.EQL, true
	}
	if c, ok := skeleton.ConstantOf(v.X); ok {
		return v.Y, c, v.Op == token.EQL, true
	}
	return nil, "", false, false
}

// isNeverNil reports whether a value is not nil, whatever happens: a new object, or what errors.New returns.
func isNeverNil(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Alloc, *ssa.MakeClosure, *ssa.MakeChan, *ssa.MakeMap, *ssa.MakeSlice, *ssa.Function, *ssa.FieldAddr, *ssa.Global:
		return true
	case *ssa.MakeInterface:
		return true
	case *ssa.UnOp:
		// var ErrClosed = errors.New("closed")
		if g, ok := v.X.(*ssa.Global); ok && v.Op == token.MUL {
			return irutil.IsError(v.Type()) && g.Pkg != nil
		}
	case *ssa.Call:
		switch skeleton.CalleeOf(&v.Call).Name() {
		case "errors.New", "fmt.Errorf":
			return true
		}
	}
	return false
}

// resultFact is what is known of the result of a function where it returns v.
func (w *lockWalk) resultFact(v ssa.Value, fs lockFacts) (value string, is, ok bool) {
	if c, ok := skeleton.ConstantOf(v); ok {
		return c, true, true
	}
	if isNeverNil(v) {
		return "nil", false, true
	}
	if f, ok := fs.find(w.keyOf(v)); ok {
		return f.value, f.is, true
	}
	if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Kind() == types.Bool {
		if value, known := w.decide(v, fs); known {
			return truth(value), true, true
		}
	}
	return "", false, false
}

// succeeds reports whether an error is the result of a call that cannot fail with the constants that it is given.
func succeeds(v ssa.Value) bool {
	e, ok := v.(*ssa.Extract)
	if !ok || !irutil.IsError(e.Type()) {
		return false
	}
	call, ok := e.Tuple.(*ssa.Call)
	if !ok {
		return false
	}
	callee := skeleton.CalleeOf(&call.Call)
	i, never := models.Infallible(callee.Name())
	if i >= len(callee.Args) || never == nil {
		return false
	}
	k, ok := callee.Args[i].(*ssa.Const)
	return ok && k.Value != nil && slices.Contains(never, k.Value.ExactString())
}
