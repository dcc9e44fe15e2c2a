package models

// LibraryDials returns functions of well-known libraries that wait for a peer without any bound of their own.
func LibraryDials() []Wait {
	return []Wait{
		// google.golang.org/grpc v1.85.0, clientconn.go: Dial is DialContext(context.Background()), which with WithBlock
		// loops until the connection is ready or the context is done.
		{Func: "google.golang.org/grpc.Dial", Option: "google.golang.org/grpc.WithBlock", BoundBy: []string{"google.golang.org/grpc.WithTimeout"},
			What: "with grpc.WithBlock waits until the server can be reached", Instead: "grpc.NewClient, which connects in the background"},
		{Func: "google.golang.org/grpc.DialContext", Context: 1, Option: "google.golang.org/grpc.WithBlock", BoundBy: []string{"google.golang.org/grpc.WithTimeout"},
			What: "with grpc.WithBlock waits until the server can be reached", Instead: "grpc.NewClient, which connects in the background, or a context with a deadline"},
		// golang.org/x/net v0.62.0, websocket/client.go: Dial is DialConfig, which is DialContext(context.Background()).
		{Func: "golang.org/x/net/websocket.Dial", Address: 1, What: "waits for the WebSocket handshake", Instead: "Config.DialContext with a context that has a deadline"},
		// github.com/coder/websocket v1.8.15, dial.go: the handshake's request has the context given and http.DefaultClient.
		{Func: "github.com/coder/websocket.Dial", Context: 1, Address: 2, What: "waits for the WebSocket handshake", Instead: "a context with a deadline: it bounds the handshake only"},
		// github.com/valyala/fasthttp v1.77.0, client.go: these use a zero Client, whose ReadTimeout of 0 is no timeout.
		{Func: "github.com/valyala/fasthttp.Do", What: "waits for the response", Instead: "fasthttp.DoTimeout"},
		{Func: "github.com/valyala/fasthttp.DoRedirects", What: "waits for the response", Instead: "a fasthttp.Client with ReadTimeout"},
		{Func: "github.com/valyala/fasthttp.Get", What: "waits for the response", Instead: "fasthttp.GetTimeout"},
		{Func: "github.com/valyala/fasthttp.Post", What: "waits for the response", Instead: "fasthttp.DoTimeout"},
		// github.com/hashicorp/go-retryablehttp v0.7.8, client.go: these use a client from cleanhttp.DefaultPooledClient,
		// which has no Timeout; a request that is never answered is not retried.
		{Func: "github.com/hashicorp/go-retryablehttp.Get", What: "waits for the response", Instead: "a client whose HTTPClient.Timeout is set"},
		{Func: "github.com/hashicorp/go-retryablehttp.Head", What: "waits for the response", Instead: "a client whose HTTPClient.Timeout is set"},
		{Func: "github.com/hashicorp/go-retryablehttp.Post", What: "waits for the response", Instead: "a client whose HTTPClient.Timeout is set"},
		{Func: "github.com/hashicorp/go-retryablehttp.PostForm", What: "waits for the response", Instead: "a client whose HTTPClient.Timeout is set"},
	}
}

