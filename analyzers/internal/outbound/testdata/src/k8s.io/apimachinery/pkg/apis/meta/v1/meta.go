// Package v1 has the options of the API server.
package v1

type GetOptions struct{ ResourceVersion string }

type ListOptions struct{ Limit int64 }

type DeleteOptions struct{ DryRun []string }

type ObjectMeta struct{ Name string }
