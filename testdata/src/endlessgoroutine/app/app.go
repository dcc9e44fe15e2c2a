// Package app uses the functions of another package in handlers.
package app

import (
	"log"
	"net/http"
	"time"

	"endlessgoroutine/library"
)

var cache = library.NewCache()

var dialer library.Dialer

func handle(w http.ResponseWriter, r *http.Request) {
	c := library.NewCache() // want `CL1021: NewCache starts a goroutine that never ends, and is called for each request: .for. in \(\*Cache\).expire has no way out`
	log.Print(c, cache)
}

func watch(w http.ResponseWriter, r *http.Request) {
	library.Watch(func() { log.Print(r.URL) }) // want `CL1021: Watch starts a goroutine that never ends`
}

func dial(w http.ResponseWriter, r *http.Request) {
	dialer.Dial(r.Host)
	d := new(library.Dialer)
	d.Dial(r.Host) // want `CL1021: \(\*Dialer\).Dial starts a goroutine that never ends`
}

func pool(w http.ResponseWriter, r *http.Request) {
	p := library.NewPool()
	defer p.Close()
}

func spawn(w http.ResponseWriter, r *http.Request) {
	library.Go(func() { log.Print(r.URL) })
	library.Go(func() { // want `CL1021: a goroutine is started for each request`
		for range time.Tick(time.Second) {
			log.Print("tick")
		}
	})
	go library.Loop() // want `CL1021: a goroutine is started for each request and never ends: .for. in Loop has no way out`
}

func Setup() { // want Setup:`starts \(\*Cache\).expire \(for\)`
	log.Print(library.NewCache())
}
