// Package twirp has the options of generated clients.
package twirp

type ClientOption func(any)
