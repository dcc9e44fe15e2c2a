// Package service starts goroutines in handlers, and where connections and messages come in.
package service

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"
)

func work()       {}
func fail() error { return nil }

// In a handler.

func tickerInHandler(w http.ResponseWriter, r *http.Request) {
	ticker := time.NewTicker(time.Second)
	go func() { // want `CL1021: a goroutine is started for each request and never ends: .for range ticker.C. in the function literal has no way out`
		for range ticker.C {
			work()
		}
	}()
}

func tickInHandler(c *gin.Context) {
	go func() { // want `CL1021: a goroutine is started for each request`
		for now := range time.Tick(time.Second) {
			log.Print(now)
		}
	}()
}

func contextEndsIt(w http.ResponseWriter, r *http.Request) {
	ticker := time.NewTicker(time.Second)
	ctx := r.Context()
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				work()
			case <-ctx.Done():
				return
			}
		}
	}()
}

func errorEndsIt(w http.ResponseWriter, r *http.Request) {
	go func() {
		for range time.Tick(time.Second) {
			if fail() != nil {
				return
			}
		}
	}()
}

func breakEndsIt(w http.ResponseWriter, r *http.Request) {
	go func() {
	loop:
		for {
			select {
			case <-time.After(time.Second):
				work()
			case <-r.Context().Done():
				break loop
			}
		}
		log.Print("done")
	}()
}

// The label is missing: break leaves the select, not the loop.
func breakLeavesTheSelect(w http.ResponseWriter, r *http.Request) {
	go func() { // want `CL1021: .*: .for. in the function literal has no way out`
		for {
			select {
			case <-time.After(time.Second):
				work()
			case <-r.Context().Done():
				break
			}
		}
	}()
}

func noMoreThanThree(w http.ResponseWriter, r *http.Request) {
	go func() {
		for i := 0; i < 3; i++ {
			time.Sleep(time.Second)
			work()
		}
	}()
}

func recovered(w http.ResponseWriter, r *http.Request) {
	go func() {
		defer func() { _ = recover() }()
		for {
			time.Sleep(time.Second)
			if fail() != nil {
				panic("enough")
			}
		}
	}()
}

// The process ends with the first error; until then goroutines pile up.
func untilTheProcessEnds(w http.ResponseWriter, r *http.Request) {
	go func() { // want `CL1021`
		for {
			time.Sleep(time.Second)
			if err := fail(); err != nil {
				log.Fatal(err)
			}
		}
	}()
}

func waitsOnPurpose(w http.ResponseWriter, r *http.Request) {
	go func() { select {} }()
}

func servesUntilItFails(w http.ResponseWriter, r *http.Request) {
	go func() { log.Print(http.ListenAndServe("localhost:6060", nil)) }()
}

// Through functions.

type prices struct {
	latest atomic.Int64
	once   sync.Once
	timer  *time.Timer
	loops  bool
	feeds  map[string]*feed
	shared *feed
	mu     sync.Mutex
}

func (p *prices) refresh() {
	for {
		time.Sleep(time.Second)
		p.latest.Add(1)
	}
}

func newPrices() *prices {
	p := new(prices)
	go func() {
		defer log.Print("never")
		p.refresh()
	}()
	return p
}

func openPrices() (*prices, error) {
	if err := fail(); err != nil {
		return nil, err
	}
	return newPrices(), nil
}

func quote(w http.ResponseWriter, r *http.Request) {
	p, err := openPrices() // want `CL1021: openPrices starts a goroutine that never ends, and is called for each request: .for. in \(\*prices\).refresh has no way out`
	if err == nil {
		log.Print(p.latest.Load())
	}
}

var sharedPrices = newPrices()

var lazyPrices *prices

func useShared(w http.ResponseWriter, r *http.Request) {
	if lazyPrices == nil {
		lazyPrices = newPrices()
	}
	log.Print(sharedPrices.latest.Load(), lazyPrices.latest.Load())
}

var setup sync.Once

func useOnce(w http.ResponseWriter, r *http.Request) {
	setup.Do(func() { go sharedPrices.refresh() })
}

// Once for each object: the handler's own object lives as long as the service.

func (p *prices) start() { p.once.Do(func() { go p.refresh() }) }

func (p *prices) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.start() } // want ServeHTTP:`starts \(\*prices\).refresh \(for\) once for 1`

func startsNewOne(w http.ResponseWriter, r *http.Request) {
	p := new(prices)
	p.start() // want `CL1021: \(\*prices\).start starts a goroutine that never ends, and is called for each request`
}

func (p *prices) flagged(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loops {
		return
	}
	p.loops = true
	go p.refresh()
}

type feed struct{ ch chan int }

func newFeed() *feed {
	f := &feed{ch: make(chan int)}
	go func() {
		for n := range time.Tick(time.Second) {
			f.ch <- n.Second()
		}
	}()
	return f
}

