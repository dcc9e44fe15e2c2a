package verify

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// MaxGoroutines fails the test if at some moment from now on more than n goroutines are alive that the test has started,
// and tells where the most of them were started. Goroutines of the test itself, of its subtests and of [Load] do not count.
//
// It counts all goroutines of the process every millisecond, which costs little, and looks at stacks where these are more
// than n, to leave out what others have started: parallel tests do not disturb it. A peak that is over sooner may be missed.
// Call it on the test's own goroutine, and not in a bubble of testing/synctest, whose time it would take in small steps.
func MaxGoroutines(t testing.TB, n int) {
	t.Helper()
	if n < 0 {
		t.Fatalf("verify: MaxGoroutines(t, %d): the number of goroutines is negative", n)
	}
	w := &peakWatch{from: newOrigin(t), limit: n, stop: make(chan struct{})}
	w.wait.Add(1)
	go w.watch()
	t.Cleanup(func() {
		t.Helper()
		close(w.stop)
		w.wait.Wait()
		if w.peak > n {
			t.Errorf("verify: the test has %d goroutines at a time, and may have %d%s", w.peak, n, describe(w.groups))
		}
	})
}

type peakWatch struct {
	from  *origin
	limit int
	stop  chan struct{}
	wait  sync.WaitGroup

	peak   int
	groups []Group
}

func (w *peakWatch) watch() {
	defer w.wait.Done()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	var last time.Time     // when the last look at stacks ended
	var took time.Duration // for that
	seen := 0              // goroutines of the process then, or fewer since
	for {
		select {
		case <-w.stop:
			w.look()
			return
		case now := <-tick.C:
			// The test and this watch are two. Stacks of many goroutines take long: most of the time is not for them.
			count := runtime.NumGoroutine() - 2
			seen = min(seen, count)
			pause := now.Sub(last)
			more := count > seen+seen/10
			if count <= w.limit || pause < 2*took || !more && (w.peak > w.limit || pause < 20*took) {
				continue
			}
			start := time.Now()
			w.look()
			last = time.Now()
			seen, took = count, last.Sub(start)
		}
	}
}

// look notes how many goroutines of the test there are, if there may be too many.
func (w *peakWatch) look() {
	if runtime.NumGoroutine()-2 <= w.limit {
		return
	}
	if mine := w.from.started(); len(mine) > w.peak {
		w.peak, w.groups = len(mine), byCreation(group(mine, newStandard()))
	}
}

// byCreation unites groups that one go statement has started: where each of them is at the moment is chance.
func byCreation(groups []Group) []Group {
	var united []Group
	index := make(map[Frame]int)
	for _, g := range groups {
		if g.Created == nil {
			united = append(united, g)
			continue
		}
		i, ok := index[*g.Created]
		if !ok {
			index[*g.Created] = len(united)
			united = append(united, g)
			continue
		}
		united[i].Count += g.Count
	}
	sortGroups(united)
	return united
}
