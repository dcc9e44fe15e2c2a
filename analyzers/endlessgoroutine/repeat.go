package endlessgoroutine

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// settle judges a duty at the call that brings it. A call that proves that it happens again and again is reported; one
// that happens once ends it; else the duty is the caller's.
func (c *checker) settle(fn *ssa.Function, call ssa.CallInstruction, d duty) (duty, bool) {
	if isEntry(fn) {
		// The process starts it once; loops in main are seen below.
		if often := c.repeats(fn, call); often == "" || c.guardOf(call).keeps || d.object != nil {
			return d, false
		}
	}
	if c.becomesGlobal(call) {
		return d, false
	}
	if g := c.guardOf(call); g.keeps {
		if d.object != nil && d.object != g.object {
			return d, false
		}
		return onceFor(d, g.object)
	}
	if d.object != nil {
		return d, true // once for what is handed in, however often it is called
	}
	often := c.repeats(fn, call)
	if often == "" {
		return d, true
	}
	c.reportRepeated(call, d, often)
	return d, false
}

// isEntry reports whether the process calls fn, once: main, init, the initialisers of package-level variables.
func isEntry(fn *ssa.Function) bool {
	if fn.Signature.Recv() != nil || fn.Parent() != nil {
		return false
	}
	return fn.Name() == "main" && fn.Pkg.Pkg.Name() == "main" || fn.Name() == "init" || len(fn.Name()) > 5 && fn.Name()[:5] == "init#"
}

// becomesGlobal reports whether the result of the call is kept in a package-level variable: there is one of it.
func (c *checker) becomesGlobal(call ssa.CallInstruction) bool {
	v, ok := call.(*ssa.Call)
	if !ok {
		return false
	}
	values := []ssa.Value{v}
	for i := 0; i < len(values) && i < maxSteps; i++ {
		for _, use := range *values[i].Referrers() {
			switch use := use.(type) {
			case *ssa.Extract:
				values = append(values, use)
			case *ssa.MakeInterface:
				values = append(values, use)
			case *ssa.ChangeInterface:
				values = append(values, use)
			case *ssa.Phi:
				if !slices.Contains(values, ssa.Value(use)) {
					values = append(values, use)
				}
			case *ssa.Store:
				if use.Val == values[i] {
					if _, global := rootOf(use.Addr).(*ssa.Global); global {
						return true
					}
				}
			}
		}
	}
	return false
}

// repeats says how often a call in fn happens, if that is known to be without bound: "for each request".
func (c *checker) repeats(fn *ssa.Function, call ssa.CallInstruction) string {
	if loop := c.waitingLoop(call); loop != nil {
		return "each time round the loop"
	}
	switch h := handlers.Of(fn); h.Kind {
	case handlers.None:
	case handlers.Stream:
		return "for each stream"
	default:
		return "for each request"
	}
	return consumer(fn.Signature)
}

// consumers are types that a function gets one of for each message, job or event that it handles. The map is never
// written to.
var consumers = map[string]string{
	"github.com/nats-io/nats.go.Msg":                             "for each message",
	"github.com/nats-io/nats.go/jetstream.Msg":                   "for each message",
	"github.com/IBM/sarama.ConsumerMessage":                      "for each message",
	"github.com/Shopify/sarama.ConsumerMessage":                  "for each message",
	"github.com/segmentio/kafka-go.Message":                      "for each message",
	"github.com/eclipse/paho.mqtt.golang.Message":                "for each message",
	"github.com/nsqio/go-nsq.Message":                            "for each message",
	"github.com/rabbitmq/amqp091-go.Delivery":                    "for each message",
	"github.com/streadway/amqp.Delivery":                         "for each message",
	"cloud.google.com/go/pubsub.Message":                         "for each message",
	"cloud.google.com/go/pubsub/v2.Message":                      "for each message",
	"github.com/redis/go-redis/v9.Message":                       "for each message",
	"github.com/hibiken/asynq.Task":                              "for each task",
	"sigs.k8s.io/controller-runtime/pkg/reconcile.Request":       "for each reconciliation",
	"github.com/aws/aws-lambda-go/events.SQSEvent":               "for each event",
	"github.com/aws/aws-lambda-go/events.APIGatewayProxyRequest": "for each request",
}

