// Command echobounded sets bounds for echo's own server.
package main

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

func main() {
	e := echo.New()
	setTimeouts(e.Server)
	if err := e.Start(":8080"); err != nil {
		panic(err)
	}
}

func setTimeouts(s *http.Server) { s.ReadTimeout = time.Minute }
