// Package streams has methods of services whose goroutines use the stream.
package streams

import (
	"context"
	"log"
	"sync"

	"connectrpc.com/connect"
	"google.golang.org/grpc"
)

type item struct{ text string }

type feed struct {
	news chan string
	made func() latch
	save func(context.Context, string) error
	repo interface {
		Save(context.Context, string) error
	}
}

// What is reported.

func (f *feed) Watch(req *item, stream grpc.ServerStreamingServer[item]) error {
	go func() {
		for range 3 {
			if err := stream.Send(&item{"x"}); err != nil { // want `CL1035: stream.Send sends on the stream in a goroutine that Watch does not wait for: the stream ends when Watch returns, so what is sent after that is lost; wait for the goroutine before returning`
				return
			}
		}
	}()
	return nil
}

func (f *feed) Listen(ctx context.Context, req *connect.Request[item], stream *connect.ServerStream[item]) error {
	go stream.Send(&item{"x"}) // want `CL1035: stream.Send`
	go f.repo.Save(ctx, "x")   // want `CL1031: f.repo.Save`
	return nil
}

func (f *feed) Get(ctx context.Context, req *connect.Request[item]) (*connect.Response[item], error) {
	go f.repo.Save(ctx, "x") // want `CL1031: f.repo.Save`
	return connect.NewResponse(&item{}), nil
}

func (f *feed) Once(stream grpc.BidiStreamingServer[item, item]) error {
	go func() {
		m, err := stream.Recv() // want `CL1035: stream.Recv receives from the stream`
		log.Println(m, err)
	}()
	go f.repo.Save(stream.Context(), "x") // want `CL1031`
	return nil
}

// What is not reported.

// The receiving half ends with the stream.
func (f *feed) Chat(stream grpc.BidiStreamingServer[item, item]) error {
	failed := make(chan error, 1)
	go func() {
		for {
			m, err := stream.Recv()
			if err != nil {
				failed <- err
				return
			}
			f.news <- m.text
		}
	}()
	for {
		select {
		case err := <-failed:
			return err
		case <-stream.Context().Done():
			return nil
		case text := <-f.news:
			if err := stream.Send(&item{text}); err != nil {
				return err
			}
		}
	}
}

func (f *feed) Both(stream grpc.BidiStreamingServer[item, item]) error {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		stream.Send(&item{"x"})
	}()
	for {
		if _, err := stream.Recv(); err != nil {
			break
		}
	}
	wg.Wait()
	return nil
}

func (f *feed) PerMessage(stream grpc.BidiStreamingServer[item, item]) error {
	for {
		m, err := stream.Recv()
		if err != nil {
			return err
		}
		go f.repo.Save(stream.Context(), m.text)
	}
}

// A latch ends when somebody shuts it.
type latch interface {
	Shut()
	Open() bool
	Shutting() <-chan struct{}
}

// Each half ends the other, and the method waits for the first of them.
func (f *feed) Pipe(stream grpc.BidiStreamingServer[item, item]) error {
	l := f.made()
	go func() {
		defer func() { l.Shut() }()
		for l.Open() {
			m, err := stream.Recv()
			if err != nil {
				return
			}
			f.news <- m.text
		}
	}()
	go func() {
		defer l.Shut()
		for l.Open() {
			if err := stream.Send(&item{<-f.news}); err != nil {
				return
			}
		}
	}()
	<-l.Shutting()
	return nil
}

// The latch that it waits for is another one.
func (f *feed) Mixed(stream grpc.BidiStreamingServer[item, item]) error {
	l, other := f.made(), f.made()
	go func() {
		defer l.Shut()
		stream.Send(&item{"x"}) // want `CL1035`
	}()
	<-other.Shutting()
	return nil
}
