// Command once leaves goroutines behind: some in what it runs once, which end with the process soon, and the same in what it
// runs again and again.
package main

import (
	"errors"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

func ask(name string) (int, error) {
	if name == "" {
		return 0, errors.New("no name")
	}
	return len(name), nil
}

func main() {
	if importOnce(os.Args[1]) != nil {
		os.Exit(1)
	}
	for _, name := range os.Args[1:] {
		if importEach(name) != nil {
			os.Exit(1)
		}
	}
	watch(os.Args[1])
	once := func() { inClosure(os.Args[1]) }
	once()
	warmUp.Do(func() { inOnce(os.Args[1]) })
	_ = root.Execute()
	http.HandleFunc("/import", func(w http.ResponseWriter, r *http.Request) { importFor(r.URL.Path) })
	http.Handle("/served", served{})
	http.HandleFunc("/receive", receive)
	_ = http.ListenAndServe(":8080", nil)
}

var warmUp sync.Once

// main calls it, once.
func importOnce(name string) error {
	result := make(chan int)
	go func() {
		n, _ := ask(name)
		result <- n // want `CL1001: .*; it is started once and stays until the process ends`
	}()
	if _, err := ask(name); err != nil {
		return err
	}
	<-result
	return nil
}

// main calls it for each name.
func importEach(name string) error {
	result := make(chan int)
	go func() {
		n, _ := ask(name)
		result <- n // want `CL1001: [^;]*; [^;]*$`
	}()
	if _, err := ask(name); err != nil {
		return err
	}
	<-result
	return nil
}

// A variable of main holds the closure that calls it.
func inClosure(name string) int {
	result := make(chan int)
	go func() {
		n, _ := ask(name)
		result <- n // want `CL1001: .*; it is started once and stays until the process ends`
	}()
	select {
	case n := <-result:
		return n
	case <-time.After(time.Second):
		return 0
	}
}

// A sync.Once runs it.
func inOnce(name string) int {
	result := make(chan int)
	go func() {
		n, _ := ask(name)
		result <- n // want `CL1001: .*; it is started once and stays until the process ends`
	}()
	select {
	case n := <-result:
		return n
	case <-time.After(time.Second):
		return 0
	}
}

// main starts it once, but it would go on with its work while the server serves.
func watch(name string) {
	failed := make(chan error)
	go func() {
		for range time.Tick(time.Minute) {
			if _, err := ask(name); err != nil {
				failed <- err // want `CL1001: [^;]*; [^;]*$`
			}
		}
	}()
	select {
	case <-failed:
		os.Exit(1)
	case <-time.After(time.Second):
	}
}

// A handler calls it, for each request.
func importFor(name string) int {
	result := make(chan int)
	go func() {
		n, _ := ask(name)
		result <- n // want `CL1001: [^;]*; [^;]*$`
	}()
	select {
	case n := <-result:
		return n
	case <-time.After(time.Second):
		return 0
	}
}

type served struct{}

// The server calls it by an interface.
func (served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(byInterface(r.URL.Path))
}

func byInterface(name string) int {
	result := make(chan int)
	go func() {
		n, _ := ask(name)
		result <- n // want `CL1001: [^;]*; [^;]*$`
	}()
	select {
	case n := <-result:
		return n
	case <-time.After(time.Second):
		return 0
	}
}

// A command is run once for each process, wherever its body is written.
var root = &cobra.Command{Use: "once", RunE: wrap(inCommand)}

func wrap(run func(name string) error) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error { return run(args[0]) }
}

func inCommand(name string) error {
	result := make(chan int)
	go func() {
		n, _ := ask(name)
		result <- n // want `CL1001: .*; it is started once and stays until the process ends`
	}()
	if _, err := ask(name); err != nil {
		return err
	}
	<-result
	return nil
}

// A command works through a list.
var _ = &cobra.Command{Use: "list", RunE: func(_ *cobra.Command, args []string) error {
	for _, name := range args {
		if err := inLoop(name); err != nil {
			return err
		}
	}
	return nil
}}

func inLoop(name string) error {
	result := make(chan int)
	go func() {
		n, _ := ask(name)
		result <- n // want `CL1001: [^;]*; [^;]*$`
	}()
	if _, err := ask(name); err != nil {
		return err
	}
	<-result
	return nil
}

// The goroutine of a command that receives is left behind, too.
var _ = &cobra.Command{Use: "receive", RunE: func(_ *cobra.Command, args []string) error {
	names := make(chan string)
	go func() {
		for name := range names { // want `CL1002: .*; it is started once and stays until the process ends`
			_, _ = ask(name)
		}
	}()
	for _, name := range args {
		if _, err := ask(name); err != nil {
			return err
		}
		names <- name
	}
	close(names)
	return nil
}}

// As the one before, for each request.
func receive(w http.ResponseWriter, r *http.Request) {
	names := make(chan string)
	go func() {
		for name := range names { // want `CL1002: [^;]*; [^;]*$`
			_, _ = ask(name)
		}
	}()
	for _, name := range r.URL.Query()["name"] {
		if _, err := ask(name); err != nil {
			return
		}
		names <- name
	}
	close(names)
}

// A goroutine that waits for two results, of which none may come.
var _ = &cobra.Command{Use: "select", RunE: func(_ *cobra.Command, args []string) error {
	found, failed := make(chan int), make(chan error)
	go func() {
		select { // want `CL1003: .*; it is started once and stays until the process ends`
		case <-found:
		case <-failed:
		}
	}()
	if n, err := ask(args[0]); err == nil && n > 9 {
		close(found)
	}
	return nil
}}

// The command itself waits for the goroutine that is stuck, so that it never ends.
var _ = &cobra.Command{Use: "hang", RunE: func(_ *cobra.Command, args []string) error {
	done := make(chan struct{})
	go func() {
		if _, err := ask(args[0]); err != nil {
			return
		}
		close(done)
	}()
	<-done // want `CL1002: .*defer$`
	return nil
}}
