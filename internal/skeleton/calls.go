package skeleton

import (
	"go/constant"
	"go/types"
	"hash/fnv"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// callInstr translates a call.
func (c *compiler) callInstr(i *ssa.Call) (Instr, bool) {
	if b, ok := i.Call.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "close":
			return Instr{Code: Perform, Call: &Call{Kind: Close, Args: c.args(i.Call.Args...)}}, true
		case "len":
			return Instr{Code: LenOf, Args: c.args(i.Call.Args...)}, true
		case "cap":
			return Instr{Code: CapOf, Args: c.args(i.Call.Args...)}, true
		case "append":
			return Instr{Code: AppendTo, Args: c.args(i.Call.Args...)}, true
		case "ssa:deferstack":
			return Instr{Code: DeferStack}, true
		case "ssa:wrapnilchk":
			return Instr{Code: Move, Args: c.args(i.Call.Args[0])}, true
		case "max", "min":
			if len(i.Call.Args) == 2 && c.p.TypeOf(i.Type()).Shape == Int {
				op := Min
				if b.Name() == "max" {
					op = Max
				}
				return Instr{Code: op, Args: c.args(i.Call.Args...)}, true
			}
		case "recover":
			// Paths that panic are not followed.
			return Instr{Code: Move, Args: []Arg{c.arg(ssa.NewConst(nil, i.Type()))}}, true
		case "delete":
			return Instr{Code: MapDelete, Args: c.args(i.Call.Args...)}, true
		case "copy", "clear":
			return Instr{Code: Unknown, Args: c.args(i.Call.Args...)}, true
		}
		return Instr{Code: Unknown}, true
	}
	call := c.call(&i.Call)
	switch {
	case call.Kind != None:
		return Instr{Code: Perform, Call: call}, true
	case call.Pipe != nil:
		return Instr{Code: CallFunc, Call: call}, true
	case call.Harmless && call.Setting:
		return Instr{Code: Derived, Args: call.Args, N: call.NameHash()}, true
	case call.Harmless:
		return Instr{Code: Unknown, Args: call.Wraps, Call: &Call{Value: NoArg, NonNil: call.NonNil, NoError: call.NoError, Wraps: call.Wraps, Harmless: true}}, true
	}
	return Instr{Code: CallFunc, Call: call}, true
}

// call describes what is called.
func (c *compiler) call(common *ssa.CallCommon) *Call {
	out := &Call{Value: NoArg, Result: c.p.TypeOf(common.Signature().Results())}
	if r := common.Signature().Results(); r.Len() == 1 {
		out.Result = c.p.TypeOf(r.At(0).Type())
	}
	if b, ok := common.Value.(*ssa.Builtin); ok {
		if b.Name() == "close" {
			out.Kind = Close
		} else {
			out.Harmless = true
		}
		out.Args = c.args(common.Args...)
		return out
	}
	callee := CalleeOf(common)
	out.Name = callee.Name()
	out.Kind = KindOf(callee.Object)
	out.Args = c.args(callee.Args...)
	for _, a := range callee.Args {
		out.Types = append(out.Types, c.p.TypeOf(a.Type()))
	}
	if out.Kind != None {
		return out
	}
	out.NoError = neverFails[out.Name]
	out.Wraps = c.wraps(common.Signature(), callee.Args)
	out.Setting = setting(common.Signature(), callee)
	switch {
	case callee.Invoke:
		out.Value = c.arg(common.Value)
		out.Method = common.Method.Name()
		out.Args, out.Types = out.Args[1:], out.Types[1:]
		out.Harmless = harmless(callee)
		out.Pipe = c.pipeUse(common, callee)
	case callee.Closure != nil || callee.Func == nil:
		out.Value = c.arg(common.Value)
		if callee.Closure == nil {
			out.Func = nil
		}
	default:
		out.Func = c.p.ref(callee.Func)
		out.Harmless = harmless(callee) || out.Func != nil && !c.p.matters[callee.Func] && !tells(callee.Func)
		out.NonNil = nonNil(out.Name)
		out.Pipe = c.pipeUse(common, callee)
		out.Sync = callee.Object != nil && callee.Object.Pkg() != nil && quiet[callee.Object.Pkg().Path()] || synchronous[out.Name]
	}
	return out
}

// wraps lists the errors that a function is given which returns nothing but an error: it says more about them.
func (c *compiler) wraps(sig *types.Signature, args []ssa.Value) []Arg {
	if sig.Results().Len() != 1 || !irutil.IsError(sig.Results().At(0).Type()) {
		return nil
	}
	var list []Arg
	for _, a := range args {
		if irutil.IsError(a.Type()) {
			list = append(list, c.arg(a))
		}
	}
	return list
}

