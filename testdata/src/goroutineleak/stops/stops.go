package stops

import (
	"context"
	"errors"
	"sync"
	"time"

	"goroutineleak/stops/wal"
)

var errAddress = errors.New("no address")

// A janitor has a goroutine, which Stop ends.
type janitor struct {
	done chan struct{}
	mu   sync.Mutex
	seen map[string]time.Time
}

func newJanitor() *janitor {
	j := &janitor{done: make(chan struct{}), seen: make(map[string]time.Time)}
	go j.run()
	return j
}

func (j *janitor) run() {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-j.done:
			return
		case now := <-tick.C:
			j.sweep(now)
		}
	}
}

func (j *janitor) sweep(now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for key, at := range j.seen {
		if at.Before(now) {
			delete(j.seen, key)
		}
	}
}

func (j *janitor) add(key string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen[key] = time.Now()
}

func (j *janitor) Stop() { close(j.done) }

type client struct {
	janitor *janitor
	conn    string
}

func newClient(address string) (*client, error) {
	c := &client{janitor: newJanitor()} // want `CL1015: the goroutine of the janitor stays for ever when the function returns an error at line 67: the janitor.Stop is not called`
	c.janitor.add(address)
	if address == "" {
		return nil, errAddress
	}
	c.conn = address
	return c, nil
}

// Whoever dials has the client as something that cannot stop the janitor.
type namer interface{ name() string }

func (c *client) name() string { return c.conn }

func newDialled(dial func(namer) error) (*client, error) {
	c := new(client)
	c.janitor = newJanitor() // want `CL1015: the goroutine of c.janitor stays for ever when the function returns an error at line 82: c.janitor.Stop is not called`
	if err := dial(c); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *client) Close() { c.janitor.Stop() }

// A refresher's goroutine ends with its context.
type refresher struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

func startRefresher(refresh func()) *refresher {
	ctx, cancel := context.WithCancel(context.Background())
	r := &refresher{cancel: cancel}
	r.wg.Add(1)
	go r.loop(ctx, refresh)
	return r
}

func (r *refresher) loop(ctx context.Context, refresh func()) {
	defer r.wg.Done()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
			refresh()
		}
	}
}

func (r *refresher) Stop() {
	r.cancel()
	r.wg.Wait()
}

func load(read func() error) (*refresher, error) {
	r := startRefresher(func() { read() }) // want `CL1015: the goroutine of r stays for ever when the function returns an error at line 123: r.Stop is not called`
	if err := read(); err != nil {
		return nil, err
	}
	return r, nil
}

// What follows is right.

func stopped(address string) (*client, error) {
	c := &client{janitor: newJanitor()}
	if address == "" {
		c.Close()
		return nil, errAddress
	}
	return c, nil
}

func stoppedByDefer(read func() error) (err error) {
	j := newJanitor()
	defer j.Stop()
	return read()
}

func madeLast(read func() error) (*client, error) {
	if err := read(); err != nil {
		return nil, err
	}
	return &client{janitor: newJanitor()}, nil
}

type pool struct{ janitors []*janitor }

func (p *pool) grow(read func() error) error {
	j := newJanitor()
	p.janitors = append(p.janitors, j)
	return read()
}

func handedOn(keep func(*janitor), read func() error) error {
	j := newJanitor()
	keep(j)
	return read()
}

// The goroutine of a counter ends by itself.
type counter struct {
	done chan struct{}
	n    int
}

func newCounter() *counter {
	c := &counter{done: make(chan struct{})}
	go func() {
		select {
		case <-c.done:
		case <-time.After(time.Second):
		}
	}()
	return c
}

func (c *counter) Close() { close(c.done) }

func count(read func() error) (*counter, error) {
	c := newCounter()
	if err := read(); err != nil {
		return nil, err
	}
	return c, nil
}

// What fails may have stopped it.
func (c *client) start(address string) error {
	if address == "" {
		c.Close()
		return errAddress
	}
	return nil
}

func started(address string) (*client, error) {
	c := &client{janitor: newJanitor()}
	if err := c.start(address); err != nil {
		return nil, err
	}
	return c, nil
}

// The log is of another package.
type database struct {
	log  *wal.Log
	size int64
}

func openDatabase(name string, size func(string) (int64, error)) (*database, error) {
	log, err := wal.Open(name) // want `CL1015: the goroutine of log stays for ever when the function returns an error at line 224: log.Close is not called`
	if err != nil {
		return nil, err
	}
	log.Write("opened")
	n, err := size(name)
	if err != nil {
		return nil, err
	}
	return &database{log, n}, nil
}

func openDatabaseRight(name string, size func(string) (int64, error)) (*database, error) {
	log, err := wal.Open(name)
	if err != nil {
		return nil, err
	}
	db := &database{log: log}
	if db.size, err = size(name); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func (d *database) Close() error { return d.log.Close() }

// What is deferred before sees the variable as it is at the end.
func deferredBefore(name string, size func(string) (int64, error)) (d *database, err error) {
	var log *wal.Log
	defer func() {
		if err != nil && log != nil {
			log.Close()
		}
	}()
	log, err = wal.Open(name)
	if err != nil {
		return nil, err
	}
	n, err := size(name)
	if err != nil {
		return nil, err
	}
	return &database{log, n}, nil
}

// Each worker gets the janitor, and the last one stops it.
func sweepAll(workers []func(*janitor) error) error {
	j := newJanitor()
	var errs []error
	for _, work := range workers {
		errs = append(errs, work(j))
	}
	return errors.Join(errs...)
}

// What the rounds do has nothing to do with it.
func sweepNone(workers []func() error) error {
	j := newJanitor() // want `CL1015`
	j.add("all")
	var errs []error
	for _, work := range workers {
		errs = append(errs, work())
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	j.Stop()
	return nil
}
