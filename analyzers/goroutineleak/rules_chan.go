package goroutineleak

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

func channelRules() []*rule.Rule {
	return []*rule.Rule{abandonedSender, abandonedReceiver, blockedSelect, waitGroup, condition, closedChannel}
}

const chanSince = "0.1.0"

var abandonedSender = &rule.Rule{
	Code: "CL1001", Name: "abandoned-sender", Analyzer: name,
	Doc: lint.RawDocumentation{
		Title: "A goroutine sends on a channel whose receiver may have left",
		Text: `A send on a channel without room waits for a receiver. Where the function that receives can return first (an error, a
timeout, a cancelled context), nobody is left to receive: the goroutine waits for ever, with its stack and all that it refers
to. A service that does this once per request runs out of memory after enough slow requests.

Give the channel room for all that is sent on it (` + "`make(chan T, 1)`" + ` for one value), so that the send ends whether anybody
listens or not; where that is not possible, send in a ` + "`select`" + ` with the ` + "`Done`" + ` channel of a context that is cancelled when the
receiver leaves.

The same harm is done by a channel that is a semaphore or a pool and has no room at all: all who receive from it have sent
before, or the constructor that fills it has not given it to anybody yet.

A pipe of ` + "`io.Pipe`" + ` is such a channel, too: a write waits until all of it is read or an end is closed. Who reads closes the read
side on every way out (` + "`defer pr.Close()`" + `); a request that is not sent does not do it.

It is a note where little stays: where main, or the body of a command of cobra, urfave/cli, kingpin or kong, starts the goroutine
once, so that it ends with the process (not where it sends in a loop, in a program that serves); and where a field holds the channel, and those who receive from it leave only once they
are told to end (a context, a closed channel, a signal of the operating system), so that one goroutine stays for each call that is
under way then. It is a warning again where that goroutine holds a lock, is counted by a group that others wait for, or is one of
many that a loop starts.`,
		Before: `
func quote(ctx context.Context, ask func() (int, error)) (int, error) {
	result := make(chan int)
	go func() {
		price, _ := ask()
		result <- price
	}()
	select {
	case price := <-result:
		return price, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}`,
		After: `
func quote(ctx context.Context, ask func() (int, error)) (int, error) {
	result := make(chan int, 1)
	go func() {
		price, _ := ask()
		result <- price
	}()
	select {
	case price := <-result:
		return price, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}`,
		Since:    chanSince,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Stable, Fix: rule.SafeFix,
	Blind: "Mostly, channels are followed that are used in the function that makes them and in what it starts or calls: one that is kept in a " +
		"field or container, returned, or given to unknown code may have other receivers. A receiver that leaves after a number of " +
		"receives that it counts itself is taken to count right.",
	References: []string{"https://songlh.github.io/paper/go-study.pdf", "https://github.com/hellofresh/health-go"},
}

var abandonedReceiver = &rule.Rule{
	Code: "CL1002", Name: "abandoned-receiver", Analyzer: name,
	Doc: lint.RawDocumentation{
		Title: "A goroutine receives from a channel that nobody sends on or closes any more",
		Text: `A receive waits until somebody sends or closes the channel; a loop over a channel ends only when it is closed. Where those who
send can return first, or nobody closes the channel at all, the receiver waits for ever.

Close the channel where the sender begins, with ` + "`defer close(ch)`" + `, so that every way out of it ends the wait.

Who reads from a pipe of ` + "`io.Pipe`" + ` waits likewise until the write side is closed: ` + "`pw.CloseWithError(err)`" + ` on every way out of the
writer, which tells the reader why.

Also reported are a channel that is handed out to receive from and that nothing closes; a wait for the end of a goroutine
that loops without a way out; and a signal that is lost: where all senders give up unless somebody receives at that moment
(a ` + "`select`" + ` with an empty ` + "`default`" + `, or ` + "`signal.Notify`" + `), a channel without a buffer loses what comes while the receiver is busy,
and the receiver sleeps although there is work. Capacity 1 keeps the signal.

It is a note where main or the body of a command starts the receiver once and does not wait for it, and where those who send on
the channel of a field leave only once they are told to end (see CL1001).`,
		Before: `
func index(documents []string, store func(string) error) error {
	work := make(chan string)
	go func() {
		for d := range work {
			log.Print("indexed ", d)
		}
	}()
	for _, d := range documents {
		if err := store(d); err != nil {
			return err
		}
		work <- d
	}
	close(work)
	return nil
}`,
		After: `
func index(documents []string, store func(string) error) error {
	work := make(chan string)
	defer close(work)
	go func() {
		for d := range work {
			log.Print("indexed ", d)
		}
	}()
	for _, d := range documents {
		if err := store(d); err != nil {
			return err
		}
		work <- d
	}
	return nil
}`,
		Since:    chanSince,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Stable, Fix: rule.NoFix,
	Blind: "A channel that others can reach (a parameter, a result, an exported field, an argument of unknown code) may be closed by them. " +
		"A receive in a loop that counts is taken to be matched by the sends.",
	References: []string{"https://pkg.go.dev/runtime/pprof#Profile"},
}

var blockedSelect = &rule.Rule{
	Code: "CL1003", Name: "select-without-exit", Analyzer: name,
	Doc: lint.RawDocumentation{
		Title: "A wait that nothing can end, or not what was meant to end it",
		Text: `A ` + "`select`" + ` without ` + "`default`" + ` waits until one of its cases is ready. Where nothing in the package sends on, closes or receives from
any of their channels, it waits for ever. Where that is true of one case, the case is a way out that is none: often that of an
object whose Close forgets it. Likewise a function that is given a context, does nothing with it, and waits for a channel of
others: who cancels the context waits all the same.

Close one of the channels where the wait should end, or add a case that ends it, such as ` + "`<-ctx.Done()`" + `. A wait that is meant
to be for ever is written ` + "`select {}`" + `.

It is a note where main or the body of a command starts the goroutine once and does not wait for it (see CL1001).`,
		Before: `
type pump struct {
	stop  chan struct{}
	pause chan bool
}

func newPump() *pump { return &pump{stop: make(chan struct{}), pause: make(chan bool)} }

func (p *pump) run() {
	select {
	case <-p.stop:
	case <-p.pause:
	}
}

func (p *pump) Start() { go p.run() }`,
		After: `
type pump struct {
	stop  chan struct{}
	pause chan bool
}

func newPump() *pump { return &pump{stop: make(chan struct{}), pause: make(chan bool)} }

func (p *pump) run() {
	select {
	case <-p.stop:
	case <-p.pause:
	}
}

func (p *pump) Start() { go p.run() }

func (p *pump) Stop() { close(p.stop) }`,
		Since:    chanSince,
		Severity: lint.SeverityError,
	},
	Maturity: rule.Stable, Fix: rule.NoFix,
	Blind: "Only channels on which nothing outside of the package can send are judged. A context that is called _, or handed to any " +
		"other function, counts as heard.",
}

var waitGroup = &rule.Rule{
	Code: "CL1004", Name: "waitgroup-never-released", Analyzer: name,
	Doc: lint.RawDocumentation{
		Title: "A `sync.WaitGroup` is waited for that is never released",
		Text: "`Wait` returns when `Done` was called as often as `Add` counted. A goroutine that returns early without `Done`, or that waits " +
			`for the group that it is counted in itself, leaves everybody who waits blocked for ever.

Write ` + "`defer wg.Done()`" + ` as the first statement of each goroutine, or start it with ` + "`wg.Go`" + ` (Go 1.25), which cannot be forgotten.`,
		Before: `
func refresh(urls []string, fetch func(string) error) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Add(1)
		go func() {
			if err := fetch(url); err != nil {
				log.Print(err)
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
}`,
		After: `
func refresh(urls []string, fetch func(string) error) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := fetch(url); err != nil {
				log.Print(err)
			}
		}()
	}
	wg.Wait()
}`,
		Since:    chanSince,
		Severity: lint.SeverityError,
	},
	Maturity: rule.Stable, Fix: rule.NoFix,
	Blind: "Counts are compared only where what is added is constant, or one for each round of a loop, and all that calls Done is started " +
		"where it is counted; a WaitGroup that others can reach is not judged.",
	References: []string{"https://pkg.go.dev/sync#WaitGroup"},
}

var condition = &rule.Rule{
	Code: "CL1005", Name: "cond-never-signalled", Analyzer: name,
	Doc: lint.RawDocumentation{
		Title: "A `sync.Cond` is waited for that nobody signals",
		Text: "`Cond.Wait` returns only after `Signal` or `Broadcast`. Where nothing in the package calls either on a condition that nobody else " +
			`can reach, whoever waits does so for ever.

Call ` + "`Broadcast`" + `, with the lock held, wherever what is waited for changes.`,
		Before: `
type queue struct {
	mu    sync.Mutex
	ready *sync.Cond
	items []string
}

func newQueue() *queue {
	q := new(queue)
	q.ready = sync.NewCond(&q.mu)
	return q
}

func (q *queue) add(item string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, item)
}

func (q *queue) next() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.ready.Wait()
	}
	item := q.items[0]
	q.items = q.items[1:]
	return item
}`,
		After: `
type queue struct {
	mu    sync.Mutex
	ready *sync.Cond
	items []string
}

func newQueue() *queue {
	q := new(queue)
	q.ready = sync.NewCond(&q.mu)
	return q
}

func (q *queue) add(item string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, item)
	q.ready.Broadcast()
}

func (q *queue) next() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.ready.Wait()
	}
	item := q.items[0]
	q.items = q.items[1:]
	return item
}`,
		Since:    chanSince,
		Severity: lint.SeverityError,
	},
	Maturity: rule.Preview, Fix: rule.NoFix,
	Blind: "A condition that is signalled somewhere is taken to be signalled often enough.",
}

var closedChannel = &rule.Rule{
	Code: "CL1013", Name: "closed-channel", Analyzer: name,
	Doc: lint.RawDocumentation{
		Title: "A channel is closed twice, or sent on after its close",
		Text: `To close a channel that is closed, or to send on it, panics, and with it the process ends. Reported where one path of a function
does both.

Close a channel in one place, by the one that sends, mostly with ` + "`defer close(ch)`" + `.`,
		Before: `
func produce(lines []string, out chan string) {
	defer close(out)
	if len(lines) == 0 {
		close(out)
		return
	}
	for _, line := range lines {
		out <- line
	}
}`,
		After: `
func produce(lines []string, out chan string) {
	defer close(out)
	if len(lines) == 0 {
		return
	}
	for _, line := range lines {
		out <- line
	}
}`,
		Since:    chanSince,
		Severity: lint.SeverityError,
	},
	Maturity: rule.Preview, Fix: rule.NoFix,
	Blind: "Closes in different functions, and in different rounds of a loop, are not compared.",
}
