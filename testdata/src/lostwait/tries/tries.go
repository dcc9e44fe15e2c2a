// Package tries tries again for others.
package tries

import "time"

// A Policy says how often.
type Policy struct{ Tries int }

// Do calls a function until it succeeds.
func (p Policy) Do(name string, f func() error) (err error) { // want Do:`calls parameter 2 again`
	for range p.Tries {
		if err = f(); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}

// Once does not try again.
func Once(f func() error) error {
	time.Sleep(time.Second)
	return f()
}