// consumer says how often a function is called that gets a message, or "".
func consumer(sig *types.Signature) string {
	for v := range sig.Params().Variables() {
		t := types.Unalias(v.Type())
		if ptr, ok := t.(*types.Pointer); ok {
			t = types.Unalias(ptr.Elem())
		}
		if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil {
			if often := consumers[named.Obj().Pkg().Path()+"."+named.Obj().Name()]; often != "" {
				return often
			}
		}
	}
	return ""
}

// waitingLoop returns the innermost loop around an instruction that goes round for whatever comes: it waits, and no count
// and no collection bounds it.
func (c *checker) waitingLoop(instr ssa.Instruction) []*ssa.BasicBlock {
	g := c.graphOf(instr.Parent())
	if !g.reached[instr.Block()] {
		return nil
	}
	without := make(map[*ssa.BasicBlock]bool) // heads of loops that are too wide
	succs := func(b *ssa.BasicBlock) []*ssa.BasicBlock {
		return slices.DeleteFunc(slices.Clone(g.succs[b]), func(s *ssa.BasicBlock) bool { return without[s] })
	}
	var inner []*ssa.BasicBlock
	for range maxSteps {
		loop := cycleOf(instr.Block(), succs)
		if loop == nil {
			return inner
		}
		if !bounded(loop, g) && waits(loop) {
			inner = loop
		}
		without[head(loop)] = true
	}
	return inner
}

// head returns the block of a loop that dominates the others.
func head(loop []*ssa.BasicBlock) *ssa.BasicBlock {
	for _, b := range loop {
		if !slices.ContainsFunc(loop, func(o *ssa.BasicBlock) bool { return !b.Dominates(o) }) {
			return b
		}
	}
	return loop[0]
}

// bounded reports whether a way out of the loop is taken when a count or a collection comes to its end.
func bounded(loop []*ssa.BasicBlock, g *graph) bool {
	for _, b := range loop {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || !slices.ContainsFunc(g.succs[b], func(s *ssa.BasicBlock) bool { return !slices.Contains(loop, s) }) {
			continue
		}
		if counts(branch.Cond, loop, 0) {
			return true
		}
	}
	return false
}

// counts reports whether a condition depends on a variable that the loop carries on, or on the next element of a map or
// string.
func counts(v ssa.Value, loop []*ssa.BasicBlock, depth int) bool {
	if depth > maxSteps {
		return true
	}
	switch v := v.(type) {
	case *ssa.Next:
		return true
	case *ssa.Phi:
		return slices.Contains(loop, v.Block())
	case *ssa.BinOp:
		return !irutil.IsError(v.X.Type()) && (counts(v.X, loop, depth+1) || counts(v.Y, loop, depth+1))
	case *ssa.UnOp:
		return v.Op != token.ARROW && counts(v.X, loop, depth+1)
	case *ssa.Extract:
		return counts(v.Tuple, loop, depth+1)
	case *ssa.Convert:
		return counts(v.X, loop, depth+1)
	case *ssa.ChangeType:
		return counts(v.X, loop, depth+1)
	}
	return false
}

// waits reports whether the loop waits for something to come: a channel, a connection, a time.
func waits(loop []*ssa.BasicBlock) bool {
	for _, b := range loop {
		for _, instr := range b.Instrs {
			switch op := skeleton.OpOf(instr); op.Kind {
			case skeleton.Recv, skeleton.Sleep:
				return true
			case skeleton.Select:
				if !op.Default && slices.ContainsFunc(op.Cases, func(s *ssa.SelectState) bool { return s.Dir == types.RecvOnly }) {
					return true
				}
			case skeleton.None:
				if call, ok := instr.(*ssa.Call); ok && accepts(op.Callee, call) {
					return true
				}
			}
		}
	}
	return false
}

// accepts reports whether a call waits for a connection: a method Accept that returns one.
func accepts(callee skeleton.Callee, call *ssa.Call) bool {
	if callee.Object == nil || callee.Object.Signature().Recv() == nil {
		return false
	}
	results := call.Call.Signature().Results()
	if results.Len() == 0 || !slices.Contains([]string{"Accept", "AcceptTCP", "AcceptUnix"}, callee.Object.Name()) {
		return false
	}
	return true
}
