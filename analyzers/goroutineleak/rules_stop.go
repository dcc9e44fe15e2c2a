package goroutineleak

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

func stopRules() []*rule.Rule { return []*rule.Rule{stopHangs} }

var stopHangs = &rule.Rule{
	Code: "CL1011", Name: "stop-hangs-or-leaks", Analyzer: name,
	Doc: lint.RawDocumentation{
		Title: "`Close` or `Stop` can wait for ever, or leaves a goroutine that does",
		Text: `A type starts goroutines, and a method ends its work: Close, Stop, Shutdown. That method must reach all of them, whatever happened
before: also the one that has ended already because of an error, and the one that stands in the middle of a send. A Close that
sends "stop" to a goroutine which has left waits for ever, and with it the shutdown of the whole service; a goroutine that Close
does not reach stays, with all that the object refers to, each time an object is closed.

Close a channel instead of sending on it: a close reaches all who wait, now and later, and waits for nobody. Let every send and
receive of the object's goroutines be in a ` + "`select`" + ` with that channel, and what Close waits for be closed with ` + "`defer`" + ` where the
goroutine begins. sync.Once, or a flag under a lock, makes a second Close harmless.

It is a note where only a call of another method that was under way stays, because those it waits for have been told to end, and
that call holds no lock (see CL1001).`,
		Before: `
type Reader struct {
	stop chan struct{}
}

func NewReader(read func() error) *Reader {
	r := &Reader{stop: make(chan struct{})}
	go r.loop(read)
	return r
}

func (r *Reader) loop(read func() error) {
	for {
		select {
		case <-r.stop:
			return
		default:
		}
		if err := read(); err != nil {
			log.Print(err)
			return
		}
	}
}

func (r *Reader) Close() {
	r.stop <- struct{}{}
}`,
		After: `
type Reader struct {
	once sync.Once
	stop chan struct{}
}

func NewReader(read func() error) *Reader {
	r := &Reader{stop: make(chan struct{})}
	go r.loop(read)
	return r
}

func (r *Reader) loop(read func() error) {
	for {
		select {
		case <-r.stop:
			return
		default:
		}
		if err := read(); err != nil {
			log.Print(err)
			return
		}
	}
}

func (r *Reader) Close() {
	r.once.Do(func() { close(r.stop) })
}`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Stable, Fix: rule.NoFix,
	Blind: "Types are looked at that a function of their package makes and that have a method named like those that end the work of an " +
		"object. Channels that other packages can get hold of, and those that an object shares with others, are theirs to serve. " +
		"That a method is called twice, or before another, is taken to be the user's mistake.",
	References: []string{"https://pkg.go.dev/io#Closer", "https://songlh.github.io/paper/go-study.pdf"},
}
