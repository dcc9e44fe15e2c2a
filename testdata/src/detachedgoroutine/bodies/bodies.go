// Package bodies has handlers whose goroutines read the request's body.
package bodies

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
)

type ingest struct{ client *http.Client }

// What is reported.

func (i *ingest) decode(w http.ResponseWriter, r *http.Request) {
	go func() {
		var v any
		if err := json.NewDecoder(r.Body).Decode(&v); err != nil { // want `CL1033: json.NewDecoder\(r.Body\).Decode reads the request's body in a goroutine that can outlive decode: the server closes the body when the handler returns, so the rest is lost; read it before the goroutine starts, or wait for the goroutine`
			log.Println(err)
		}
	}()
}

func (i *ingest) readAll(w http.ResponseWriter, r *http.Request) {
	go store(r.Body) // want `CL1033: store`
}

func store(body io.ReadCloser) {
	defer body.Close()
	data, _ := io.ReadAll(body)
	log.Println(len(data))
}

func (i *ingest) form(w http.ResponseWriter, r *http.Request) {
	go func() {
		log.Println(r.FormValue("name")) // want `CL1033: r.FormValue`
	}()
}

func (i *ingest) forward(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequest(http.MethodPost, "http://copy.corp.example", r.Body)
	if err != nil {
		return
	}
	go i.client.Do(req) // want `CL1033: i.client.Do`
}

func (i *ingest) handOver(w http.ResponseWriter, r *http.Request) {
	go i.process(r) // want `CL1033: i.process`
}

func (i *ingest) process(r *http.Request) { store(r.Body) }

// What is not reported.

func (i *ingest) readBefore(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	go func() {
		defer r.Body.Close()
		log.Println(len(data), r.URL.Path, r.Header.Get("User-Agent"), r.RemoteAddr)
	}()
}

func (i *ingest) parsedBefore(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		return
	}
	go func() { log.Println(r.FormValue("name")) }()
}

func (i *ingest) upload(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	go func() {
		_, err := io.Copy(pw, r.Body)
		pw.CloseWithError(err)
	}()
	resp, err := i.client.Post("http://store.corp.example", "text/plain", pr)
	if err != nil {
		return
	}
	resp.Body.Close()
}

func (i *ingest) copied(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	clone := r.Clone(r.Context())
	clone.Body = io.NopCloser(bytes.NewReader(data))
	go i.process(clone)
}

func (i *ingest) waited(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		store(r.Body)
	}()
	<-done
}
