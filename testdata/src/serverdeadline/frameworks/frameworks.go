// Command frameworks serves with frameworks on net/http.
package main

import (
	"net"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/labstack/echo/v4"
	"github.com/urfave/negroni"
)

func ginRun() error {
	router := gin.Default()
	return router.Run(":8080") // want `^CL2004: a client that sends its request header slowly, or stays silent, holds a connection and a goroutine for ever, because router.Run serves without timeouts: use an http.Server with Handler: router, ReadHeaderTimeout and IdleTimeout$`
}

func ginDefaultAddress() error { return gin.New().Run() } // want `CL2004`

func ginTLS(router *gin.Engine) error { return router.RunTLS(":8443", "tls.crt", "tls.key") } // want `CL2004`

func ginListener(router *gin.Engine, l net.Listener) error { return router.RunListener(l) } // want `CL2004`

func ginLocal(router *gin.Engine) {
	go router.Run("localhost:8080")
	_ = router.RunUnix("/run/service.sock")
}

func ginServer(router *gin.Engine) error {
	srv := &http.Server{Addr: ":8080", Handler: router, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	return srv.ListenAndServe()
}

func negroniRun() { negroni.Classic().Run(":8080") } // want `CL2004`

// The bounds of TLSServer are set in this package, those of Server nowhere.
func echoStart() error {
	e := echo.New()
	e.TLSServer.ReadHeaderTimeout = 10 * time.Second
	e.TLSServer.IdleTimeout = time.Minute
	go e.StartTLS(":8443", "tls.crt", "tls.key")
	return e.Start(":8080") // want `CL2004: .*, because e.Start serves e.Server, which has no timeouts: set e.Server.ReadHeaderTimeout and e.Server.IdleTimeout before`
}

func echoServer(e *echo.Echo) error {
	return e.StartServer(&http.Server{Addr: ":8080"}) // want `CL2001`
}

// Another package made it, and may have set its bounds.
func echoGiven(e *echo.Echo) error { return e.Start(":8080") }

func main() {
	_ = ginRun()
	_ = echoStart()
}
