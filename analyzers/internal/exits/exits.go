// Package exits knows which calls never return, and so which code is dead.
//
// The bodies of the standard library and of other modules are not seen by our drivers, so what ends the process or the
// goroutine there stands in a table. The user's own functions of the package are inferred, and the configuration's
// `exits:` names those of other packages.
package exits

import (
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// known lists functions that never return, as types.Func.FullName writes them, with all functions whose name begins so
// where the name ends in *. Each row's package documents it.
var known = []string{
	"os.Exit", "syscall.Exit", "runtime.Goexit",
	"log.Fatal*", "log.Panic*", "(*log.Logger).Fatal*", "(*log.Logger).Panic*",
	// FailNow and SkipNow call runtime.Goexit.
	"(*testing.common).Fatal*", "(*testing.common).FailNow", "(*testing.common).Skip", "(*testing.common).Skipf", "(*testing.common).SkipNow",
	"(testing.TB).Fatal*", "(testing.TB).FailNow", "(testing.TB).Skip", "(testing.TB).Skipf", "(testing.TB).SkipNow",
	"github.com/sirupsen/logrus.Fatal*", "github.com/sirupsen/logrus.Panic*", "github.com/sirupsen/logrus.Exit",
	"(*github.com/sirupsen/logrus.Logger).Fatal*", "(*github.com/sirupsen/logrus.Logger).Panic*", "(*github.com/sirupsen/logrus.Logger).Exit",
	"(*github.com/sirupsen/logrus.Entry).Fatal*", "(*github.com/sirupsen/logrus.Entry).Panic*",
	"(*go.uber.org/zap.Logger).Fatal", "(*go.uber.org/zap.Logger).Panic",
	"(*go.uber.org/zap.SugaredLogger).Fatal*", "(*go.uber.org/zap.SugaredLogger).Panic*",
	"k8s.io/klog.Fatal*", "k8s.io/klog.Exit*", "k8s.io/klog/v2.Fatal*", "k8s.io/klog/v2.Exit*",
	"github.com/golang/glog.Fatal*", "github.com/golang/glog.Exit*",
	"github.com/charmbracelet/log.Fatal*", "(*github.com/charmbracelet/log.Logger).Fatal*",
}

// The methods that end a chain of zerolog, and those that begin one that ends the process.
var (
	zerologEnds   = []string{"(*github.com/rs/zerolog.Event).Msg", "(*github.com/rs/zerolog.Event).Msgf", "(*github.com/rs/zerolog.Event).MsgFunc", "(*github.com/rs/zerolog.Event).Send"}
	zerologBegins = []string{"(*github.com/rs/zerolog.Logger).Fatal", "(*github.com/rs/zerolog.Logger).Panic", "github.com/rs/zerolog/log.Fatal", "github.com/rs/zerolog/log.Panic"}
)

// Info answers questions about one package. It is not safe for concurrent use.
type Info struct {
	extra []string
	// ends holds the functions of the package that were asked about; while one is being asked, false.
	ends      map[*ssa.Function]bool
	reachable map[*ssa.Function]map[*ssa.BasicBlock]int
	fns       []*ssa.Function // of the package, see Among
	fields    map[*types.Var]bool
}

// New returns an Info that also takes the functions of the configuration for ones that never return: "example.com/log.Fatal",
// "(*example.com/log.Logger).Fatal".
func New(extra []string) *Info {
	return &Info{extra: extra, ends: make(map[*ssa.Function]bool), reachable: make(map[*ssa.Function]map[*ssa.BasicBlock]int), fields: make(map[*types.Var]bool)}
}

// Ends reports whether the call is known never to return. A call that starts a goroutine or is deferred does return.
func (in *Info) Ends(instr ssa.Instruction) bool {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return false
	}
	if call.Call.IsInvoke() {
		return in.listed(call.Call.Method.FullName())
	}
	fn := call.Call.StaticCallee()
	if fn == nil {
		return in.endsByField(call)
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if obj, ok := fn.Object().(*types.Func); ok {
		name := obj.FullName()
		if in.listed(name) || slices.Contains(zerologEnds, name) && endsZerologChain(call) {
			return true
		}
	}
	return in.neverReturns(fn)
}

func (in *Info) listed(name string) bool {
	return slices.Contains(in.extra, name) || slices.ContainsFunc(known, func(row string) bool {
		prefix, open := strings.CutSuffix(row, "*")
		return name == row || open && strings.HasPrefix(name, prefix)
	})
}

// endsZerologChain follows log.Fatal().Str("k", "v").Msg("...") back to its first call.
func endsZerologChain(call *ssa.Call) bool {
	for range 64 { // fields of one log line
		if len(call.Call.Args) == 0 {
			return false
		}
		recv, ok := call.Call.Args[0].(*ssa.Call)
		if !ok {
			return false
		}
		if fn := recv.Call.StaticCallee(); fn != nil {
			if obj, ok := fn.Object().(*types.Func); ok && slices.Contains(zerologBegins, obj.FullName()) {
				return true
			}
		}
		call = recv
	}
	return false
}

// neverReturns reports whether no path through fn's body reaches a return. Functions without a body, and those that
// recover, are not known to.
func (in *Info) neverReturns(fn *ssa.Function) bool {
	if len(fn.Blocks) == 0 || fn.Recover != nil {
		return false
	}
	if ends, asked := in.ends[fn]; asked {
		return ends
	}
	in.ends[fn] = false // a recursive call is taken to return
	ends := true
	for block, limit := range in.blocks(fn) {
		if limit == len(block.Instrs) {
			if _, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok {
				ends = false
				break
			}
		}
	}
	// A body that only loops does not return either, but code after a call of it is written for the day it does.
	ends = ends && !in.loopsForEver(fn)
	in.ends[fn] = ends
	return ends
}

// loopsForEver reports whether fn has no return because of a loop rather than of calls that end everything.
func (in *Info) loopsForEver(fn *ssa.Function) bool {
	for block, limit := range in.blocks(fn) {
		if limit < len(block.Instrs) {
			return false // something ends it
		}
		if _, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Panic); ok {
			return false
		}
	}
	return true
}

