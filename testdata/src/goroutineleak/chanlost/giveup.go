package chanlost

import (
	"context"
	"errors"
)

func connect() error { return errors.New("no") }

// Who waits for the start may give up.
type source struct{ started chan error }

func (s *source) Start() {
	s.started = make(chan error)
	go func() {
		if err := connect(); err != nil {
			s.started <- err // want `CL1001: the goroutine blocks for ever sending on s.started where source.WaitForStart has given up before`
			return
		}
		close(s.started)
	}()
}

func (s *source) WaitForStart(ctx context.Context) error {
	select {
	case err := <-s.started:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A buffer keeps the result.
type buffered struct{ started chan error }

func (s *buffered) Start() {
	s.started = make(chan error, 1)
	go func() {
		if err := connect(); err != nil {
			s.started <- err
			return
		}
		close(s.started)
	}()
}

func (s *buffered) WaitForStart(ctx context.Context) error {
	select {
	case err := <-s.started:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Who gives up takes the result all the same, when it comes.
type drained struct{ started chan error }

func (s *drained) Start() {
	s.started = make(chan error)
	go func() { s.started <- connect() }()
}

func (s *drained) WaitForStart(ctx context.Context) error {
	select {
	case err := <-s.started:
		return err
	case <-ctx.Done():
		go func() { <-s.started }()
		return ctx.Err()
	}
}

// The sender gives up as well.
type careful struct {
	started chan error
}

func (s *careful) Start(ctx context.Context) {
	s.started = make(chan error)
	go func() {
		select {
		case s.started <- connect():
		case <-ctx.Done():
		}
	}()
}

func (s *careful) WaitForStart(ctx context.Context) error {
	select {
	case err := <-s.started:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