// LibraryClients returns the configurations of well-known clients in which no bound is the default.
//
// Looked at and left out, because they bound the dial themselves (their default, the version read): go-redis v9.23 (5 s),
// redigo v1.9.3 (30 s), sarama v1.61 (30 s), mongo-driver v1.17 and v2.9 (30 s), nats.go v1.55 (2 s), amqp091 v1.16 and
// streadway/amqp v1.1 (30 s, also for the handshake), paho.mqtt v1.5.1 (30 s), go-ldap v3.4.15 (60 s), jlaffaye/ftp v0.2.4
// (30 s), gocql v1.7 (11 s), clickhouse-go v2.50 (30 s), gomemcache (500 ms), go-mssqldb v1.11 (15 s), go-ora v2.8.24
// (10 min), pgxpool v5.12 (2 min), fasthttp's own dial (3 s), etcd's client v3.4 and later (New does not wait for a
// connection unless told to). Left out because only a connection string decides: lib/pq, pgx and go-sql-driver/mysql by
// DSN.
func LibraryClients() []ConfigType {
	return []ConfigType{
		{
			Type: "github.com/gorilla/websocket.Dialer", Field: "HandshakeTimeout",
			Bounds: []string{"HandshakeTimeout", "NetDial", "NetDialContext", "NetDialTLSContext"},
			Waits: []Wait{
				{Func: "(*github.com/gorilla/websocket.Dialer).Dial", Address: 2, What: "waits for the TLS and WebSocket handshakes"},
				{Func: "(*github.com/gorilla/websocket.Dialer).DialContext", Context: 2, Address: 3, What: "waits for the TLS and WebSocket handshakes"},
			},
			Source: "github.com/gorilla/websocket v1.5.3, client.go: only DefaultDialer has a HandshakeTimeout (45 s)",
		},
		{
			Type: "github.com/segmentio/kafka-go.Dialer", Field: "Timeout",
			Bounds: []string{"Timeout", "Deadline", "DialFunc"},
			Waits: []Wait{
				{Func: "(*github.com/segmentio/kafka-go.Dialer).Dial", Network: 2, Address: 3, What: "waits for the connection, the TLS handshake and the SASL exchange"},
				{Func: "(*github.com/segmentio/kafka-go.Dialer).DialContext", Context: 2, Network: 3, Address: 4, What: "waits for the connection, the TLS handshake and the SASL exchange"},
				{Func: "(*github.com/segmentio/kafka-go.Dialer).DialLeader", Context: 2, Network: 3, Address: 4, What: "waits for the connection, the TLS handshake and the SASL exchange"},
				{Func: "(*github.com/segmentio/kafka-go.Dialer).DialPartition", Context: 2, Network: 3, Address: 4, What: "waits for the connection, the TLS handshake and the SASL exchange"},
			},
			Kept:   []string{"Dialer"},
			Source: "github.com/segmentio/kafka-go v0.4.51, dialer.go: connect; only DefaultDialer has a Timeout (10 s); readers and consumer groups dial with a context that has no deadline (reader.go, consumergroup.go)",
		},
		{
			Type: "github.com/valyala/fasthttp.Client", Field: "ReadTimeout",
			Bounds: []string{"ReadTimeout", "Dial", "DialTimeout", "ConfigureClient", "StreamResponseBody"},
			Waits: []Wait{
				{Func: "(*github.com/valyala/fasthttp.Client).Do", What: "waits for the response"},
				{Func: "(*github.com/valyala/fasthttp.Client).DoRedirects", What: "waits for the response"},
				{Func: "(*github.com/valyala/fasthttp.Client).Get", What: "waits for the response"},
				{Func: "(*github.com/valyala/fasthttp.Client).Post", What: "waits for the response"},
			},
			Source: "github.com/valyala/fasthttp v1.77.0, client.go: 'by default response read timeout is unlimited'",
		},
		{
			Type: "github.com/valyala/fasthttp.HostClient", Field: "ReadTimeout",
			Bounds: []string{"ReadTimeout", "Dial", "DialTimeout", "StreamResponseBody"},
			Waits: []Wait{
				{Func: "(*github.com/valyala/fasthttp.HostClient).Do", What: "waits for the response"},
				{Func: "(*github.com/valyala/fasthttp.HostClient).Get", What: "waits for the response"},
				{Func: "(*github.com/valyala/fasthttp.HostClient).Post", What: "waits for the response"},
			},
			Source: "github.com/valyala/fasthttp v1.77.0, client.go: 'by default response read timeout is unlimited'",
		},
		{
			Type: "github.com/go-sql-driver/mysql.Config", Field: "Timeout",
			Bounds: []string{"Timeout", "ReadTimeout", "DialFunc"},
			Waits: []Wait{
				{Func: "github.com/go-sql-driver/mysql.NewConnector", What: "makes connections that wait for the server's greeting"},
				{Func: "(*github.com/go-sql-driver/mysql.Config).FormatDSN", What: "gives a DSN whose connections wait for the server's greeting"},
			},
			Source: "github.com/go-sql-driver/mysql v1.10.1, connector.go: Connect; neither Timeout nor ReadTimeout has a default",
		},
		{
			// With a user name, New asks the cluster for a token. Without DialTimeout it waits for the answer with a context that
			// only Close cancels, but the caller has no client to close yet.
			Type: "go.etcd.io/etcd/client/v3.Config", Field: "DialTimeout",
			Bounds: []string{"DialTimeout", "Context"},
			Needs:  []string{"Username", "RejectOldCluster"},
			Waits: []Wait{
				{Func: "go.etcd.io/etcd/client/v3.New", What: "waits for a member of the cluster to answer"},
			},
			Source: "go.etcd.io/etcd/client/v3 v3.5.33 and v3.7.3, client.go: newClient",
		},
	}
}
