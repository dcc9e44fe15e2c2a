// Command oneshot does one thing and ends: whoever started it can interrupt it, so what it finds is advice.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	resp, err := http.Get(os.Args[1]) // want `CL2012: http.Get uses http.DefaultClient`
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
}
