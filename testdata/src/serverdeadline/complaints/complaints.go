// Command complaints has what users of gosec's G112 and G114 reported as false, and servers whose bounds are as wide as they
// have to be. What is bad stands beside it.
package main

import (
	"log"
	"net"
	"net/http"
	_ "net/http/pprof"
	"time"
)

// gosec#807, gosec#823: ReadTimeout bounds the header, too.
func readTimeout(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h, ReadTimeout: 30 * time.Second}
	return srv.ListenAndServe()
}

// The bounds that are left out fall back to it, also where the header has one of its own.
func webhooks(h http.Handler) *http.Server {
	srv := &http.Server{
		Addr:              ":9443",
		Handler:           h,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		ReadHeaderTimeout: 30 * time.Second,
	}
	go srv.ListenAndServe()
	return srv
}

// WriteTimeout says nothing of the header.
func writeTimeout(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h, WriteTimeout: 30 * time.Second} // want `CL2001`
	return srv.ListenAndServe()
}

// G112: another function of the file sets the timeouts.
func elsewhere(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h}
	bound(srv, time.Minute)
	return srv.ListenAndServe()
}

func bound(srv *http.Server, d time.Duration) { srv.ReadTimeout = d }

// A server for streams: a header may take half an hour because small bounds broke connections that were used again. How long
// is the matter of who wrote it.
func streaming(addr string, h http.Handler) error {
	srv := &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: 30 * time.Minute, IdleTimeout: time.Hour}
	return srv.ListenAndServe()
}

// Profiles and downloads take as long as they take, so there is no WriteTimeout, by design.
func monitoring(l net.Listener, h http.Handler) {
	srv := &http.Server{Handler: h, MaxHeaderBytes: 1 << 20, ReadTimeout: 5 * time.Second}
	go func() {
		if err := srv.Serve(l); err != nil {
			log.Print(err)
		}
	}()
}

// A handler of server-sent events takes the bound of its response away; the server's bounds stay.
func events(w http.ResponseWriter, r *http.Request) {
	if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
		log.Print(err)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	<-r.Context().Done()
}

func serveEvents() error {
	mux := http.NewServeMux()
	mux.HandleFunc("/events", events)
	srv := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	return srv.ListenAndServe()
}

// A listener of the configuration's: its fields are set, to whatever they say.
type limits struct{ Header, Read, Idle time.Duration }

func (l limits) serve(h http.Handler) error {
	srv := &http.Server{Addr: ":8080", Handler: h, ReadTimeout: l.Read, ReadHeaderTimeout: l.Header, IdleTimeout: l.Idle}
	return srv.ListenAndServe()
}

// stackrox#22433, G114: profiles for whoever is on the machine, beside profiles for everybody.
func profiles() {
	go func() { log.Print(http.ListenAndServe("localhost:6060", nil)) }()
	go func() { log.Print((&http.Server{Addr: "127.0.0.1:6061"}).ListenAndServe()) }()
	go func() { log.Print(http.ListenAndServe(":6060", nil)) }() // want `CL2003`
}

func main() {
	profiles()
	log.Fatal(readTimeout(http.DefaultServeMux))
}
