package ended

import (
	"context"
	"testing"
)

func TestAlive(t *testing.T) {
	over, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	late, cancel := context.WithTimeout(context.Background(), 1)
	defer cancel()
	<-late.Done()
	if alive(over) || alive(late) {
		t.Error("alive when the time is over")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10) // want `the context ends at once: 10 has no unit`
	defer cancel()
	if !alive(ctx) {
		t.Error("not alive")
	}
}
