// Package shop has handlers that use another package.
package shop

import (
	"net/http"
	"sync"

	"detachedgoroutine/packages/mail"
)

type shop struct{ mail *mail.Client }

// What is reported.

func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	go s.mail.Send(r.Context(), "ordered") // want `CL1031: s.mail.Send`
}

func (s *shop) later(w http.ResponseWriter, r *http.Request) {
	s.mail.SendLater(r.Context(), "ordered") // want `CL1031: c.Send is called in a goroutine that later does not wait for`
}

func (s *shop) background(w http.ResponseWriter, r *http.Request) {
	s.mail.Background(func() {
		s.mail.Send(r.Context(), "x") // want `CL1031`
	})
	s.mail.SendDetached(r.Context(), "x")
}

func (s *shop) answer(w http.ResponseWriter, r *http.Request) {
	go mail.Answer(w, "x") // want `CL1032: mail.Answer`
}

// What is not reported.

func (s *shop) detached(w http.ResponseWriter, r *http.Request) {
	s.mail.SendDetached(r.Context(), "ordered")
}

func (s *shop) valueOnly(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() { mail.User(ctx) }()
}

func (s *shop) counted(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	s.mail.SendCounted(r.Context(), &wg)
	wg.Wait()
}

func (s *shop) run(w http.ResponseWriter, r *http.Request) {
	mail.Run(func() { s.mail.Send(r.Context(), "x") })
}

type keeper struct {
	journal mail.Journal
	archive mail.Archive
	tracker mail.Tracker
}

// No journal asks how long the request lasts.
func (k *keeper) note(w http.ResponseWriter, r *http.Request) {
	go k.journal.Note(r.Context(), "ordered")
}

// An archive may.
func (k *keeper) keep(w http.ResponseWriter, r *http.Request) {
	go k.archive.Keep(r.Context(), "ordered")  // want `CL1031: k.archive.Keep`
	go k.tracker.Track(r.Context(), "ordered") // want `CL1031: k.tracker.Track`
}
