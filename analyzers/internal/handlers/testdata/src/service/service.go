// Package service has handlers of all kinds, and functions that only look like ones.
package service

import (
	"context"
	"net/http"

	"connectrpc.com/connect"
	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
	"github.com/valyala/fasthttp"
	"google.golang.org/grpc"

	"orderspb"
)

type server struct {
	orderspb.UnimplementedOrdersServer
	mux *http.ServeMux
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) } // want `net/http exact`

func (s *server) routes() {
	s.mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {})            // want `net/http exact`
	s.mux.Handle("GET /carts", s.recovered(func(w http.ResponseWriter, r *http.Request) error { // want `net/http exact`
		return nil
	}))
}

func (s *server) recovered(next func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // want `net/http exact`
		if err := next(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {} // want `net/http with more`

func writeJSON(w http.ResponseWriter, v any) error { return nil }

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) { return nil, nil }

func ginHandler(c *gin.Context) {} // want `gin exact`

func ginAnswer(c *gin.Context, code int) {} // want `gin with more`

func echoHandler(c echo.Context) error { return nil } // want `echo exact`

func fiberHandler(c *fiber.Ctx) error { return nil } // want `fiber exact`

func fastHandler(ctx *fasthttp.RequestCtx) {} // want `fasthttp exact`

func (s *server) GetOrder(ctx context.Context, req *orderspb.OrderRequest) (*orderspb.Order, error) { // want `gRPC exact`
	return nil, nil
}

func (s *server) WatchOrders(req *orderspb.OrderRequest, stream grpc.ServerStreamingServer[orderspb.Order]) error { // want `gRPC stream exact`
	return nil
}

// helper has the parameters of a method of the service, but is none.
func (s *server) helper(ctx context.Context, req *orderspb.OrderRequest) (*orderspb.Order, error) {
	return nil, nil
}

// A repository has a method of the service by name, but does not implement it.
type repository struct{}

func (repository) GetOrder(ctx context.Context, req *orderspb.OrderRequest) (*orderspb.Order, error) {
	return nil, nil
}

func sendAll(stream grpc.ServerStreamingServer[orderspb.Order], orders []*orderspb.Order) error { // want `gRPC stream with more`
	return nil
}

func logged(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) { // want `gRPC exact`
	return next(ctx, req)
}

type ping struct{}

func (ping) Ping(ctx context.Context, req *connect.Request[orderspb.OrderRequest]) (*connect.Response[orderspb.Order], error) { // want `Connect exact`
	return nil, nil
}

func (ping) Watch(ctx context.Context, req *connect.Request[orderspb.OrderRequest], stream *connect.ServerStream[orderspb.Order]) error { // want `gRPC stream exact`
	return nil
}
