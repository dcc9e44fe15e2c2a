// Package contexts has handlers whose goroutines work with the request's context.
package contexts

import (
	"context"
	"database/sql"
	"log"
	"log/slog"
	"net/http"
	"os/exec"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"
)

type mailer interface {
	Send(ctx context.Context, to, text string) error
	Observe(ctx context.Context, event string)
}

type service struct {
	db     *sql.DB
	mail   mailer
	wg     sync.WaitGroup
	queue  chan string
	client *http.Client
}

// What is reported.

func (s *service) audit(w http.ResponseWriter, r *http.Request) {
	go func() {
		s.db.ExecContext(r.Context(), "INSERT INTO audit DEFAULT VALUES") // want `CL1031: s.db.ExecContext is called in a goroutine that audit does not wait for, with the request's context, which is cancelled when audit returns: the work is cut off at random; give it context.WithoutCancel\(r.Context\(\)\), with a timeout of its own, or wait for the goroutine`
	}()
	w.WriteHeader(http.StatusAccepted)
}

func (s *service) notify(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go s.mail.Send(ctx, "sales@corp.example", "ordered") // want `CL1031: s.mail.Send is called`
}

func (s *service) derived(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	ctx = context.WithValue(ctx, "user", "x")
	go func() {
		defer cancel()
		if err := s.mail.Send(ctx, "sales@corp.example", "ordered"); err != nil { // want `CL1031`
			log.Println(err)
		}
	}()
}

// The goroutine's own timeout does not keep the parent from cancelling.
func (s *service) bounded(w http.ResponseWriter, r *http.Request) {
	go func() {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://events.corp.example", nil) // want `CL1031: http.NewRequestWithContext`
		if err == nil {
			s.client.Do(req)
		}
	}()
}

// The server waits for its goroutines when it stops, the handler does not.
func (s *service) counted(w http.ResponseWriter, r *http.Request) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		s.mail.Send(r.Context(), "a", "b") // want `CL1031`
	}()
}

func (s *service) started(w http.ResponseWriter, r *http.Request) {
	s.wg.Go(func() { s.mail.Send(r.Context(), "a", "b") }) // want `CL1031`
}

func (s *service) later(w http.ResponseWriter, r *http.Request) {
	time.AfterFunc(time.Minute, func() {
		s.mail.Send(r.Context(), "a", "b") // want `CL1031`
	})
}

// background runs a function such that the server can wait for it at its end.
func (s *service) background(work func()) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer func() {
			if v := recover(); v != nil {
				log.Println(v)
			}
		}()
		work()
	}()
}

func (s *service) handedOver(w http.ResponseWriter, r *http.Request) {
	s.background(func() {
		s.mail.Send(r.Context(), "a", "b") // want `CL1031`
	})
}

func (s *service) viaHelper(w http.ResponseWriter, r *http.Request) {
	s.record(r.Context(), "seen")
}

func (s *service) record(ctx context.Context, what string) {
	go s.insert(ctx, what) // want `CL1031: s.insert is called in a goroutine that viaHelper does not wait for`
}

func (s *service) insert(ctx context.Context, what string) {
	if _, err := s.db.ExecContext(ctx, "INSERT INTO seen VALUES ($1)", what); err != nil {
		log.Println(err)
	}
}

type job struct {
	ctx  context.Context
	what string
}

func (s *service) inStruct(w http.ResponseWriter, r *http.Request) {
	j := &job{ctx: r.Context(), what: "x"}
	go s.do(j) // want `CL1031`
}

func (s *service) do(j *job) { s.insert(j.ctx, j.what) }

func (s *service) inStructValue(w http.ResponseWriter, r *http.Request) {
	j := job{ctx: r.Context(), what: "x"}
	go func() {
		s.insert(j.ctx, j.what) // want `CL1031`
	}()
}

