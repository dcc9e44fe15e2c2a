package endlessgoroutine

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// Rules returns the rules of this analyzer.
func Rules() []*rule.Rule {
	return []*rule.Rule{repeated, unstoppable, ignoresStop, tickerStopped, ignoresContext}
}

const since = "0.1.0"

var repeated = &rule.Rule{
	Code:     "CL1021",
	Name:     "endless-goroutine-repeated",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "A goroutine that never ends is started again and again",
		Text: `The loop of the goroutine has no way out: it ranges over the channel of a ticker, which nobody can close, or it is a ` + "`for`" + ` without
return and break. Started once, by main, that is a daemon. Here it is started for each request, message or connection, so that
goroutines pile up, with all that they refer to and all that they do at each tick, until the process is out of memory.

Let the loop also wait for what ends the work (the request's context, a channel that is closed) and return; or start the goroutine once,
outside the handler.

The finding is at the call that proves the repetition. The function that starts the goroutine can be several calls away, and in
another package of the module: the steps lead there.`,
		Before: `
type prices struct{ latest atomic.Int64 }

func newPrices() *prices {
	p := new(prices)
	go p.refresh()
	return p
}

func (p *prices) refresh() {
	ticker := time.NewTicker(time.Minute)
	for range ticker.C {
		p.latest.Store(rand.Int64())
	}
}

func handleQuote(w http.ResponseWriter, r *http.Request) {
	p := newPrices()
	fmt.Fprintln(w, p.latest.Load())
}`,
		After: `
type prices struct{ latest atomic.Int64 }

func newPrices(ctx context.Context) *prices {
	p := new(prices)
	go p.refresh(ctx)
	return p
}

func (p *prices) refresh(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.latest.Store(rand.Int64())
		case <-ctx.Done():
			return
		}
	}
}

func handleQuote(w http.ResponseWriter, r *http.Request) {
	p := newPrices(r.Context())
	fmt.Fprintln(w, p.latest.Load())
}`,
		Since:    since,
		Severity: lint.SeverityError,
	},
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Blind: "A start under a condition that looks at something which outlives the call (a flag, a map that is asked first, a sync.Once) is taken to " +
		"happen once. Calls through function values and interfaces are not followed. Handlers and consumers of messages are known by the types " +
		"of their parameters; functions that are called again and again for other reasons are not known. A loop proves repetition only if it waits " +
		"for whatever comes: a loop over a list starts as many goroutines as the list has elements.",
	References: []string{"https://www.uber.com/blog/leakprof-featherlight-in-production-goroutine-leak-detection/"},
}

var unstoppable = &rule.Rule{
	Code:     "CL1022",
	Name:     "endless-goroutine-per-object",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "Each object of an exported type starts a goroutine that nothing can end",
		Text: `The constructor of an exported type, or a method at its first use, starts a goroutine that works with the object in a loop without
any way out, and the type has no method to end it. Whoever makes an object and drops it leaves the goroutine behind, and the object with it:
the garbage collector cannot free what a running goroutine refers to. Users of a package cannot mend that.

Give the type a Close or Stop method, or the constructor a context, that ends the loop.

Only packages that others can import are judged: not main, and nothing below internal or cmd. An object that the whole process shares is no
leak; the rule cannot see how many its users make.`,
		Before: `
type Cache struct {
	mu    sync.Mutex
	items map[string]time.Time
}

func NewCache() *Cache {
	c := &Cache{items: make(map[string]time.Time)}
	go c.expire()
	return c
}

func (c *Cache) expire() {
	for {
		time.Sleep(time.Second)
		c.mu.Lock()
		for key, until := range c.items {
			if time.Now().After(until) {
				delete(c.items, key)
			}
		}
		c.mu.Unlock()
	}
}`,
		After: `
type Cache struct {
	mu    sync.Mutex
	items map[string]time.Time
	done  chan struct{}
}

func NewCache() *Cache {
	c := &Cache{items: make(map[string]time.Time), done: make(chan struct{})}
	go c.expire()
	return c
}

// Close ends the expiration of items.
func (c *Cache) Close() { close(c.done) }

func (c *Cache) expire() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-ticker.C:
		}
		c.mu.Lock()
		for key, until := range c.items {
			if time.Now().After(until) {
				delete(c.items, key)
			}
		}
		c.mu.Unlock()
	}
}`,
		Since:    since,
		Severity: lint.SeverityInfo,
	},
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Blind:    "Types with a method Start, that users call, are not reported: starting is then their decision. An object that reaches the goroutine through a third one is not seen.",
	References: []string{
		"https://github.com/jellydator/ttlcache/pull/23",
		"https://github.com/valyala/fasthttp/pull/2222",
	},
}