// NameHash tells functions apart.
func (c *Call) NameHash() int {
	h := fnv.New32a()
	h.Write([]byte(c.Name))
	return int(h.Sum32())
}

// setting reports whether a call asks for the value of a flag or another setting that has a constant name.
func setting(sig *types.Signature, callee Callee) bool {
	if callee.Object == nil || sig.Results().Len() != 1 {
		return false
	}
	if _, basic := sig.Results().At(0).Type().Underlying().(*types.Basic); !basic {
		return false
	}
	return slices.ContainsFunc(callee.Args, func(a ssa.Value) bool {
		k, ok := a.(*ssa.Const)
		return ok && k.Value != nil && k.Value.Kind() == constant.String
	})
}

// tells reports whether a function does nothing but say what it is given is like: a method such as Len or Empty. What it
// says decides what its callers do, as if it stood there.
func tells(fn *ssa.Function) bool {
	if len(fn.Blocks) > maxTellingBlocks || fn.Signature.Results().Len() == 0 || len(fn.Params) == 0 {
		return false
	}
	n := 0
	for _, b := range fn.Blocks {
		n += len(b.Instrs)
		for _, succ := range b.Succs {
			if succ.Dominates(b) {
				return false // a loop
			}
		}
	}
	return n <= maxTelling
}

// The bounds of such a function.
const (
	maxTellingBlocks = 4 // as x.a && x.b has
	maxTelling       = 16
)

// quiet lists packages whose functions do nothing with channels, locks and functions that they are given, but use them
// before they return, if at all.
var quiet = map[string]bool{
	"fmt": true, "errors": true, "strings": true, "strconv": true, "bytes": true, "math": true, "unicode": true, "unicode/utf8": true,
	"log": true, "log/slog": true, "path": true, "path/filepath": true, "math/rand": true, "math/rand/v2": true, "encoding/json": true,
	"encoding/binary": true, "sort": true, "hash": true, "crypto": true, "time": true, "os": true, "io/fs": true, "net/url": true,
	"github.com/sirupsen/logrus": true, "go.uber.org/zap": true, "github.com/rs/zerolog": true, "github.com/go-logr/logr": true,
	"github.com/pkg/errors": true, "github.com/hashicorp/go-hclog": true, "k8s.io/klog/v2": true, "k8s.io/klog": true,
	"github.com/go-kit/log": true, "github.com/go-kit/log/level": true,
}

// synchronous lists further functions that call what they are given before they return.
var synchronous = map[string]bool{
	"(*sync.Map).Range": true, "sort.Slice": true, "sort.SliceStable": true, "sort.Search": true,
	"slices.SortFunc": true, "slices.SortStableFunc": true, "slices.IndexFunc": true, "slices.ContainsFunc": true, "slices.DeleteFunc": true,
	"maps.DeleteFunc": true, "strings.Map": true, "strings.FieldsFunc": true, "go/ast.Inspect": true,
	"path/filepath.Walk": true, "path/filepath.WalkDir": true, "io/fs.WalkDir": true,
}

// harmless reports whether a call does nothing to what is followed.
func harmless(callee Callee) bool {
	obj := callee.Object
	if obj == nil {
		return false
	}
	if obj.Pkg() == nil {
		return obj.Name() == "Error" // of the type error
	}
	if !quiet[obj.Pkg().Path()] {
		return false
	}
	// Those that take a function call it.
	for v := range obj.Signature().Params().Variables() {
		if _, fn := v.Type().Underlying().(*types.Signature); fn {
			return false
		}
	}
	return true
}

// neverFails lists functions whose documentation says that their error is always nil. What package crypto/rand reads is
// there since Go 1.24, or the program ends.
var neverFails = map[string]bool{
	"crypto/rand.Read":      true,
	"(*bytes.Buffer).Write": true, "(*bytes.Buffer).WriteByte": true, "(*bytes.Buffer).WriteRune": true, "(*bytes.Buffer).WriteString": true,
	"(*strings.Builder).Write": true, "(*strings.Builder).WriteByte": true, "(*strings.Builder).WriteRune": true, "(*strings.Builder).WriteString": true,
}

// nonNil reports whether a function's result is never nil.
func nonNil(name string) bool {
	return name == "errors.New" || name == "fmt.Errorf" || strings.HasPrefix(name, "github.com/pkg/errors.New") || strings.HasPrefix(name, "github.com/pkg/errors.Errorf")
}
