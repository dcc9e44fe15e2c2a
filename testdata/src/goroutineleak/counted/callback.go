package counted

import "sync"

type mode int

const noAnswer mode = 0

type request struct {
	mode   mode
	answer func()
}

type link struct {
	out  chan *request
	mode mode
}

type callback func()

// ask keeps the callback for the answer, if there will be one.
func (l *link) ask(r *request, answer callback) {
	if r.mode != noAnswer {
		r.answer = answer
		l.out <- r
	}
}

func (l *link) build() *request { return &request{mode: l.mode} }

// Whether ask keeps the callback is what its caller looks at, too: in a copy of the same setting.
func (l *link) askAll(n int) {
	var wg sync.WaitGroup
	for range n {
		r := l.build()
		wg.Add(1)
		done := func() { wg.Done() }
		l.ask(r, done)
		if l.mode == noAnswer {
			done()
		}
	}
	wg.Wait()
}

func inBackground(f func()) { go f() }

// A callback that always runs is nothing to know about.
func runAll(fail bool) {
	var wg sync.WaitGroup
	wg.Add(1)
	inBackground(func() {
		if fail {
			return
		}
		wg.Done()
	})
	wg.Wait() // want `CL1004`
}
