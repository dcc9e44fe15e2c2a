package models

import "slices"

// stdOutbounds are the rows of the standard library, read in the sources of Go 1.26.
func stdOutbounds() []Outbound {
	return slices.Concat(netOutbounds(), httpOutbounds(), sqlOutbounds(), otherStdOutbounds())
}

func netOutbounds() []Outbound {
	connection := Outbound{What: "waits for the connection", Option: "net.Dialer.Timeout", Source: "net/dial.go: Dialer.deadline",
		Usually: "the operating system gives up after some minutes"}
	connectionWithContext := connection
	connectionWithContext.Context = 2
	handshake := Outbound{What: "waits for the TLS handshake", Option: "net.Dialer.Timeout", Source: "crypto/tls/tls.go: dial"}
	handshakeWithContext := handshake
	handshakeWithContext.Context = 2
	lookup := Outbound{Context: 2, What: "waits for the name server", Source: "net/dnsconfig_unix.go: timeout 5 s, attempts 2",
		Bounded: "the resolver asks each name server twice and waits 5 s for each answer"}
	lookupWithout := lookup
	lookupWithout.Context = 0
	return slices.Concat(
		each("net.", "Dial", connection),
		each("(*net.Dialer).", "Dial", connection),
		each("(*net.Dialer).", "DialContext DialTCP DialUDP DialIP DialUnix", connectionWithContext),
		each("net.", "DialTimeout", Outbound{What: "waits for the connection", Bounded: "its own timeout", Source: "net/dial.go"}),
		each("crypto/tls.", "Dial DialWithDialer", handshake),
		each("(*crypto/tls.Dialer).", "Dial", handshake),
		each("(*crypto/tls.Dialer).", "DialContext", handshakeWithContext),
		each("(*crypto/tls.Conn).", "Handshake", Outbound{What: "waits for the TLS handshake", Option: "SetDeadline of the connection", Source: "crypto/tls/conn.go"}),
		each("(*crypto/tls.Conn).", "HandshakeContext", Outbound{Context: 2, What: "waits for the TLS handshake", Option: "SetDeadline of the connection", Source: "crypto/tls/conn.go"}),
		each("net.", "LookupHost LookupIP LookupPort LookupCNAME LookupSRV LookupMX LookupNS LookupTXT LookupAddr ResolveTCPAddr ResolveUDPAddr ResolveIPAddr", lookupWithout),
		each("(*net.Resolver).", "LookupHost LookupIPAddr LookupIP LookupNetIP LookupPort LookupCNAME LookupSRV LookupMX LookupNS LookupTXT LookupAddr", lookup),
	)
}

func httpOutbounds() []Outbound {
	without := Outbound{What: "waits for the response", Option: "http.Client.Timeout", Source: "net/http/client.go: Client.deadline"}
	with := without
	with.Context, with.Carrier = 2, true
	return slices.Concat(
		each("net/http.", "Get Head Post PostForm", without),
		each("(*net/http.Client).", "Get Head Post PostForm", without),
		each("(*net/http.Client).", "Do", with),
		each("(*net/http.Transport).", "RoundTrip", Outbound{Context: 2, Carrier: true, What: "waits for the response", Option: "http.Transport.ResponseHeaderTimeout", Source: "net/http/transport.go"}),
		each("(net/http.RoundTripper).", "RoundTrip", Outbound{Context: 2, Carrier: true, What: "waits for the response", Source: "net/http/client.go: RoundTripper"}),
	)
}

func sqlOutbounds() []Outbound {
	without := Outbound{What: "waits for the database", Option: "a timeout in the driver's DSN", Source: "database/sql/sql.go: the variant with a context, called with Background"}
	with := without
	with.Context, with.Source = 2, "database/sql/sql.go: the context bounds the wait for a free connection, and the statement as far as the driver heeds it"
	return slices.Concat(
		each("(*database/sql.DB).", "PingContext PrepareContext ExecContext QueryContext QueryRowContext BeginTx Conn", with),
		each("(*database/sql.DB).", "Ping Prepare Exec Query QueryRow Begin", without),
		each("(*database/sql.Conn).", "PingContext PrepareContext ExecContext QueryContext QueryRowContext BeginTx", with),
		each("(*database/sql.Tx).", "PrepareContext ExecContext QueryContext QueryRowContext StmtContext", with),
		each("(*database/sql.Tx).", "Prepare Exec Query QueryRow", without),
		each("(*database/sql.Stmt).", "ExecContext QueryContext QueryRowContext", with),
		each("(*database/sql.Stmt).", "Exec Query QueryRow", without),
	)
}

func otherStdOutbounds() []Outbound {
	mail := Outbound{What: "waits for the mail server", Option: "SetDeadline of the connection given to smtp.NewClient", Source: "net/smtp/smtp.go"}
	rpc := Outbound{What: "waits for the server's answer", Source: "net/rpc/client.go"}
	return slices.Concat(
		// The context of the command kills it. Start does not wait.
		each("(*os/exec.Cmd).", "Run Output CombinedOutput Wait", Outbound{Context: 1, Carrier: true, What: "waits until the command ends", Source: "os/exec/exec.go: Wait"}),
		each("net/smtp.", "Dial NewClient SendMail", mail),
		each("(*net/smtp.Client).", "Hello StartTLS Verify Auth Mail Rcpt Data Reset Noop Quit", mail),
		each("net/rpc.", "Dial DialHTTP DialHTTPPath", rpc),
		each("net/rpc/jsonrpc.", "Dial", rpc),
		each("(*net/rpc.Client).", "Call", rpc),
	)
}
