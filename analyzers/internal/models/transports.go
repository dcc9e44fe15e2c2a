package models

// PlainTransport reports whether a function returns an http.RoundTripper that does not bound requests.
func PlainTransport(function string) bool {
	switch function {
	case
		// net/http of Go 1.26: DefaultTransport has no ResponseHeaderTimeout.
		"(*net/http.Transport).Clone",
		"net/http.NewFileTransport",
		// github.com/hashicorp/go-cleanhttp, cleanhttp.go: a dial timeout only.
		"github.com/hashicorp/go-cleanhttp.DefaultTransport", "github.com/hashicorp/go-cleanhttp.DefaultPooledTransport",
		// go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp, transport.go: the base's round trip with a span.
		"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.NewTransport",
		// github.com/prometheus/client_golang/prometheus/promhttp, instrument_client.go: the base's round trip with metrics.
		"github.com/prometheus/client_golang/prometheus/promhttp.InstrumentRoundTripperDuration",
		"github.com/prometheus/client_golang/prometheus/promhttp.InstrumentRoundTripperCounter",
		"github.com/prometheus/client_golang/prometheus/promhttp.InstrumentRoundTripperInFlight":
		return true
	}
	return false
}

// PlainTransportType reports whether a type is an http.RoundTripper that does not bound requests.
func PlainTransportType(name string) bool {
	switch name {
	case
		"net/http.Transport",
		// golang.org/x/oauth2, transport.go: adds a header.
		"golang.org/x/oauth2.Transport",
		"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.Transport",
		"golang.org/x/net/http2.Transport":
		return true
	}
	return false
}
