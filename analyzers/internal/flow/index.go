package flow

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// An index finds instructions by what they use, for what package ssa has no referrers of.
type index struct {
	local    map[*ssa.Function]bool
	callers  map[*ssa.Function][]ssa.CallInstruction // static calls
	closures map[*ssa.Function][]*ssa.MakeClosure
	asValue  map[*ssa.Function][]ssa.Instruction // uses as a value, other than by a closure
	invokes  map[string][]ssa.CallInstruction    // interface calls by the method's name
	fields   map[*types.Var][]ssa.Instruction    // FieldAddr and Field
	globals  map[*ssa.Global][]ssa.Instruction
	returns  map[*ssa.Function][]*ssa.Return
}

func (g *Graph) index() *index {
	if g.indexed != nil {
		return g.indexed
	}
	ix := &index{
		local:    make(map[*ssa.Function]bool),
		callers:  make(map[*ssa.Function][]ssa.CallInstruction),
		closures: make(map[*ssa.Function][]*ssa.MakeClosure),
		asValue:  make(map[*ssa.Function][]ssa.Instruction),
		invokes:  make(map[string][]ssa.CallInstruction),
		fields:   make(map[*types.Var][]ssa.Instruction),
		globals:  make(map[*ssa.Global][]ssa.Instruction),
		returns:  make(map[*ssa.Function][]*ssa.Return),
	}
	for _, fn := range g.fns {
		ix.local[fn] = true
	}
	var operands [10]*ssa.Value
	for _, fn := range g.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				var callee ssa.Value
				switch instr := instr.(type) {
				case *ssa.FieldAddr:
					f := irutil.FieldOf(instr.X.Type(), instr.Field)
					ix.fields[f] = append(ix.fields[f], instr)
				case *ssa.Field:
					f := irutil.FieldOf(instr.X.Type(), instr.Field)
					ix.fields[f] = append(ix.fields[f], instr)
				case *ssa.Return:
					ix.returns[fn] = append(ix.returns[fn], instr)
				case *ssa.MakeClosure:
					f := instr.Fn.(*ssa.Function)
					ix.closures[f] = append(ix.closures[f], instr)
					callee = f
				case ssa.CallInstruction:
					common := instr.Common()
					if common.IsInvoke() {
						name := common.Method.Name()
						ix.invokes[name] = append(ix.invokes[name], instr)
						break
					}
					callee = common.Value
					if f := common.StaticCallee(); f != nil {
						f = normal(f)
						ix.callers[f] = append(ix.callers[f], instr)
					}
				}
				for _, op := range instr.Operands(operands[:0]) {
					switch v := (*op).(type) {
					case *ssa.Global:
						ix.globals[v] = append(ix.globals[v], instr)
					case *ssa.Function:
						if *op != callee {
							ix.asValue[normal(v)] = append(ix.asValue[normal(v)], instr)
						}
					}
				}
			}
		}
	}
	g.indexed = ix
	return ix
}

// normal returns the function whose body counts: the generic function of an instance, the method behind a bound
// method or a method expression. Parameters correspond one to one, but for the receiver of a bound method.
func normal(fn *ssa.Function) *ssa.Function {
	if origin := fn.Origin(); origin != nil {
		return origin
	}
	if irutil.IsBound(fn) || strings.HasPrefix(fn.Synthetic, "thunk for ") {
		if m, ok := fn.Object().(*types.Func); ok && m.Signature().Recv() != nil && !types.IsInterface(m.Signature().Recv().Type()) {
			thunk := !irutil.IsBound(fn)
			if thunk && (len(fn.Params) == 0 || !types.Identical(fn.Params[0].Type(), m.Signature().Recv().Type())) {
				return fn // the method of an embedded field
			}
			if real := fn.Prog.FuncValue(m.Origin()); real != nil {
				return real
			}
		}
	}
	return fn
}

// findLiterals maps the brace of each composite literal of a followed type to the literal, and names it by what it is
// assigned to.
func (g *Graph) findLiterals() {
	name := func(value, target ast.Expr) {
		if u, ok := ast.Unparen(value).(*ast.UnaryExpr); ok {
			value = u.X
		}
		if lit, ok := ast.Unparen(value).(*ast.CompositeLit); ok {
			g.names[lit] = types.ExprString(target)
			g.assigned[target.Pos()] = lit
		}
	}
	for _, file := range g.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if tv, known := g.pass.TypesInfo.Types[n]; known && g.trackedName(tv.Type) != "" {
					g.literals[n.Lbrace] = n
				}
			case *ast.AssignStmt:
				if len(n.Lhs) == len(n.Rhs) {
					for i := range n.Lhs {
						name(n.Rhs[i], n.Lhs[i])
					}
				}
			case *ast.ValueSpec:
				if len(n.Names) == len(n.Values) {
					for i := range n.Names {
						name(n.Values[i], n.Names[i])
					}
				}
			case *ast.KeyValueExpr:
				name(n.Value, n.Key)
			}
			return true
		})
	}
}

// importable reports whether other packages can use what this one exports.
func (g *Graph) importable() bool { return g.pass.Pkg.Name() != "main" }

// callable reports whether code outside the package can call fn by its name, or by a method's name in an interface.
func (g *Graph) callable(fn *ssa.Function) bool {
	if fn.Object() == nil || !fn.Object().Exported() {
		return false
	}
	return fn.Signature.Recv() != nil || g.importable()
}

// reachable reports whether code outside the package can reach a field or package-level variable of this package.
func (g *Graph) reachable(v *types.Var) bool { return v.Exported() && g.importable() }
