package clientdeadline

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

var httpClient = &rule.Rule{
	Code:     "CL2011",
	Name:     "http-client-timeout",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "http.Client without Timeout sends requests without a deadline",
		Text: `An http.Client has no timeout of its own. When its requests have no deadline either, a server that accepts the
connection and then does not answer, or stops in the middle of a body, blocks the caller for ever. In a handler or a
worker every such call costs a goroutine and a connection; enough of them stop the service.

The client is followed through variables, fields, constructors, options, helpers and packages. It is reported when
none of its requests has a context with a deadline; where only some have, those without are reported.

Set Timeout, which bounds the whole exchange with the body, or give each request a context with a deadline. For long
downloads and streams, where a bound on the body would be wrong, bound the wait for the header by
ResponseHeaderTimeout of the Transport, which also satisfies the rule.`,
		Before: `
type RateClient struct {
	http *http.Client
	base string
}

func NewRateClient(base string) *RateClient {
	return &RateClient{http: &http.Client{}, base: base}
}

func (c *RateClient) Rate(currency string) (float64, error) {
	resp, err := c.http.Get(c.base + "/rates/" + currency)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var rate float64
	err = json.NewDecoder(resp.Body).Decode(&rate)
	return rate, err
}
`,
		After: `
type RateClient struct {
	http *http.Client
	base string
}

func NewRateClient(base string) *RateClient {
	return &RateClient{http: &http.Client{Timeout: 10 * time.Second}, base: base}
}

func (c *RateClient) Rate(currency string) (float64, error) {
	resp, err := c.http.Get(c.base + "/rates/" + currency)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var rate float64
	err = json.NewDecoder(resp.Body).Decode(&rate)
	return rate, err
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Requests whose context comes from a parameter, a field or an unknown helper count as bounded. So do clients that other
code may change, clients whose Transport has a ResponseHeaderTimeout or is of an unknown type, requests to the same
machine, and responses that are read in a loop or passed on to another connection.`,
	References: []string{
		"https://pkg.go.dev/net/http#Client",
		"https://github.com/etcd-io/etcd/pull/13750",
		"https://github.com/dexidp/dex/pull/1085",
	},
}

var defaultClient = &rule.Rule{
	Code:     "CL2012",
	Name:     "http-default-client",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Request without a deadline through http.DefaultClient",
		Text: `http.Get, http.Head, http.Post and http.PostForm use http.DefaultClient, which has no Timeout, and cannot be given a
context. A server that accepts the connection and does not answer blocks the caller for ever. The same holds for
http.DefaultClient.Do with a request whose context has no deadline: context.Background and context.TODO have none.

Use an http.Client of your own with Timeout, or a request with a context that has a deadline.`,
		Before: `
func avatar(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get("https://avatars.example.com/" + r.FormValue("user"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	image, err := io.ReadAll(resp.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Write(image)
}
`,
		After: `
func avatar(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://avatars.example.com/"+r.FormValue("user"), nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	image, err := io.ReadAll(resp.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Write(image)
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `A program whose main package sets http.DefaultClient.Timeout is reported in its other packages all the same: they do not
see it.`,
	References: []string{
		"https://pkg.go.dev/net/http#DefaultClient",
		"https://github.com/kyverno/kyverno/pull/16608",
	},
}

var dial = &rule.Rule{
	Code:     "CL2013",
	Name:     "dial-timeout",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "TCP or TLS connection without a bound on the wait",
		Text: `net.Dial, and a net.Dialer without Timeout, wait for as long as the operating system tries to connect: about two
minutes on Linux when packets are dropped. tls.Dial, smtp.Dial, smtp.SendMail and rpc.DialHTTP also wait for the peer's
first words, and that without end: a peer that accepts the connection and stays silent holds the caller for ever.

Use net.DialTimeout, a Dialer with Timeout, or DialContext with a context that has a deadline. For protocols with a
greeting set a deadline on the connection before the client is made from it. Dials to this machine, over UDP and unix
sockets, and dials that the program was told to make without a timeout are not reported.`,
		Before: `
func serverStatus(addr string) (string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	return bufio.NewReader(conn).ReadString('\n')
}
`,
		After: `
func serverStatus(addr string) (string, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Reads and writes on the connection are not looked at. A network or address that is not a constant counts as one that
needs no bound, unless the network is known to be TCP.`,
	References: []string{
		"https://pkg.go.dev/net#Dialer",
		"https://github.com/influxdata/telegraf/pull/15036",
	},
}

var handshake = &rule.Rule{
	Code:     "CL2014",
	Name:     "tls-handshake-deadline",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "TLS handshake on a connection without a deadline",
		Text: `(*tls.Conn).Handshake waits for the peer's messages. Without a deadline on the connection a peer that connects and says
nothing holds the goroutine, the connection and its file descriptor for ever; a few thousand of them are a denial of
service (CVE-2026-22045 in traefik, where a deadline was even taken away before).

Use HandshakeContext with a context that has a deadline, or SetDeadline on the connection before.`,
		Before: `
func acceptTLS(ln net.Listener, config *tls.Config, serve func(*tls.Conn)) error {
	for {
		raw, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			conn := tls.Server(raw, config)
			if err := conn.Handshake(); err != nil {
				raw.Close()
				return
			}
			serve(conn)
		}()
	}
}
`,
		After: `
func acceptTLS(ln net.Listener, config *tls.Config, serve func(*tls.Conn)) error {
	for {
		raw, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			conn := tls.Server(raw, config)
			if err := conn.HandshakeContext(ctx); err != nil {
				raw.Close()
				return
			}
			serve(conn)
		}()
	}
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `The handshake that the first Read or Write makes by itself is not reported: the connection needs a deadline for every
read then, which is a matter of its own. Connections that come from elsewhere count as ones with a deadline.`,
	References: []string{"https://pkg.go.dev/crypto/tls#Conn.HandshakeContext"},
}

