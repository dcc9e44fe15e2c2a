package models

import "slices"

// grpcOutbounds are the rows of gRPC and its kin. Generated clients are known by their shape: package outbound.
func grpcOutbounds() []Outbound {
	unary := Outbound{Context: 2, What: "waits for the server's answer", Option: "a timeout in the service config",
		Source: "google.golang.org/grpc v1.85.0, call.go and stream.go: newClientStream; only the context and methodConfig's timeout end a call"}
	stream := unary
	stream.Stream = true
	connect := ConnectClient()
	connect.Context = 2
	connectStream := connect
	connectStream.Stream = true
	return slices.Concat(
		each("(*google.golang.org/grpc.ClientConn).", "Invoke", unary),
		each("(google.golang.org/grpc.ClientConnInterface).", "Invoke", unary),
		each("google.golang.org/grpc.", "Invoke", Outbound{Context: 1, What: unary.What, Option: unary.Option, Source: unary.Source}),
		each("(*google.golang.org/grpc.ClientConn).", "NewStream", stream),
		each("(google.golang.org/grpc.ClientConnInterface).", "NewStream", stream),
		each("google.golang.org/grpc.", "NewClientStream", Outbound{Context: 1, What: unary.What, Stream: true, Source: unary.Source}),
		each("(*google.golang.org/grpc.ClientConn).", "WaitForStateChange", Outbound{Context: 2, What: "waits for another state of the connection", Stream: true,
			Source: "google.golang.org/grpc v1.85.0, clientconn.go"}),
		// A generated client of Connect calls these: package outbound knows its methods by its constructor.
		each("(*connectrpc.com/connect.Client).", "CallUnary", connect),
		each("(*connectrpc.com/connect.Client).", "CallServerStream CallClientStream CallClientStreamSimple CallBidiStream CallBidiStreamSimple", connectStream),
	)
}

// ConnectClient returns what is known of the calls of clients of Connect and, as far as the client goes, of Twirp.
func ConnectClient() Outbound {
	return Outbound{What: "waits for the server's answer", Option: "http.Client.Timeout of the client's http.Client",
		Source: "connectrpc.com/connect v1.20.0, client.go and duplex_http_call.go; github.com/twitchtv/twirp v8.1.3: both send a request of net/http with the context"}
}

// GRPCClient returns what is known of the calls of generated clients of gRPC.
func GRPCClient() Outbound {
	return Outbound{What: "waits for the server's answer", Option: "a timeout in the service config",
		Source: "google.golang.org/grpc/cmd/protoc-gen-go-grpc: a call of (*ClientConn).Invoke or NewStream"}
}
