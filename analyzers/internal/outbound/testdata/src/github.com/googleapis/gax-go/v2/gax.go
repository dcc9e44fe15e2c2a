// Package gax has the options of Google's generated clients.
package gax

type CallOption interface{ Resolve() }