var sshClient = &rule.Rule{
	Code:     "CL2015",
	Name:     "ssh-dial-timeout",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "SSH connection without a bound on the wait",
		Text: `ssh.Dial with a ClientConfig without Timeout waits for the TCP connection for as long as the operating system tries, and
for the SSH handshake for ever. Timeout bounds the TCP connection only (golang/go#51926): a server, or a firewall in
front of it, that accepts the connection and stays silent is bounded by a deadline on the connection alone.

Set Timeout, and better: dial with net.DialTimeout, SetDeadline on the connection, make the client by ssh.NewClientConn,
and take the deadline away with SetDeadline(time.Time{}). ssh.NewClientConn on a connection without a deadline is
reported too.`,
		Before: `
func connect(addr, user string, key ssh.Signer, known ssh.HostKeyCallback) (*ssh.Client, error) {
	return ssh.Dial("tcp", addr, &ssh.ClientConfig{
		User:            user,
		Auth:            []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: known,
	})
}
`,
		After: `
func connect(addr, user string, key ssh.Signer, known ssh.HostKeyCallback) (*ssh.Client, error) {
	config := &ssh.ClientConfig{
		User:            user,
		Auth:            []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: known,
	}
	conn, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return nil, err
	}
	c, channels, requests, err := ssh.NewClientConn(conn, addr, config)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	return ssh.NewClient(c, channels, requests), nil
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `ssh.Dial with Timeout is not reported, although its handshake has no bound.`,
	References: []string{
		"https://pkg.go.dev/golang.org/x/crypto/ssh#ClientConfig",
		"https://github.com/golang/go/issues/51926",
		"https://github.com/fluxcd/source-controller/pull/637",
	},
}

var library = &rule.Rule{
	Code:     "CL2016",
	Name:     "client-dial-timeout",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.UnsafeFix,
	Doc: lint.RawDocumentation{
		Title: "Client of a library that waits without a bound unless told otherwise",
		Text: `Most client libraries bound the wait for their server by default. Some do not: a gorilla/websocket Dialer other than
DefaultDialer, a kafka-go Dialer other than DefaultDialer, a fasthttp client without ReadTimeout, a mysql.Config without
Timeout, an etcd client with a user name and without DialTimeout, grpc.Dial with WithBlock, and some functions that
use such a client. Each row of the table was read in the source of the library's current version.`,
		Before: `
func subscribe(url string, token string) (*websocket.Conn, error) {
	dialer := &websocket.Dialer{Proxy: http.ProxyFromEnvironment}
	conn, _, err := dialer.Dial(url, http.Header{"Authorization": {"Bearer " + token}})
	return conn, err
}
`,
		After: `
func subscribe(url string, token string) (*websocket.Conn, error) {
	dialer := &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 10 * time.Second}
	conn, _, err := dialer.Dial(url, http.Header{"Authorization": {"Bearer " + token}})
	return conn, err
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Connection strings are not read: lib/pq, pgx and go-sql-driver/mysql connect without a bound unless the string has
connect_timeout or timeout.`,
	References: []string{
		"https://pkg.go.dev/github.com/gorilla/websocket#Dialer",
		"https://pkg.go.dev/github.com/segmentio/kafka-go#Dialer",
		"https://github.com/etcd-io/etcd/pull/8898",
	},
}
