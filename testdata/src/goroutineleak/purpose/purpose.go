// Package purpose has goroutines that wait on purpose, and channels with room for all that is sent, beside those that only
// look like it.
package purpose

import (
	"errors"
	"math/rand/v2"
	"sync"

	"github.com/spf13/cobra"
)

func serve() error { return nil }

// Root is the command line. What the body of a command waits for keeps the process alive.
var Root = &cobra.Command{
	Use:  "mock",
	RunE: func(*cobra.Command, []string) error { return keepAlive() },
}

// Nobody was ever meant to send: the process serves until it is killed.
func keepAlive() error {
	if err := serve(); err != nil {
		return err
	}
	forever := make(chan struct{})
	<-forever
	return nil
}

// Lossy waits in a command, too, but for a goroutine that may leave without a word.
var Lossy = &cobra.Command{Use: "lossy", RunE: runLossy}

func runLossy(*cobra.Command, []string) error {
	done := make(chan struct{})
	go func() {
		if serve() != nil {
			return
		}
		done <- struct{}{}
	}()
	<-done // want `CL1002`
	return nil
}

// Who calls it is not known: the caller never comes back.
func block() {
	forever := make(chan struct{})
	<-forever // want `CL1002`
}

// Both a command and somebody else wait in it.
func blockBoth() error {
	forever := make(chan struct{})
	<-forever // want `CL1002`
	return nil
}

var _ = &cobra.Command{Use: "both", RunE: func(*cobra.Command, []string) error { return blockBoth() }}

// Handle serves one request.
func Handle() error { return blockBoth() }

type shard struct{ id int }

func ask(ids []int) []shard { return nil }

// There is room for an answer to each question, and ask does not give more.
func room(ids []int) []shard {
	answers := make(chan shard, len(ids))
	var wg sync.WaitGroup
	for _, half := range [][]int{ids[:len(ids)/2], ids[len(ids)/2:]} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for _, s := range ask(half) {
				answers <- s
			}
		}()
	}
	wg.Wait()
	close(answers)
	var all []shard
	for s := range answers {
		all = append(all, s)
	}
	return all
}

// Each goroutine sends twice, and there is room for one.
func tooLittle(ids []int) {
	answers := make(chan shard, len(ids))
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			answers <- shard{id}
			answers <- shard{-id} // want `CL1001`
		}()
	}
	wg.Wait()
	close(answers)
}

// There is room for all, and for some more that come later: as in alertmanager.
func atLeast(ids []int, listeners map[int]chan shard) <-chan shard {
	answers := make(chan shard, max(len(ids), 200))
	for _, id := range ids {
		answers <- shard{id}
	}
	listeners[0] = answers
	return answers
}

// There is room for some.
func atMost(ids []int) {
	answers := make(chan shard, min(len(ids), 1))
	for _, id := range ids {
		answers <- shard{id} // want `CL1001`
	}
}

// Each of the ids is asked about twice at most, and there is room for two answers to each.
func twice(quit chan struct{}, ids map[int]bool) {
	answers := make(chan shard, 2*len(ids))
	issued := 0
	for id, both := range ids {
		issued++
		go func() { answers <- shard{id} }()
		if both {
			issued++
			go func() { answers <- shard{-id} }()
		}
	}
	for range issued {
		select {
		case <-answers:
		case <-quit:
			return
		}
	}
}

type transfer struct {
	parallel int
	files    []string
}

// There is room for the tokens of as many workers as the loop makes.
func (t *transfer) run(load func(*transfer) error, send func(string)) error {
	if err := load(t); err != nil {
		return err
	}
	workers := make(chan int, t.parallel)
	for i := 0; i < t.parallel; i++ {
		workers <- i
	}
	for _, file := range t.files {
		go func(worker int) {
			send(file)
			workers <- worker
		}(<-workers)
	}
	return nil
}

// A hub has a goroutine for as long as the process lives.
type hub struct{ changed chan string }

var theHub = &hub{changed: make(chan string, 1)}

// Setup is called once.
func Setup() { go theHub.run() }

func (h *hub) run() {
	for name := range h.changed {
		println(name)
	}
}

func (h *hub) notify(name string) { h.changed <- name }

// A topic is one of many.
type topic struct{ changed chan string }

// NewTopic makes a topic.
func NewTopic() *topic {
	t := &topic{changed: make(chan string, 1)}
	go t.run()
	return t
}

func (t *topic) run() {
	for name := range t.changed { // want `CL1002`
		println(name)
	}
}

func (t *topic) notify(name string) { t.changed <- name }

// Releases come as long as the process lives.
func releases(tick <-chan int) {
	found := make(chan int, 1)
	go func() {
		for ; true; <-tick {
			found <- 1
		}
	}()
	for r := range found {
		println(r)
	}
}

// A list is cut into parts; there is room for the result of each, and a result for each is received.
func inParts(items []int, size int, sum func([]int) int) (total int) {
	parts := len(items) / size
	if len(items)%size != 0 {
		parts++
	}
	sums := make(chan int, parts)
	eachPart(len(items), size, func(from, to int) { sums <- sum(items[from:to]) })
	for i := 0; i < parts; i++ {
		total += <-sums
	}
	return total
}

func eachPart(n, size int, do func(from, to int)) {
	if n == 0 {
		return
	}
	for i := 0; i < n; i += size {
		go do(i, min(i+size, n))
	}
}

// One for each item is not what is sent.
func inAll(items []int, wanted func(int) bool, sum func(int) int) (total int) {
	sums := make(chan int, 4)
	for _, v := range items {
		if wanted(v) {
			go func() { sums <- sum(v) }()
		}
	}
	for range items {
		total += <-sums // want `CL1002`
	}
	return total
}

// As many answers are awaited as there are goroutines at most.
func quorum(peers []string, enough int, ask func(string) error) (err error) {
	answers := make(chan error, len(peers))
	for _, p := range peers {
		go func() { answers <- ask(p) }()
	}
	for range min(enough, len(peers)) {
		err = errors.Join(err, <-answers)
	}
	return err
}

// Nobody asks one more.
func oneTooMany(peers []string, ask func(string) error) (err error) {
	answers := make(chan error, len(peers))
	for _, p := range peers {
		go func() { answers <- ask(p) }()
	}
	for i := 0; i <= len(peers); i++ {
		err = errors.Join(err, <-answers) // want `CL1002`
	}
	return err
}

// All are asked, in no order, and all answers are counted.
func shuffled(peers []string, ask func(string) error) (right, wrong int) {
	n := len(peers)
	if n < 3 {
		return 0, 0
	}
	answers := make(chan error, n)
	for _, i := range rand.Perm(n) {
		go func(p string) {
			err := ask(p)
			if err != nil {
				answers <- errors.Join(err, errors.New(p))
				return
			}
			answers <- nil
		}(peers[i])
	}
	for err := range answers {
		if err != nil {
			wrong++
		} else {
			right++
		}
		if right+wrong >= n {
			break
		}
	}
	return right, wrong
}

// The same, but nothing ends the loop.
func shuffledForever(peers []string, ask func(string) error) (right int) {
	answers := make(chan error, len(peers))
	for _, i := range rand.Perm(len(peers)) {
		go func() { answers <- ask(peers[i]) }()
	}
	for err := range answers { // want `CL1002`
		if err == nil {
			right++
		}
	}
	return right
}
