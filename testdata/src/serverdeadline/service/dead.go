package main

import "net/http"

// A supervisor ends the process; the test says so with -exits.
type supervisor interface {
	Abort(reason string)
}

func refuse(s supervisor) {
	s.Abort("this build has no plain HTTP")
	http.ListenAndServe(":8080", nil) // never reached
}

func abortLater(s supervisor) {
	http.ListenAndServe(":8080", nil) // want `CL2003: .*http.ListenAndServe serves without timeouts`
	s.Abort("the listener is gone")
}

func refuseServer(s supervisor, h http.Handler) {
	server := &http.Server{Addr: ":8080", Handler: h}
	s.Abort("this build has no plain HTTP")
	server.ListenAndServe() // never reached
}
