// Command command starts daemons.
package main

import (
	"log"
	"net"
	"net/http"
	"time"
)

type monitor struct{ n int }

func newMonitor() *monitor {
	m := new(monitor)
	go m.run()
	return m
}

func (m *monitor) run() {
	for {
		time.Sleep(time.Second)
		m.n++
	}
}

func (m *monitor) Close() { log.Print(m.n) }

func run() error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	go func() {
		for range ticker.C {
			log.Print("alive")
		}
	}()
	m := newMonitor()
	defer m.Close()
	return http.ListenAndServe("localhost:8080", nil)
}

func main() {
	go func() {
		for {
			time.Sleep(time.Minute)
		}
	}()
	if err := run(); err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go ping(conn) // want `CL1021: a goroutine is started each time round the loop and never ends: .for. in ping has no way out`
	}
}

func ping(conn net.Conn) {
	for {
		conn.Write([]byte("ping\n"))
		time.Sleep(time.Second)
	}
}
