package waitgroup

import (
	"errors"
	"sync"
)

type crew struct {
	wg     sync.WaitGroup
	closed bool
}

func (c *crew) Wait() { c.wg.Wait() }

// Hire counts somebody who may not come.
func (c *crew) Hire(check func() error, work func()) error {
	c.wg.Add(1) // want `c.wg counts a goroutine here that is not started when crew.Hire can return at line 19, and nobody calls Done for it`
	if err := check(); err != nil {
		return err
	}
	go func() {
		defer c.wg.Done()
		work()
	}()
	return nil
}

type team struct{ wg sync.WaitGroup }

func (t *team) Wait() { t.wg.Wait() }

// Hire counts only who comes.
func (t *team) Hire(check func() error, work func()) error {
	if err := check(); err != nil {
		return err
	}
	t.wg.Add(1)
	go t.run(work)
	return nil
}

func (t *team) run(work func()) {
	defer t.wg.Done()
	work()
}

type staff struct{ wg sync.WaitGroup }

func (s *staff) Wait() { s.wg.Wait() }

// Hire takes back what it counted.
func (s *staff) Hire(check func() error, work func()) error {
	s.wg.Add(1)
	if err := check(); err != nil {
		s.wg.Done()
		return err
	}
	go func() {
		defer s.wg.Done()
		work()
	}()
	return nil
}

type firm struct{ wg sync.WaitGroup }

func (f *firm) Wait() { f.wg.Wait() }

// hire leaves it to its caller to take back what it counted.
func (f *firm) hire(check func() error, work func()) error {
	f.wg.Add(1)
	if err := check(); err != nil {
		return err
	}
	go func() {
		defer f.wg.Done()
		work()
	}()
	return nil
}

func (f *firm) HireAll(check func() error, all []func()) {
	for _, work := range all {
		if err := f.hire(check, work); err != nil {
			f.wg.Done()
		}
	}
}

type shop struct{ wg sync.WaitGroup }

func (s *shop) Wait() { s.wg.Wait() }

// Serve works itself where it is not to start a goroutine.
func (s *shop) Serve(async bool, work func()) {
	s.wg.Add(1)
	if !async {
		s.serve(work)
		return
	}
	go s.serve(work)
}

func (s *shop) serve(work func()) {
	defer s.wg.Done()
	work()
}

type club struct {
	wg sync.WaitGroup
}

func (c *club) Wait() { c.wg.Wait() }

// Join counts and starts under the same condition.
func (c *club) Join(member bool, work func()) error {
	if member {
		c.wg.Add(1)
	}
	if member {
		go func() {
			defer c.wg.Done()
			work()
		}()
		return nil
	}
	return errors.New("no member")
}

// Each starts before it counts, in each round.
func (c *club) Each(all []func()) {
	for _, work := range all {
		go func() {
			defer c.wg.Done()
			work()
		}()
		c.wg.Add(1)
	}
}

// Whoever returns early does not wait, and nobody else has the WaitGroup.
func archive(targets []int, history, visibility func()) error {
	var wg sync.WaitGroup
	for _, target := range targets {
		wg.Add(1)
		switch target {
		case 0:
			go func() {
				defer wg.Done()
				history()
			}()
		case 1:
			go func() {
				defer wg.Done()
				visibility()
			}()
		default:
			return errors.New("unknown")
		}
	}
	wg.Wait()
	return nil
}

// describe waits only where it has started all.
func describe(all []string, ask func(string) (func(), error)) error {
	var wg sync.WaitGroup
	for _, name := range all {
		wg.Add(1)
		work, err := ask(name)
		if err != nil {
			return err
		}
		go func() {
			defer wg.Done()
			work()
		}()
	}
	wg.Wait()
	return nil
}