var ignoresStop = &rule.Rule{
	Code:     "CL1023",
	Name:     "endless-goroutine-ignores-close",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "`Close` or `Stop` does not end the object's goroutine",
		Text: `The type has a method to end its work, but the goroutine that its constructor, or another method, starts has a loop without any way
out: after Close it goes on, works with what has just been closed, and keeps the object in memory for ever.

Let the loop also wait for a channel that Close closes, or for a context that it cancels, and return; where Close promises that nothing runs any
more, let it wait for the goroutine.`,
		Before: `
type Uploader struct {
	mu   sync.Mutex
	file *os.File
}

func NewUploader(f *os.File) *Uploader {
	u := &Uploader{file: f}
	go u.flush()
	return u
}

func (u *Uploader) flush() {
	for {
		time.Sleep(time.Second)
		u.mu.Lock()
		u.file.Sync()
		u.mu.Unlock()
	}
}

func (u *Uploader) Close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.file.Close()
}`,
		After: `
type Uploader struct {
	mu   sync.Mutex
	file *os.File
	done chan struct{}
}

func NewUploader(f *os.File) *Uploader {
	u := &Uploader{file: f, done: make(chan struct{})}
	go u.flush()
	return u
}

func (u *Uploader) flush() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-u.done:
			return
		case <-ticker.C:
			u.mu.Lock()
			u.file.Sync()
			u.mu.Unlock()
		}
	}
}

func (u *Uploader) Close() error {
	close(u.done)
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.file.Close()
}`,
		Since:    since,
		Severity: lint.SeverityWarning,
	},
	Maturity:   rule.Stable,
	Fix:        rule.NoFix,
	Blind:      "Methods that end an object's work are known by the names that Go programs use for them: Close, Stop, Shutdown and the like.",
	References: []string{"https://pkg.go.dev/io#Closer"},
}

var tickerStopped = &rule.Rule{
	Code:     "CL1024",
	Name:     "ticker-stop-leaves-loop",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "Stopping a ticker does not end the loop over its channel",
		Text: "`(*time.Ticker).Stop`" + ` turns the ticker off and does not close its channel, as its documentation says. A goroutine that only waits for that
channel then waits for ever, and keeps all that it refers to.

Let the loop wait for the ticker and for a channel that is closed where the ticker is stopped, and return.`,
		Before: `
type Poller struct{ ticker *time.Ticker }

func (p *Poller) Start(poll func()) {
	p.ticker = time.NewTicker(time.Minute)
	go func() {
		for range p.ticker.C {
			poll()
		}
	}()
}

func (p *Poller) Stop() { p.ticker.Stop() }`,
		After: `
type Poller struct{ done chan struct{} }

func (p *Poller) Start(poll func()) {
	p.done = make(chan struct{})
	go func() {
		ticker := time.NewTicker(time.Minute)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				poll()
			case <-p.done:
				return
			}
		}
	}()
}

func (p *Poller) Stop() { close(p.done) }`,
		Since:    since,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Blind:    "A ticker that is handed to other functions, or kept anywhere but in a field or a variable, is not followed.",
	References: []string{
		"https://pkg.go.dev/time#Ticker.Stop",
		"https://github.com/apache/pulsar-client-go/pull/331",
		"https://github.com/open-telemetry/opentelemetry-collector/pull/9099",
		"https://github.com/caddyserver/caddy/pull/2644",
	},
}

var ignoresContext = &rule.Rule{
	Code:     "CL1025",
	Name:     "endless-goroutine-ignores-context",
	Analyzer: Name,
	Doc: lint.RawDocumentation{
		Title: "A goroutine goes on for ever after its context is cancelled",
		Text: `The goroutine has a context, as a parameter or to hand to what it calls, but its loop has no way out: when the context is cancelled, all
calls with it fail from then on, and the loop goes round for ever. A function that loops so itself never returns to a caller who cancels its context.

Let the loop also wait for ` + "`ctx.Done()`" + `, and return.`,
		Before: `
func watch(ctx context.Context, reload func(context.Context) error) {
	go func() {
		for {
			time.Sleep(time.Minute)
			if err := reload(ctx); err != nil {
				log.Print(err)
			}
		}
	}()
}`,
		After: `
func watch(ctx context.Context, reload func(context.Context) error) {
	go func() {
		ticker := time.NewTicker(time.Minute)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if err := reload(ctx); err != nil {
				log.Print(err)
			}
		}
	}()
}`,
		Since:    since,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Blind: "A context that is only known to come from context.Background is not cancelled. A loop that looks at the context in any way, though it " +
		"does not end then, is not reported; nor is one that main starts.",
	References: []string{"https://pkg.go.dev/context#Context"},
}
