package verify

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	crand "crypto/rand"
)

// ErrInjected is what errors that [Inject] makes are, by errors.Is. Those of a black hole that a context has ended are the
// context's.
var ErrInjected = errors.New("verify: injected fault")

// errLost is the error for an answer that did not arrive.
var errLost error = fault{fmt.Errorf("%w: the connection broke before the answer came: %w", ErrInjected, io.ErrUnexpectedEOF), false}

// A fault is an error as networks have it, a net.Error.
type fault struct {
	error
	temporary bool
}

func (f fault) Unwrap() error   { return f.error }
func (f fault) Timeout() bool   { return false }
func (f fault) Temporary() bool { return f.temporary }

// SeedVariable is the environment variable that [Inject] takes its seed from where [Faults] has none: a decimal number.
const SeedVariable = "CLOUDLINT_FAULT_SEED"

// Faults says how often something happens to a call, as probabilities from 0 to 1. Error, Drop and BlackHole exclude each
// other: their sum is at most 1. A delay may come before any of them.
type Faults struct {
	// Seed decides which calls are met. Zero: that of the environment ([SeedVariable]), else another one each time.
	Seed uint64

	Delay    float64       // the call waits first
	MaxDelay time.Duration // for up to so long; 100 ms if it is zero

	Error     float64 // the call fails, and the peer does not see it
	Err       error   // with this error; with ErrInjected if it is nil
	Drop      float64 // the peer sees the call, and the connection breaks before its whole answer is here
	BlackHole float64 // nothing ever comes, until the call's context or a deadline, or the test, ends
}

// An Injector makes calls fail that go through what it wraps. Its methods may be called by several goroutines at a time.
type Injector struct {
	faults Faults
	end    chan struct{}
	stop   sync.Once

	mu     sync.Mutex
	nth    map[string]uint64
	counts FaultCounts
}

// FaultCounts says what happened to calls so far.
type FaultCounts struct{ Calls, Delays, Errors, Drops, BlackHoles int }

// Inject returns an injector for a test. When a test fails, its seed is logged, and the variable that brings the same
// faults again. What happens to a call depends on the seed, on its kind (method and path of a request; network and host
// that is dialled; statement of a database) and on how many of that kind were made before, and on nothing else.
//
// When the test ends, black holes do. Where something waits for a call to return before that (a deferred Close of a
// server), call [Injector.Stop].
func Inject(t testing.TB, f Faults) *Injector {
	t.Helper()
	sum := 0.0
	for _, p := range []float64{f.Error, f.Drop, f.BlackHole} {
		if !(p >= 0) {
			sum = math.NaN()
		}
		sum += p
	}
	if !(sum <= 1+1e-9) || !(f.Delay >= 0 && f.Delay <= 1) || f.MaxDelay < 0 {
		t.Fatalf("verify: Inject: probabilities are from 0 to 1, and the sum of Error, Drop and BlackHole is at most 1: %+v", f)
	}
	if f.MaxDelay == 0 {
		f.MaxDelay = 100 * time.Millisecond
	}
	if f.Err == nil {
		f.Err = ErrInjected
	} else {
		f.Err = fmt.Errorf("%w: %w", ErrInjected, f.Err)
	}
	if f.Seed == 0 {
		f.Seed = seed(t)
	}
	in := &Injector{faults: f, end: make(chan struct{}), nth: make(map[string]uint64)}
	t.Cleanup(func() {
		in.Stop()
		if t.Failed() {
			t.Logf("verify: faults were injected (%+v) by seed %d; the same again: %s=%d", in.Counts(), f.Seed, SeedVariable, f.Seed)
		}
	})
	return in
}

// seed returns the environment's, or another one each time.
func seed(t testing.TB) uint64 {
	t.Helper()
	if text := os.Getenv(SeedVariable); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || n == 0 {
			t.Fatalf("verify: %s=%s is no seed: that is a number from 1 to %d", SeedVariable, text, uint64(math.MaxUint64))
		}
		return n
	}
	var b [8]byte
	if _, err := crand.Read(b[:]); err != nil {
		t.Fatalf("verify: no seed: %v", err)
	}
	return binary.LittleEndian.Uint64(b[:]) | 1
}

// Seed returns the seed that decides.
func (in *Injector) Seed() uint64 { return in.faults.Seed }

// Counts returns what happened so far.
func (in *Injector) Counts() FaultCounts {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.counts
}

// Stop ends all black holes and delays, whose calls then fail with an error that is ErrInjected, and injects nothing more.
// It may be called several times.
func (in *Injector) Stop() { in.stop.Do(func() { close(in.end) }) }

// A kind is what happens to a call beside a delay.
type kind int

const (
	nothing kind = iota
	failure
	drop
	blackHole
)

// A decision says what happens to a call.
type decision struct {
	delay time.Duration
	kind  kind
	late  bool // one of two moments at which it may
}

// decide says what happens to the next call of a kind.
func (in *Injector) decide(call string) decision {
	select {
	case <-in.end:
		return decision{}
	default:
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	h := fnv.New64a()
	_, _ = io.WriteString(h, call) // it has no errors
	state := mix(in.faults.Seed ^ mix(h.Sum64()^mix(in.nth[call])))
	in.nth[call]++
	in.counts.Calls++
	var d decision
	if chance(&state) < in.faults.Delay {
		d.delay = time.Duration(chance(&state) * float64(in.faults.MaxDelay))
		in.counts.Delays++
	}
	switch p := chance(&state); {
	case p < in.faults.Error:
		d.kind = failure
		in.counts.Errors++
	case p < in.faults.Error+in.faults.Drop:
		d.kind = drop
		in.counts.Drops++
	case p < in.faults.Error+in.faults.Drop+in.faults.BlackHole:
		d.kind = blackHole
		in.counts.BlackHoles++
	}
	d.late = chance(&state) < 0.5
	return d
}

// chance returns the next number from 0 to 1, 1 excluded: splitmix64, which is good for this and the same for ever.
func chance(state *uint64) float64 {
	*state += 0x9e3779b97f4a7c15
	return float64(mix(*state)>>11) / (1 << 53)
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// begin is what happens to a call before it is made.
func (in *Injector) begin(ctx context.Context, d decision) error {
	if d.delay > 0 {
		timer := time.NewTimer(d.delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		case <-in.end:
		}
	}
	switch d.kind {
	case failure:
		return fault{in.faults.Err, false}
	case blackHole:
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-in.end:
			return errEnded
		}
	}
	return nil
}

// errEnded is the error of calls that waited in a black hole when the test ended.
var errEnded error = fault{fmt.Errorf("%w: nothing came, and the injector was stopped", ErrInjected), false}

// Connector makes what a sql.DB asks of a driver fail: connecting, statements, transactions and their ends. A statement
// that is dropped was executed, and its connection is given up.
func (in *Injector) Connector(c driver.Connector) driver.Connector { return &sqlConnector{c, in.sql} }

// Driver does what Connector does, for sql.Register.
func (in *Injector) Driver(d driver.Driver) driver.Driver { return &sqlDriver{d, in.sql} }

func (in *Injector) sql(ctx context.Context, op sqlOp, query string) (lose bool, err error) {
	d := in.decide(fmt.Sprintf("sql %s %s", op, query))
	return d.kind == drop, in.begin(ctx, d)
}

// host returns an address without its port, which is another one each time in most tests.
func host(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return address
}