func (s *service) process(w http.ResponseWriter, r *http.Request) {
	go exec.CommandContext(r.Context(), "convert").Run()
	ctx := r.Context()
	go func() {
		exec.CommandContext(ctx, "convert").Run() // want `CL1031`
	}()
}

func (s *service) named(w http.ResponseWriter, r *http.Request) {
	work := func() {
		s.mail.Send(r.Context(), "a", "b") // want `CL1031`
	}
	go work()
}

func (s *service) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		go s.insert(r.Context(), r.URL.Path) // want `CL1031: s.insert is called in a goroutine that the handler does not wait for`
	})
}

func (s *service) atTheEnd(w http.ResponseWriter, r *http.Request) {
	defer func() {
		go s.insert(r.Context(), "done") // want `CL1031`
	}()
	w.WriteHeader(http.StatusOK)
}

func (s *service) groupNotWaitedFor(w http.ResponseWriter, r *http.Request) {
	group, ctx := errgroup.WithContext(r.Context())
	group.Go(func() error { return s.mail.Send(ctx, "a", "b") }) // want `CL1031`
}

func (s *service) otherChannel(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		log.Println("other work")
	}()
	go func() {
		s.mail.Send(r.Context(), "a", "b") // want `CL1031`
	}()
	<-done
}

func (s *service) ginCopied(c *gin.Context) {
	copied := c.Copy()
	go func() {
		s.insert(copied.Request.Context(), copied.Query("x")) // want `CL1031`
	}()
}

func (s *service) ginContext(c *gin.Context) {
	ctx := c.Request.Context()
	go s.insert(ctx, "x") // want `CL1031`
}

// With one branch that waits for something else.
func (s *service) branches(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("async") {
		go s.insert(r.Context(), "x") // want `CL1031`
		w.WriteHeader(http.StatusAccepted)
		return
	}
	s.insert(r.Context(), "x")
}

type router struct {
	hook   func(ctx context.Context, r *http.Request) context.Context
	handle func(ctx context.Context, text string) error
}

// The hook may or may not be there.
func (t *router) hooked(w http.ResponseWriter, r *http.Request) {
	ctx := withUser(r.Context(), "x")
	if t.hook != nil {
		ctx = t.hook(ctx, r)
	}
	go func() {
		t.dispatch(ctx, "x") // want `CL1031`
	}()
}

func withUser(ctx context.Context, user string) context.Context {
	return context.WithValue(ctx, "user", user)
}

func (t *router) dispatch(ctx context.Context, text string) { t.handle(ctx, text) }

// What is not reported.

func (s *service) detached(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go s.insert(ctx, "x")
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Second)
		defer cancel()
		s.insert(ctx, "x")
	}()
}

func (s *service) replaced(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if r.URL.Query().Has("async") {
		ctx = context.WithoutCancel(ctx)
	}
	go func() { s.insert(ctx, "x") }()
}

func (s *service) valuesOnly(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() {
		user, _ := ctx.Value("user").(string)
		slog.InfoContext(ctx, "seen", "user", user)
		s.mail.Observe(ctx, "seen")
		logger(ctx).Info("seen")
	}()
}

func logger(ctx context.Context) *slog.Logger {
	l, _ := ctx.Value("logger").(*slog.Logger)
	return l
}

func (s *service) waited(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		s.mail.Send(r.Context(), "a", "b")
	}()
	go func() {
		defer wg.Done()
		s.mail.Send(r.Context(), "a", "b")
	}()
	wg.Wait()
}

func (s *service) waitedInDefer(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { s.mail.Send(r.Context(), "a", "b") })
}

func (s *service) group(w http.ResponseWriter, r *http.Request) {
	group, ctx := errgroup.WithContext(r.Context())
	group.Go(func() error { return s.mail.Send(ctx, "a", "b") })
	if err := group.Wait(); err != nil {
		log.Println(err)
	}
}

// A result that is not waited for on an error is cut off on purpose.
func (s *service) result(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	sent := make(chan error, 1)
	go func() { sent <- s.mail.Send(ctx, "a", "b") }()
	if _, err := s.db.ExecContext(ctx, "SELECT 1"); err != nil {
		return
	}
	<-sent
}

