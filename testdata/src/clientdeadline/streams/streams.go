// Package streams has clients for which a Timeout would be wrong: the response is read for as long as it comes.
package streams

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
)

type event struct{ Type string }

// docker's /events, as traefik reads it.
func watchEvents(base string, handle func(event)) error {
	client := &http.Client{}
	resp, err := client.Get(base + "/events")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	decoder := json.NewDecoder(resp.Body)
	for {
		var e event
		if err := decoder.Decode(&e); err != nil {
			return err
		}
		handle(e)
	}
}

func followLog(address string, line func(string)) error {
	client := &http.Client{}
	resp, err := client.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	scanner := bufio.NewScanner(resp.Body)
	for scanner.Scan() {
		line(scanner.Text())
	}
	return scanner.Err()
}

func serverSentEvents(address string) (*http.Response, error) {
	client := &http.Client{}
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	return client.Do(req)
}

func proxy(w http.ResponseWriter, r *http.Request) {
	client := &http.Client{}
	resp, err := client.Get("https://media.example.com" + r.URL.Path)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

// The body is kept for whoever reads the stream.
type stream struct {
	body    io.ReadCloser
	scanner *bufio.Scanner
}

func open(address string) (*stream, error) {
	client := &http.Client{}
	resp, err := client.Get(address)
	if err != nil {
		return nil, err
	}
	return &stream{body: resp.Body}, nil
}

// The loop is in a helper that gets the body.
func tail(address string) error {
	client := &http.Client{}
	resp, err := client.Get(address)
	if err != nil {
		return err
	}
	return lines(resp.Body)
}

func lines(body io.Reader) error {
	reader := bufio.NewReader(body)
	for {
		if _, err := reader.ReadString('\n'); err != nil {
			return err
		}
	}
}

// A loop around the request is a retry, no stream.
func retry(address string) (e event, err error) {
	client := &http.Client{} // want `CL2011: http.Client client has no Timeout`
	for range 3 {
		resp, err := client.Get(address)
		if err != nil {
			continue
		}
		err = json.NewDecoder(resp.Body).Decode(&e)
		resp.Body.Close()
		if err == nil {
			return e, nil
		}
	}
	return e, err
}

// A download waits for a silent server like everybody else; only the advice differs.
func save(address, name string) error {
	client := &http.Client{} // want `CL2011: http.Client client has no Timeout and its request no deadline: .*ResponseHeaderTimeout on the Transport; Timeout would also limit the download`
	resp, err := client.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(file, resp.Body)
	return err
}
