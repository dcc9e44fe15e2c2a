// Package libraries uses clients that wait without a bound unless they are told otherwise.
package libraries

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/gorilla/websocket"
	"github.com/segmentio/kafka-go"
	"github.com/valyala/fasthttp"
	clientv3 "go.etcd.io/etcd/client/v3"
	"golang.org/x/crypto/ssh"
	"google.golang.org/grpc"
)

// SSH.

func shell(addr, user string) (*ssh.Client, error) {
	config := &ssh.ClientConfig{User: user} // want `CL2015: ssh.Dial waits for the connection and the SSH handshake without a bound: .*; set Timeout in the ssh.ClientConfig; it bounds the TCP connection only`
	return ssh.Dial("tcp", addr, config)
}

func shellBounded(addr, user string) (*ssh.Client, error) {
	return ssh.Dial("tcp", addr, &ssh.ClientConfig{User: user, Timeout: 10 * time.Second})
}

func shellOver(addr string, config *ssh.ClientConfig) (ssh.Conn, error) {
	conn, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	c, _, _, err := ssh.NewClientConn(conn, addr, config) // want `CL2015: ssh.NewClientConn waits for the peer's handshake and no deadline is set on the connection`
	return c, err
}

func shellOverBounded(addr string, config *ssh.ClientConfig) (ssh.Conn, error) {
	conn, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	c, _, _, err := ssh.NewClientConn(conn, addr, config)
	conn.SetDeadline(time.Time{})
	return c, err
}

// The SSH transport of flux after its fix: somebody stops waiting.
func shellWatched(addr, user string) (*ssh.Client, error) {
	type result struct {
		client *ssh.Client
		err    error
	}
	done := make(chan result, 1)
	go func() {
		client, err := ssh.Dial("tcp", addr, &ssh.ClientConfig{User: user})
		done <- result{client, err}
	}()
	select {
	case r := <-done:
		return r.client, r.err
	case <-time.After(30 * time.Second):
		return nil, context.DeadlineExceeded
	}
}

// WebSocket.

func subscribe(url string) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment} // want `CL2016: dialer.Dial waits for the TLS and WebSocket handshakes without a bound: .*; set HandshakeTimeout in the websocket.Dialer`
	conn, _, err := dialer.Dial(url, nil)
	return conn, err
}

func subscribeDefault(url string) (*websocket.Conn, error) {
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	return conn, err
}

func subscribeBounded(ctx context.Context, url string) (*websocket.Conn, error) {
	dialer := websocket.Dialer{}
	conn, _, err := dialer.DialContext(ctx, url, nil)
	return conn, err
}

// Kafka.

func consume(brokers []string, topic string) *kafka.Reader {
	dialer := &kafka.Dialer{ClientID: "orders"} // want `CL2016: kafka.Dialer has no Timeout: the background connections that it makes wait for the TLS handshake and the SASL exchange without a bound`
	return kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: topic, Dialer: dialer})
}

func consumeBounded(brokers []string, topic string) *kafka.Reader {
	dialer := &kafka.Dialer{ClientID: "orders", Timeout: 10 * time.Second}
	return kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: topic, Dialer: dialer})
}

// gRPC.

func blocking(target string) (*grpc.ClientConn, error) {
	return grpc.Dial(target, grpc.WithBlock()) // want `CL2016: grpc.Dial with grpc.WithBlock waits until the server can be reached without a bound`
}

func blockingOptions(target string, extra ...grpc.DialOption) (*grpc.ClientConn, error) {
	opts := []grpc.DialOption{grpc.WithBlock()}
	opts = append(opts, extra...)
	return grpc.DialContext(context.Background(), target, opts...) // want `CL2016: grpc.DialContext with grpc.WithBlock waits`
}

func blockingBounded(target string) (*grpc.ClientConn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return grpc.DialContext(ctx, target, grpc.WithBlock())
}

func inBackground(target string) (*grpc.ClientConn, error) { return grpc.Dial(target) }

// MySQL, fasthttp, etcd.

func database(user, password, addr string) (any, error) {
	return mysql.NewConnector(&mysql.Config{User: user, Passwd: password, Net: "tcp", Addr: addr}) // want `CL2016: mysql.NewConnector makes connections that wait for the server's greeting without a bound`
}

func databaseBounded(user, password, addr string) (any, error) {
	return mysql.NewConnector(&mysql.Config{User: user, Passwd: password, Net: "tcp", Addr: addr, Timeout: 5 * time.Second})
}

func upstream(req *fasthttp.Request, resp *fasthttp.Response) error {
	client := &fasthttp.Client{MaxConnsPerHost: 100} // want `CL2016: client.Do waits for the response without a bound`
	return client.Do(req, resp)
}

func upstreamBounded(req *fasthttp.Request, resp *fasthttp.Response) error {
	client := &fasthttp.Client{ReadTimeout: 5 * time.Second}
	return client.Do(req, resp)
}

func cluster(endpoints []string, password string) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: endpoints, Username: "orders", Password: password}) // want `CL2016: clientv3.New waits for a member of the cluster to answer without a bound`
}

// Without a user name New does not wait.
func clusterOpen(endpoints []string) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: endpoints})
}
