// Package web has the part of github.com/prometheus/exporter-toolkit/web that the tests use.
package web

import (
	"log/slog"
	"net"
	"net/http"
)

// FlagConfig is what the flags say.
type FlagConfig struct{ WebListenAddresses *[]string }

// ListenAndServe serves on the addresses of the flags.
func ListenAndServe(server *http.Server, flags *FlagConfig, logger *slog.Logger) error {
	return server.ListenAndServe()
}

// Serve serves on a listener.
func Serve(l net.Listener, server *http.Server, flags *FlagConfig, logger *slog.Logger) error {
	return server.Serve(l)
}
