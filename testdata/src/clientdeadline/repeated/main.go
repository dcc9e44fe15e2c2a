// Command repeated works through a list: one silent server stops it.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	for _, address := range os.Args[1:] {
		resp, err := http.Get(address) // want `CL2012: http.Get uses http.DefaultClient`
		if err != nil {
			continue
		}
		fmt.Println(resp.Status)
		resp.Body.Close()
	}
}
