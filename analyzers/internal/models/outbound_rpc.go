package models

import "slices"

// grpcOutbounds are the rows of gRPC and its kin. Generated clients are known by their shape: package outbound.
func grpcOutbounds() []Outbound {
	unary := Outbound{Context: 2, What: "waits for the server's answer", Option: "a timeout in the service config",
		Source: "google.golang.org/grpc v1.85.0, call.go and stream.go: newClientStream; only the context and methodConfig's timeout end a call"}
	stream := unary
	stream.Stream = true
	return slices.Concat(
		each("(*google.golang.org/grpc.ClientConn).", "Invoke", unary),
		each("(google.golang.org/grpc.ClientConnInterface).", "Invoke", unary),
		each("google.golang.org/grpc.", "Invoke", Outbound{Context: 1, What: unary.What, Option: unary.Option, Source: unary.Source}),
		each("(*google.golang.org/grpc.ClientConn).", "NewStream", stream),
		each("(google.golang.org/grpc.ClientConnInterface).", "NewStream", stream),
		each("google.golang.org/grpc.", "NewClientStream", Outbound{Context: 1, What: unary.What, Stream: true, Source: unary.Source}),
		each("(*google.golang.org/grpc.ClientConn).", "WaitForStateChange", Outbound{Context: 2, What: "waits for another state of the connection", Stream: true,
			Source: "google.golang.org/grpc v1.85.0, clientconn.go"}),
	)
}