// Reachable reports whether the instruction can be reached from the entry of its function.
func (in *Info) Reachable(instr ssa.Instruction) bool {
	block := instr.Block()
	if block == nil {
		return true
	}
	limit, ok := in.blocks(block.Parent())[block]
	return ok && slices.Index(block.Instrs, instr) < limit
}

// Succs returns the blocks that can follow a block: none where a call in it never returns.
func (in *Info) Succs(block *ssa.BasicBlock) []*ssa.BasicBlock {
	if limit, ok := in.blocks(block.Parent())[block]; !ok || limit < len(block.Instrs) {
		return nil
	}
	return next(block)
}

// blocks returns the blocks that can be reached from the entry of fn, or from its recover block, with the number of
// instructions of each that can be: all, or those up to a call that never returns.
func (in *Info) blocks(fn *ssa.Function) map[*ssa.BasicBlock]int {
	if seen, ok := in.reachable[fn]; ok {
		return seen
	}
	seen := make(map[*ssa.BasicBlock]int)
	if len(fn.Blocks) == 0 {
		return seen
	}
	todo := []*ssa.BasicBlock{fn.Blocks[0]}
	if fn.Recover != nil {
		todo = append(todo, fn.Recover)
	}
	for len(todo) > 0 {
		block := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, done := seen[block]; done {
			continue
		}
		limit := len(block.Instrs)
		if i := slices.IndexFunc(block.Instrs, in.Ends); i >= 0 {
			limit = i + 1
		}
		seen[block] = limit
		if limit == len(block.Instrs) {
			todo = append(todo, next(block)...)
		}
	}
	in.reachable[fn] = seen
	return seen
}

// next returns the blocks that follow one: of a condition that is constant, as in for ; true; {}, the one that is taken.
func next(block *ssa.BasicBlock) []*ssa.BasicBlock {
	if len(block.Instrs) == 0 {
		return block.Succs
	}
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok {
		return block.Succs
	}
	cond, ok := branch.Cond.(*ssa.Const)
	if !ok || cond.Value == nil || cond.Value.Kind() != constant.Bool {
		return block.Succs
	}
	if constant.BoolVal(cond.Value) {
		return block.Succs[:1]
	}
	return block.Succs[1:]
}
