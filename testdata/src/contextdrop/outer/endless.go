package outer

import "context"

// What the literal gets never ends: the other one is the better.
func (s *store) longer(ctx context.Context) error {
	do := func(own context.Context) error { return s.insert(ctx) }
	return do(context.Background())
}

// It gets one that ends with the last of its calls.
func (s *store) shorter(ctx context.Context, all bool) error {
	do := func(own context.Context) error {
		return s.insert(ctx) // want `CL2036: s.insert is called with ctx of the function around the literal, which gets own itself`
	}
	if all {
		own, cancel := context.WithTimeout(ctx, 1e9)
		defer cancel()
		return do(own)
	}
	return do(context.Background())
}
