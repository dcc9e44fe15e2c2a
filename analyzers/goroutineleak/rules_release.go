package goroutineleak

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

func releaseRules() []*rule.Rule { return []*rule.Rule{iterPull, lostCancel, lostStop} }

var iterPull = &rule.Rule{
	Code:     "CL1012",
	Name:     "iter-pull-stop",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "iter.Pull whose stop is not called on a path",
		Text: `iter.Pull and iter.Pull2 run the sequence on a coroutine of its own. It ends when the sequence has no more values or
when stop is called. A function that returns before either leaves it behind for ever, with its stack, all that it refers
to, and whatever the sequence holds open: rows, files, locks.

Defer stop right after iter.Pull. A call of stop after the end of the sequence does nothing.`,
		Before: `
func firstCommon(a []string, b iter.Seq[string]) (string, bool) {
	next, stop := iter.Pull(b)
	for _, x := range a {
		y, ok := next()
		if !ok {
			break
		}
		if x == y {
			return x, true
		}
	}
	stop()
	return "", false
}
`,
		After: `
func firstCommon(a []string, b iter.Seq[string]) (string, bool) {
	next, stop := iter.Pull(b)
	defer stop()
	for _, x := range a {
		y, ok := next()
		if !ok {
			break
		}
		if x == y {
			return x, true
		}
	}
	return "", false
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityError,
	},
	Blind: `A next that is handed to other code, or whose second result is used for more than a condition, counts as exhausted. So
does a stop that is returned, stored or captured by a closure that leaves the function: its new owner may call it.`,
	References: []string{
		"https://pkg.go.dev/iter#Pull",
	},
}

var lostCancel = &rule.Rule{
	Code:     "CL2025",
	Name:     "context-never-cancelled",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "Context that nobody can cancel any more",
		Text: `A context that is made by context.WithCancel is ended by its cancel function. Where that function is lost, goroutines
that wait for the context wait as long as its parent lives, for ever if that is context.Background, and the context
stays registered with the parent.

go vet finds cancel functions that a path does not mention. This rule follows them further: into the fields of the object
that is being made, into closures and into the functions of the package. The usual case is a constructor that stores
cancel in its object and then returns an error: the object is dropped, and with it the only cancel function. Others are a
field that nothing reads, and a goroutine that alone has the cancel function and calls it on some of its ways only.

Call cancel before the return, or make the context after everything that can fail. Contexts with a deadline end by
themselves, and what no goroutine waits for only costs memory: these are notes.`,
		Before: `
type Watcher struct {
	events chan string
	cancel context.CancelFunc
}

func NewWatcher(path string) (*Watcher, error) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watcher{events: make(chan string), cancel: cancel}
	go w.poll(ctx)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *Watcher) poll(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			log.Print(now)
		}
	}
}

func (w *Watcher) Close() { w.cancel() }
`,
		After: `
type Watcher struct {
	events chan string
	cancel context.CancelFunc
}

func NewWatcher(path string) (*Watcher, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watcher{events: make(chan string), cancel: cancel}
	go w.poll(ctx)
	return w, nil
}

func (w *Watcher) poll(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			log.Print(now)
		}
	}
}

func (w *Watcher) Close() { w.cancel() }
`,
		Since:    "0.1.0",
		Severity: lint.SeverityError,
	},
	Blind: `A cancel function that is returned, passed to other packages, or stored in something that the function did not make
itself has a new owner, who may call it. So has an object that was handed to code which may close it. A call that
returns an error has kept nothing of the object that is being made.`,
	References: []string{
		"https://pkg.go.dev/context#WithCancel",
		"https://github.com/libp2p/go-libp2p/pull/1368",
	},
}

var lostStop = &rule.Rule{
	Code:     "CL1015",
	Name:     "stop-missing-on-error",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Object with a goroutine dropped on an error path",
		Text: `A constructor that starts a goroutine gives back an object whose method ends it: Close, Stop. A caller that goes on,
fails at something else and returns that error without calling the method loses the object, and the goroutine waits for
ever. Callers that try again leave one behind each time.

Call the method before the return, or in a deferred function that looks at the error.`,
		Before: `
type tracker struct {
	done chan struct{}
}

func newTracker(period time.Duration) *tracker {
	t := &tracker{done: make(chan struct{})}
	go t.run(period)
	return t
}

func (t *tracker) run(period time.Duration) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-t.done:
			return
		case now := <-ticker.C:
			log.Print(now)
		}
	}
}

func (t *tracker) Close() { close(t.done) }

type Consumer struct {
	tracker *tracker
	conn    net.Conn
}

func NewConsumer(address string) (*Consumer, error) {
	c := &Consumer{tracker: newTracker(time.Minute)}
	var err error
	c.conn, err = net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Consumer) Close() error {
	c.tracker.Close()
	return c.conn.Close()
}
`,
		After: `
type tracker struct {
	done chan struct{}
}

func newTracker(period time.Duration) *tracker {
	t := &tracker{done: make(chan struct{})}
	go t.run(period)
	return t
}

func (t *tracker) run(period time.Duration) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-t.done:
			return
		case now := <-ticker.C:
			log.Print(now)
		}
	}
}

func (t *tracker) Close() { close(t.done) }

type Consumer struct {
	tracker *tracker
	conn    net.Conn
}

func NewConsumer(address string) (*Consumer, error) {
	c := &Consumer{tracker: newTracker(time.Minute)}
	var err error
	c.conn, err = net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		c.tracker.Close()
		return nil, err
	}
	return c, nil
}

func (c *Consumer) Close() error {
	c.tracker.Close()
	return c.conn.Close()
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Only constructors are seen whose goroutine can be shown to end by nothing but a channel or cancel function of the object.
An object that is returned, stored in something else than an object that the function makes, or handed to code that may
stop it has a new owner.`,
	References: []string{
		"https://github.com/apache/pulsar-client-go/pull/418",
	},
}
