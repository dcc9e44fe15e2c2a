package goroutineleak

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

func (l *locker) lockOpOf(call ssa.CallInstruction) lockOp { return l.lockOp(skeleton.OpOf(call)) }

// callAt returns the call expression that an instruction was made from, or nil.
func (l *locker) callAt(instr ssa.Instruction) *ast.CallExpr {
	if instr == nil {
		return nil
	}
	return l.callExpr(instr.Pos())
}

func (l *locker) callExpr(pos token.Pos) *ast.CallExpr {
	file := l.File(pos)
	if file == nil {
		return nil
	}
	nodes, _ := astutil.PathEnclosingInterval(file, pos, pos)
	for _, n := range nodes {
		if call, ok := n.(*ast.CallExpr); ok && (call.Lparen == pos || call.Pos() == pos) {
			return call
		}
		if d, ok := n.(*ast.DeferStmt); ok {
			return d.Call
		}
	}
	return nil
}

// callSpan is where a call stands in the source.
func (l *locker) callSpan(instr ssa.Instruction) (pos, end token.Pos) {
	if call := l.callAt(instr); call != nil {
		return call.Pos(), call.End()
	}
	return instr.Pos(), token.NoPos
}

func (l *locker) place(instr ssa.Instruction) pass.Place {
	pos, end := l.callSpan(instr)
	return pass.Place{Pos: pos, End: end}
}

// callText is a call in the user's words: "s.mu.Lock".
func (l *locker) callText(instr ssa.Instruction) string {
	if call := l.callAt(instr); call != nil {
		return exprText(call.Fun)
	}
	return "Lock"
}

// exprText is an expression as the source has it, where it is short enough for a message.
func exprText(e ast.Expr) string { return cmp.Or(source.Text(e), "the function") }

// lockName is the name of a lock as the user wrote it, with the call that would release it.
func (l *locker) lockName(h holding) (lock, unlock string) {
	unlock = "Unlock"
	if h.read > 0 && h.write == 0 {
		unlock = "RUnlock"
	}
	call := l.callAt(h.at)
	if call == nil || h.by != nil {
		lock = pathText(h.path)
		return lock, lock + "." + unlock
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		lock = exprText(sel.X)
		return lock, lock + "." + unlock
	}
	return pathText(h.path), unlock
}

// pathText names what is found at a path.
func pathText(p *skeleton.Path) string {
	switch p.Kind {
	case skeleton.FieldStep:
		if p.Field.Embedded() {
			return pathText(p.Of)
		}
		return pathText(p.Of) + "." + p.Field.Name()
	case skeleton.LoadStep:
		return pathText(p.Of)
	case skeleton.ElemStep:
		return pathText(p.Of) + "[...]"
	}
	switch v := p.Root.(type) {
	case *ssa.Parameter, *ssa.FreeVar:
		return v.Name()
	case *ssa.Global:
		return v.Name()
	case *ssa.Alloc:
		if token.IsIdentifier(v.Comment) && v.Comment != "new" && v.Comment != "complit" {
			return v.Comment
		}
	case *ssa.Phi:
		if token.IsIdentifier(v.Comment) {
			return v.Comment
		}
	}
	if named := irutil.NamedOf(p.Root.Type()); named != nil {
		return named.Obj().Name()
	}
	return "the lock"
}

func (l *locker) lineOf(pos token.Pos) int { return l.Fset.Position(pos).Line }

// tookAt says where a lock was taken, for a message that is placed elsewhere.
func (l *locker) tookAt(h holding) string {
	return fmt.Sprintf("%s took it at line %d", l.callText(h.at), l.lineOf(h.at.Pos()))
}

func (l *locker) tookHere(h holding, lockName string) string {
	if h.by != nil {
		return l.callText(h.at) + " returns with " + lockName + " held"
	}
	return lockName + " is locked here"
}

// returnSpan is where a function is left: a return statement, or the end of its body.
func (l *locker) returnSpan(ret *ssa.Return) (pos, end token.Pos) {
	if pos := ret.Pos(); pos.IsValid() {
		if file := l.File(pos); file != nil {
			nodes, _ := astutil.PathEnclosingInterval(file, pos, pos)
			for _, n := range nodes {
				if r, ok := n.(*ast.ReturnStmt); ok {
					return r.Pos(), r.End()
				}
			}
		}
		return pos, token.NoPos
	}
	if syntax := ret.Parent().Syntax(); syntax != nil {
		return syntax.End() - 1, syntax.End()
	}
	return token.NoPos, token.NoPos
}

func (l *locker) returnPos(ret *ssa.Return) token.Pos {
	pos, _ := l.returnSpan(ret)
	return pos
}

func (l *locker) returnPlace(ret *ssa.Return) pass.Place {
	pos, end := l.returnSpan(ret)
	return pass.Place{Pos: pos, End: end}
}

// nextLock finds a place where the next goroutine waits for a lock that was not released: in another function, if there
// is one.
func (l *locker) nextLock(h holding) ssa.Instruction {
	class := h.path.Class()
	var same ssa.Instruction
	for _, fn := range l.fns {
		if !l.relevant[fn] || class == nil {
			continue
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok {
					continue
				}
				op := l.lockOpOf(call)
				if op.kind != acquireLock || op.path.Class() != class || !op.write && h.write == 0 {
					continue
				}
				if call != h.at && fn != h.at.Parent() {
					return call
				}
				if same == nil || same == h.at {
					same = call
				}
			}
		}
	}
	return same
}
