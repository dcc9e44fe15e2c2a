package verify

import "strings"

// daemons are functions that run for as long as the process, whoever has started them. Only survivors are asked: of proven
// leaks no daemon is one. The list of the command is in internal/verify/leaks.go.
var daemons = []string{
	"os/signal.loop", "os/signal.signal_recv", "runtime.ensureSigM",
	"runtime.ReadTrace", "runtime/trace.Start.", "runtime/trace.(*traceMultiplexer).", "runtime/trace.runtime_readTrace",
	"database/sql.(*DB).connectionOpener", "database/sql.(*DB).connectionCleaner", // of a DB that is in use
	"net/http.(*persistConn).writeLoop",                       // its partner readLoop tells whether the connection is idle
	"net/http.(*http2ClientConn).readLoop",                    // idle, or of a body whose stream has a goroutine of its own
	"net/http/internal/http2.(*ClientConn).readLoop",          // the same since Go 1.27
	"golang.org/x/net/http2.(*ClientConn).readLoop",           // the same
	"net/http.(*http2serverConn).readFrames",                  // of a connection that the server will close
	"net/http/internal/http2.(*serverConn).readFrames",        // the same since Go 1.27
	"k8s.io/klog/v2.(*flushDaemon).",                          // one a process
	"github.com/golang/glog.(*fileSink).",                     // one a process
	"go.opencensus.io/stats/view.(*worker).",                  // one a process
	"github.com/hashicorp/go-metrics.(*Metrics).collectStats", // sleeps for ever, and nothing can stop it
	"testing.runFuzzing", "testing.(*F).Fuzz", "testing.(*T).Parallel",
}

// benign reports whether a goroutine that was started may stay.
func benign(g *goroutine, std standard) bool {
	if g.leaked {
		return false
	}
	for _, f := range g.frames {
		for _, d := range daemons {
			if strings.HasPrefix(f.Func, d) {
				return true
			}
		}
		switch f.Func {
		case "net/http.(*persistConn).readLoop":
			// An idle connection waits for the network. One whose response body nobody has closed waits for that.
			return polls(g)
		case "net/http.(*conn).serve":
			// Between two requests no handler is on the stack. The server is what has to be closed, and told of.
			for _, h := range g.frames {
				if !std.has(h) {
					return false
				}
			}
			return true
		}
	}
	return false
}

// polls reports whether a goroutine waits for the network.
func polls(g *goroutine) bool {
	for _, f := range g.frames {
		if !strings.HasPrefix(f.Func, "runtime.") {
			return f.Func == "internal/poll.runtime_pollWait"
		}
	}
	return false
}
