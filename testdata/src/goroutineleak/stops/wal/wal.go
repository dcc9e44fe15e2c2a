// Package wal has an object with a goroutine, for another package to forget.
package wal

import "os"

// A Log is written by a goroutine, until Close.
type Log struct {
	actions chan func()
	stop    chan chan struct{}
	file    *os.File
}

// Open opens a log.
func Open(name string) (*Log, error) { // want Open:"starts a goroutine until Close"
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	l := &Log{actions: make(chan func(), 8), stop: make(chan chan struct{}), file: f}
	go l.run()
	return l, nil
}

func (l *Log) run() {
	for {
		select {
		case f := <-l.actions:
			f()
		case done := <-l.stop:
			close(done)
			return
		}
	}
}

// Write writes a line.
func (l *Log) Write(line string) { l.actions <- func() { l.file.WriteString(line) } }

// Close ends the goroutine.
func (l *Log) Close() error {
	done := make(chan struct{})
	l.stop <- done
	<-done
	return l.file.Close()
}
