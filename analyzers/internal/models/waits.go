package models

// A Wait is a call that waits for a peer, and what bounds the wait.
type Wait struct {
	Func string // full name of the function or method
	// Positions among the arguments, counted from 1, the receiver of a method first; 0: none. The deadline of the
	// context bounds the wait. The network and the address, or URL, tell whether the peer is on the same machine.
	Context, Network, Address int
	// Option must be among the results of functions that are given to the call, else it does not wait.
	Option string
	// BoundBy are functions whose result, given to the call, bounds the wait.
	BoundBy []string
	// OS tells that the operating system ends the wait after some minutes: it is only for a TCP connection.
	OS bool
	// What it waits for, to complete "Dial ...": "waits for the TLS handshake".
	What string
	// Instead is what to write.
	Instead string
}

// A ConfigType is a struct type whose fields bound the waits of functions that get it.
type ConfigType struct {
	Type   string   // full name
	Bounds []string // a value in any of these fields bounds the waits, or is a function of the user's that may
	// Nested is a field of another ConfigType, whose bounds count too.
	Nested string
	// Needs are fields without any of which the functions do not wait; empty: they always do.
	Needs []string
	// Field is what to set in the literal.
	Field string
	Waits []Wait
	// Kept are fields of the package's other structs that keep it for a background connection.
	Kept []string
	// Source is where the row was read.
	Source string
}

// StdDials returns the functions of the standard library that connect without any bound of their own. Read in the sources
// of Go 1.26.
func StdDials() []Wait {
	return []Wait{
		// net.Dial uses a zero Dialer: https://pkg.go.dev/net#Dialer.Timeout, "with or without a timeout, the operating
		// system may impose its own earlier timeout".
		{Func: "net.Dial", Network: 1, Address: 2, OS: true, What: "waits for the connection", Instead: "net.DialTimeout, or DialContext of a net.Dialer with a context that has a deadline"},
		// crypto/tls/tls.go: Dial is DialWithDialer(new(net.Dialer), ...), whose handshake is bounded by the Dialer only.
		{Func: "crypto/tls.Dial", Network: 1, Address: 2, What: "waits for the TLS handshake", Instead: "tls.DialWithDialer(&net.Dialer{Timeout: ...}, ...)"},
		// net/smtp/smtp.go: Dial is net.Dial and reads the greeting; SendMail is Dial and the whole conversation.
		{Func: "net/smtp.Dial", Address: 1, What: "waits for the server's greeting", Instead: "net.DialTimeout, SetDeadline on the connection, and smtp.NewClient"},
		{Func: "net/smtp.SendMail", Address: 1, What: "waits for each answer of the mail server", Instead: "net.DialTimeout, SetDeadline on the connection, and smtp.NewClient"},
		// net/rpc/client.go: net.Dial; DialHTTPPath also reads an HTTP response.
		{Func: "net/rpc.Dial", Network: 1, Address: 2, OS: true, What: "waits for the connection", Instead: "net.DialTimeout and rpc.NewClient"},
		{Func: "net/rpc.DialHTTP", Network: 1, Address: 2, What: "waits for the server's HTTP response", Instead: "net.DialTimeout and rpc.NewClient"},
		{Func: "net/rpc.DialHTTPPath", Network: 1, Address: 2, What: "waits for the server's HTTP response", Instead: "net.DialTimeout and rpc.NewClient"},
		{Func: "net/rpc/jsonrpc.Dial", Network: 1, Address: 2, OS: true, What: "waits for the connection", Instead: "net.DialTimeout and jsonrpc.NewClient"},
		// net/textproto/textproto.go: Dial is net.Dial.
		{Func: "net/textproto.Dial", Network: 1, Address: 2, OS: true, What: "waits for the connection", Instead: "net.DialTimeout and textproto.NewConn"},
	}
}

// StdDialers returns the dialers of the standard library: nothing in them bounds a dial unless it is set.
func StdDialers() []ConfigType {
	return []ConfigType{
		{
			Type: "net.Dialer", Bounds: []string{"Timeout", "Deadline", "Cancel"}, Field: "Timeout",
			Waits: []Wait{
				{Func: "(*net.Dialer).Dial", Network: 2, Address: 3, OS: true, What: "waits for the connection"},
				{Func: "(*net.Dialer).DialContext", Context: 2, Network: 3, Address: 4, OS: true, What: "waits for the connection"},
				{Func: "(*net.Dialer).DialTCP", Context: 2, Network: 3, OS: true, What: "waits for the connection"},
				{Func: "crypto/tls.DialWithDialer", Network: 2, Address: 3, What: "waits for the TLS handshake"},
			},
			Source: "net/dial.go of Go 1.26: Dialer.deadline",
		},
		{
			Type: "crypto/tls.Dialer", Bounds: []string{}, Nested: "NetDialer", Field: "NetDialer",
			Waits: []Wait{
				{Func: "(*crypto/tls.Dialer).Dial", Network: 2, Address: 3, What: "waits for the TLS handshake"},
				{Func: "(*crypto/tls.Dialer).DialContext", Context: 2, Network: 3, Address: 4, What: "waits for the TLS handshake"},
			},
			Source: "crypto/tls/tls.go of Go 1.26: dial",
		},
	}
}

// SSHClient returns the configuration of x/crypto's SSH client.
func SSHClient() ConfigType {
	return ConfigType{
		Type: "golang.org/x/crypto/ssh.ClientConfig", Bounds: []string{"Timeout"}, Field: "Timeout",
		Waits: []Wait{
			{Func: "golang.org/x/crypto/ssh.Dial", Network: 1, Address: 2, What: "waits for the connection and the SSH handshake"},
		},
		Source: "golang.org/x/crypto v0.58.0, ssh/client.go: Timeout, 'a Timeout of zero means no timeout', is given to net.DialTimeout; the handshake has no deadline (golang/go#51926)",
	}
}
