// Command rpc serves gRPC.
package main

import (
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

func plain(l net.Listener) error {
	srv := grpc.NewServer(grpc.MaxRecvMsgSize(16 << 20)) // want `^CL2006: each idle client of srv keeps its connection and the goroutines that serve it for as long as it likes, because no option bounds them: add grpc.KeepaliveParams\(keepalive.ServerParameters\{MaxConnectionIdle: ...\}\)$`
	return srv.Serve(l)
}

func bounded(l net.Listener) error {
	srv := grpc.NewServer(grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: time.Hour}))
	return srv.Serve(l)
}

func configured(l net.Listener, opts []grpc.ServerOption) error {
	return grpc.NewServer(append(opts, grpc.MaxRecvMsgSize(1<<20))...).Serve(l)
}

func local() error {
	l, err := net.Listen("unix", "/run/plugin.sock")
	if err != nil {
		return err
	}
	return grpc.NewServer().Serve(l)
}

func main() {}
