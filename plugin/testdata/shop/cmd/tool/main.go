// Tool has findings of an analyzer that is off for it, and of others.
package main

import (
	"log"
	"net"
	"net/http"
	"time"
)

func main() {
	resp, err := http.Get("http://shop.example/")
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	conn, err := net.Dial("tcp", "shop.example:80")
	if err != nil {
		log.Fatal(err)
	}
	conn.Close()
	srv := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Second}
	bounded := &http.Server{Addr: ":8081", ReadHeaderTimeout: time.Second, IdleTimeout: time.Minute}
	go func() { log.Print(bounded.ListenAndServe()) }()
	log.Fatal(srv.ListenAndServe())
}
