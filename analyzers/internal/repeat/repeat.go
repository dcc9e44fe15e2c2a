// Package repeat tells what runs again and again for as long as the process lives: for each request, each message, each
// time round a loop that waits for whatever comes. What happens once is a cost; what happens there piles up.
package repeat

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Succs returns the blocks that can follow a block, without those that are never taken.
type Succs func(*ssa.BasicBlock) []*ssa.BasicBlock

// maxSteps bounds how far a value is followed, and how deep loops are nested. Real code needs a handful.
const maxSteps = 50

// IsEntry reports whether the process calls fn, once: main, init, the initialisers of package-level variables.
func IsEntry(fn *ssa.Function) bool {
	if fn.Signature.Recv() != nil || fn.Parent() != nil {
		return false
	}
	return fn.Name() == "main" && fn.Pkg.Pkg.Name() == "main" || fn.Name() == "init" || len(fn.Name()) > 5 && fn.Name()[:5] == "init#"
}

// EachRound is how often what stands in a loop runs.
const EachRound = "each time round the loop"

// Often says how often an instruction runs, if that is known to be without bound: "for each request". succs are the blocks
// that can follow a block.
func Often(instr ssa.Instruction, succs Succs) string {
	if Loop(instr, succs) != nil {
		return EachRound
	}
	return Called(instr.Parent())
}

// Called says how often a function is called, if its parameters tell that it is without bound: "for each request".
func Called(fn *ssa.Function) string {
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
		if named := irutil.NamedOf(v.Type()); named != nil {
			if often := consumers[irutil.FullName(named)]; often != "" {
				return often
			}
		}
	}
	return ""
}

// Loop returns the innermost loop around an instruction that goes round for whatever comes: it waits, and no count and no
// collection bounds it.
func Loop(instr ssa.Instruction, succs Succs) []*ssa.BasicBlock {
	without := make(map[*ssa.BasicBlock]bool) // heads of loops that are too wide
	narrow := func(b *ssa.BasicBlock) []*ssa.BasicBlock {
		return slices.DeleteFunc(slices.Clone(succs(b)), func(s *ssa.BasicBlock) bool { return without[s] })
	}
	var inner []*ssa.BasicBlock
	for range maxSteps {
		loop := CycleOf(instr.Block(), narrow)
		if loop == nil {
			return inner
		}
		if !bounded(loop, succs) && waits(loop) {
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
func bounded(loop []*ssa.BasicBlock, succs Succs) bool {
	for _, b := range loop {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || !slices.ContainsFunc(succs(b), func(s *ssa.BasicBlock) bool { return !slices.Contains(loop, s) }) {
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
	return slices.ContainsFunc(loop, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool { return Waits(instr) || accepts(instr) })
	})
}

// accepts reports whether an instruction waits for a connection: it calls a method Accept that returns one.
func accepts(instr ssa.Instruction) bool {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return false
	}
	callee := skeleton.CalleeOf(call.Common())
	if callee.Object == nil || callee.Object.Signature().Recv() == nil {
		return false
	}
	results := call.Call.Signature().Results()
	if results.Len() == 0 || !slices.Contains([]string{"Accept", "AcceptTCP", "AcceptUnix"}, callee.Object.Name()) {
		return false
	}
	return true
}
