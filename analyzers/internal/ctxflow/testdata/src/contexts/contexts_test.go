package contexts

import "context"

// What tests pass changes nothing.
func callsHelperFromTest(ctx context.Context) { helper(ctx) }
