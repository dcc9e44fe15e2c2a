package detachedgoroutine

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

var recycledContext = &rule.Rule{
	Code:     "CL1034",
	Name:     "detached-recycled-context",
	Analyzer: name,
	Maturity: rule.Stable,
	Fix:      rule.SafeFix,
	Doc: lint.RawDocumentation{
		Title: "A goroutine uses a framework's context that is recycled when the handler returns",
		Text: `gin, echo, fiber and fasthttp keep the contexts of requests in a pool. When the handler returns, the context is reset and
given to the next request. A goroutine that still uses it reads the other request's parameters, user and body, or writes
into its response, in a data race.

gin's Context has Copy for this: give the goroutine the copy, made before it starts. The others have none: take what the goroutine needs
(parameters, headers, the user) before it starts. Mind that strings and slices that fiber and fasthttp return lie in the
recycled memory too: copy them.

` + "`--fix`" + ` gives the goroutine a copy where it does no more than read from gin's context.`,
		Before: `
func register(c *gin.Context) {
	go func() {
		log.Println("registered", c.Query("name"))
	}()
	c.Status(http.StatusAccepted)
}
`,
		After: `
func register(c *gin.Context) {
	go func(c *gin.Context) {
		log.Println("registered", c.Query("name"))
	}(c.Copy())
	c.Status(http.StatusAccepted)
}
`,
		Since:    since,
		Severity: lint.SeverityError,
	},
	Blind: `Values that the framework's methods return, such as the strings of fiber and the *http.Request of gin and echo, are not taken for
the context itself. Contexts that are derived from gin's by package context are not followed.`,
	References: []string{
		"https://pkg.go.dev/github.com/gin-gonic/gin#Context.Copy",
		"https://github.com/gin-gonic/gin/issues/1118",
		"https://github.com/labstack/echo/issues/1908",
		"https://echo.labstack.com/docs/context#concurrency",
		"https://docs.gofiber.io/#zero-allocation",
		"https://pkg.go.dev/github.com/valyala/fasthttp#RequestHandler",
	},
}

var lateStream = &rule.Rule{
	Code:     "CL1035",
	Name:     "detached-stream-use",
	Analyzer: name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "A goroutine uses a gRPC stream after the method may have returned",
		Text: `A server's stream ends when the method that serves it returns. What a goroutine sends after that is lost: Send returns an
error, which such a goroutine rarely looks at, and the client sees a stream that ended well. The same holds for Recv, and
for the streams of Connect.

Wait for the goroutine before the method returns: by a WaitGroup, an errgroup, or a channel that it closes. Mind also that
only one goroutine at a time may send.`,
		Before: `
type feed struct{ news chan string }

type Item struct{ Text string }

func (f *feed) Watch(req *Item, stream grpc.ServerStreamingServer[Item]) error {
	go func() {
		for _, text := range []string{"first", "second"} {
			if err := stream.Send(&Item{Text: text}); err != nil {
				log.Println(err)
			}
		}
	}()
	return nil
}
`,
		After: `
type feed struct{ news chan string }

type Item struct{ Text string }

func (f *feed) Watch(req *Item, stream grpc.ServerStreamingServer[Item]) error {
	var group errgroup.Group
	group.Go(func() error {
		for _, text := range []string{"first", "second"} {
			if err := stream.Send(&Item{Text: text}); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}
`,
		Since:    since,
		Severity: lint.SeverityError,
	},
	Blind: `A goroutine that the method waits for anywhere, even if not on every way, is not reported: that is how both halves of a stream
are served. Neither is one that receives in a loop until the stream ends.`,
	References: []string{
		"https://pkg.go.dev/google.golang.org/grpc#ServerStream",
		"https://grpc.io/docs/languages/go/basics/",
	},
}