func (s *service) raced(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	sent := make(chan error, 1)
	go func() { sent <- s.mail.Send(ctx, "a", "b") }()
	select {
	case <-sent:
	case <-ctx.Done():
	}
}

func (s *service) closer(w http.ResponseWriter, r *http.Request) {
	results := make(chan error)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- s.mail.Send(r.Context(), "a", "b")
		}()
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for err := range results {
		log.Println(err)
	}
}

// It ends with the request because it is made to.
func (s *service) watching(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				s.mail.Send(ctx, "a", "b")
			}
		}
	}()
}

// The handler ends when the client has gone.
func (s *service) events(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go s.insert(ctx, "connected")
	<-ctx.Done()
}

func (s *service) stream(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go s.insert(ctx, "connected")
	for {
		select {
		case <-ctx.Done():
			return
		case text := <-s.queue:
			w.Write([]byte(text))
		}
	}
}

// The caller waits.
func (s *service) helped(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	s.sendAll(r.Context(), &wg)
	wg.Wait()
}

func (s *service) sendAll(ctx context.Context, wg *sync.WaitGroup) {
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.mail.Send(ctx, "a", "b")
		}()
	}
}

func (s *service) promised(w http.ResponseWriter, r *http.Request) {
	<-s.promise(r.Context())
}

func (s *service) promise(ctx context.Context) <-chan error {
	sent := make(chan error, 1)
	go func() { sent <- s.mail.Send(ctx, "a", "b") }()
	return sent
}

type task struct {
	done chan struct{}
	err  error
}

func (t *task) run(ctx context.Context, m mailer) {
	t.err = m.Send(ctx, "a", "b")
	close(t.done)
}

func (t *task) wait() error {
	<-t.done
	return t.err
}

func (s *service) tasks(w http.ResponseWriter, r *http.Request) {
	t := &task{done: make(chan struct{})}
	go t.run(r.Context(), s.mail)
	t.wait()
}

// Not a request's context.
func (s *service) Start(ctx context.Context) { go s.insert(ctx, "started") } // want Start:"param 1: late works"

func (s *service) forEach(w http.ResponseWriter, r *http.Request) {
	sent := make(chan error, 3)
	each(3, func() {
		go func() { sent <- s.mail.Send(r.Context(), "a", "b") }()
	})
	each(3, func() { log.Println(<-sent) })
}

func each(n int, f func()) {
	for range n {
		f()
	}
}

func (s *service) stoppedTimer(w http.ResponseWriter, r *http.Request) {
	t := time.AfterFunc(time.Minute, func() { s.mail.Send(r.Context(), "slow", "b") })
	defer t.Stop()
	s.insert(r.Context(), "x")
}

// A future is an object that somebody waits for, wherever it is.
type future interface {
	Set(value string, err error)
	Get(ctx context.Context) (string, error)
}

type lookups interface {
	Find(ctx context.Context, key string) (string, error)
}

type memo struct {
	lookups lookups
	make    func() future
	pending map[string]future
	last    future
}

// Whoever gets the future waits for the result.
func (m *memo) find(ctx context.Context, key string) future {
	f, ok := m.pending[key]
	if !ok {
		f = m.make()
		made := f
		m.pending[key] = made
		go func() {
			value, err := m.lookups.Find(ctx, key)
			made.Set(value, err)
		}()
	}
	return f
}

func (m *memo) serve(w http.ResponseWriter, r *http.Request) {
	value, err := m.find(r.Context(), r.URL.Path).Get(r.Context())
	log.Println(value, err)
}

// The object that is kept learns nothing of the work.
func (m *memo) touch(w http.ResponseWriter, r *http.Request) {
	made := m.make()
	m.last = made
	go func() {
		m.lookups.Find(r.Context(), "x") // want `CL1031`
		made.Set("", nil)
	}()
}
