package goroutineleak

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// fieldsNeverServed is neverServed for channels of fields that cannot be told from those of others: the result of a method
// of an interface may be this channel or one that is not seen. Here it is enough that whatever reads the field can do no
// more than receive.
func (w *world) fieldsNeverServed() {
	var fields []*types.Var
	uses := make(map[*types.Var][]ssa.Value)
	for _, fn := range w.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				var f *types.Var
				switch i := instr.(type) {
				case *ssa.FieldAddr:
					f = irutil.FieldOf(i.X.Type(), i.Field)
				case *ssa.Field:
					f = irutil.FieldOf(i.X.Type(), i.Field)
				}
				if f == nil || f.Pkg() != w.Pkg || f.Exported() {
					continue
				}
				if _, ok := f.Type().Underlying().(*types.Chan); !ok {
					continue
				}
				if uses[f] == nil {
					fields = append(fields, f)
				}
				uses[f] = append(uses[f], instr.(ssa.Value))
			}
		}
	}
	for _, f := range fields {
		r := &fieldReads{class: &skeleton.Class{Fields: []*types.Var{f}, Escapes: skeleton.ToReceive, Kept: true}}
		for _, v := range uses[f] {
			r.use(v)
		}
		if r.other || len(r.class.Makes) == 0 {
			continue
		}
		if seen := w.classes.Of(r.class.Makes[0]); seen != nil && seen.Escapes&skeleton.ToSend == 0 {
			continue // neverServed has judged it
		}
		w.neverServed(r.class)
	}
}

// fieldReads collects what is done with the channels of a field.
type fieldReads struct {
	class *skeleton.Class
	other bool // something that is not followed
}

// use notes what is done with the address of the field, or with its value.
func (r *fieldReads) use(v ssa.Value) {
	if _, ok := v.(*ssa.Field); ok {
		r.value(v)
		return
	}
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.Store:
			k, isConst := use.Val.(*ssa.Const)
			mk, made := use.Val.(*ssa.MakeChan)
			switch {
			case use.Addr != v || !made && !(isConst && k.IsNil()):
				r.other = true
			case made:
				r.class.Makes = append(r.class.Makes, mk)
				r.made(mk, use)
			}
		case *ssa.UnOp:
			r.value(use)
		default:
			r.other = true
		}
	}
}

// made checks that a channel that is stored in the field is put nowhere else.
func (r *fieldReads) made(mk *ssa.MakeChan, store *ssa.Store) {
	for _, use := range *mk.Referrers() {
		if _, debug := use.(*ssa.DebugRef); use != ssa.Instruction(store) && !debug {
			r.other = true
		}
	}
}

// value notes what is done with a channel that was read from the field.
func (r *fieldReads) value(ch ssa.Value) {
	for _, use := range *ch.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.UnOp:
			if use.Op != token.ARROW {
				r.other = true
				continue
			}
			r.class.Ops = append(r.class.Ops, skeleton.ClassOp{Op: skeleton.OpOf(use), Fn: use.Parent(), Case: -1})
		case *ssa.Select:
			for i, s := range use.States {
				switch {
				case s.Send == ch || s.Chan == ch && s.Dir != types.RecvOnly:
					r.other = true
				case s.Chan == ch:
					r.class.Ops = append(r.class.Ops, skeleton.ClassOp{Op: skeleton.OpOf(use), Fn: use.Parent(), Case: i})
				}
			}
		case *ssa.ChangeType:
			t, ok := use.Type().Underlying().(*types.Chan)
			if !ok || t.Dir() != types.RecvOnly {
				r.other = true
				continue
			}
			// Whoever has it now can only receive.
			for _, next := range *use.Referrers() {
				if _, ret := next.(*ssa.Return); ret {
					r.class.Returned = true
				}
			}
		default:
			r.other = true
		}
	}
}

// returnsField reports whether a function returns what it reads from a field.
func returnsField(fn *ssa.Function, f *types.Var) bool {
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for _, v := range ret.Results {
			if view, ok := v.(*ssa.ChangeType); ok {
				v = view.X
			}
			if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
				if addr, ok := load.X.(*ssa.FieldAddr); ok && irutil.FieldOf(addr.X.Type(), addr.Field) == f {
					return true
				}
			}
		}
	}
	return false
}