// One for each key is not one for each request.
func (p *prices) feedOf(w http.ResponseWriter, r *http.Request) {
	f, ok := p.feeds[r.URL.Path]
	if !ok {
		f = newFeed()
		p.feeds[r.URL.Path] = f
	}
	<-f.ch
}

func (p *prices) sharedFeed(w http.ResponseWriter, r *http.Request) {
	if p.shared == nil {
		p.shared = newFeed()
	}
	<-p.shared.ch
}

func (p *prices) anyFeed(w http.ResponseWriter, r *http.Request) {
	f := newFeed() // want `CL1021: newFeed starts a goroutine that never ends`
	<-f.ch
}

// The condition is about the request: it does not bound anything.
func onlyPost(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		go sharedPrices.refresh() // want `CL1021`
	}
}

// In ways to start a goroutine.

func inGroups(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Go(sharedPrices.refresh) // want `CL1021: a goroutine is started for each request and never ends: .for. in \(\*prices\).refresh`
	var g errgroup.Group
	g.Go(func() error { // want `CL1021`
		for {
			time.Sleep(time.Second)
			work()
		}
	})
	time.AfterFunc(time.Second, sharedPrices.refresh) // want `CL1021`
}

func safely(f func()) {
	go func() {
		defer func() {
			if r := recover(); r != nil {
				log.Print(r)
			}
		}()
		f()
	}()
}

func throughHelper(w http.ResponseWriter, r *http.Request) {
	safely(func() { // want `CL1021`
		for range time.Tick(time.Second) {
			work()
		}
	})
	safely(work)
}

func forever(f func()) {
	go func() {
		for {
			f()
			time.Sleep(time.Second)
		}
	}()
}

func throughForever(w http.ResponseWriter, r *http.Request) {
	forever(work) // want `CL1021: forever starts a goroutine that never ends`
}

// Handlers as values.

func routes(mux *http.ServeMux) {
	go sharedPrices.refresh()
	mux.HandleFunc("GET /quote", func(w http.ResponseWriter, r *http.Request) {
		go sharedPrices.refresh() // want `CL1021`
	})
	p := newPrices()
	mux.Handle("GET /prices", p)
}

// Where things come in.

func accept(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() { // want `CL1021: a goroutine is started each time round the loop and never ends`
			for {
				if _, err := conn.Write([]byte("ping\n")); err != nil {
					log.Print(err)
				}
				time.Sleep(time.Second)
			}
		}()
		go func() {
			defer conn.Close()
			for {
				if _, err := conn.Write([]byte("pong\n")); err != nil {
					return
				}
			}
		}()
	}
}

func consume(orders <-chan string) {
	for order := range orders {
		go func() { // want `CL1021`
			for range time.Tick(time.Minute) {
				log.Print(order)
			}
		}()
	}
}

func consumeOnce(orders <-chan string) {
	started := false
	for order := range orders {
		if !started {
			started = true
			go sharedPrices.refresh()
		}
		log.Print(order)
	}
}

func workers(jobs <-chan func()) {
	for range 4 {
		go func() {
			for {
				job := <-jobs
				job()
			}
		}()
	}
}

func dial(addrs []string) {
	for _, addr := range addrs {
		go func() {
			for {
				time.Sleep(time.Second)
				log.Print(addr)
			}
		}()
	}
}

func connect(ctx context.Context) {
	for {
		if err := fail(); err != nil {
			time.Sleep(time.Second)
			continue
		}
		go sharedPrices.refresh()
		return
	}
}

// Channels of the user's own may be closed by whoever has them.
func ranges(in chan int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		go func() {
			for n := range in {
				log.Print(n)
			}
		}()
	}
}

func exitOnSignal(w http.ResponseWriter, r *http.Request, done chan os.Signal) {
	go func() {
		for {
			select {
			case <-done:
				return
			default:
				work()
			}
		}
	}()
}

// A function that may loop for ever, or not.

func (p *prices) follow(feeds []string) {
	if len(feeds) == 0 {
		return
	}
	for {
		time.Sleep(time.Second)
		log.Print(feeds)
	}
}

func followed(w http.ResponseWriter, r *http.Request) {
	go sharedPrices.follow(r.Form["feed"]) // want `CL1021: .*: .for. in \(\*prices\).follow has no way out`
	go func() {                            // want `CL1021: .*: .for. in \(\*prices\).follow has no way out`
		sharedPrices.follow(r.Form["feed"])
	}()
}

func retried(load func() bool) {
	if load() {
		return
	}
	for {
		time.Sleep(time.Second)
		load()
	}
}

func afterRetries(load func() bool) {
	for i := 0; ; i++ {
		retried(load)
		if i > 3 {
			return
		}
	}
}

func mayComeBack(w http.ResponseWriter, r *http.Request) {
	go afterRetries(func() bool { return r.Form != nil })
}
