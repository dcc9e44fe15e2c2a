package websocket

import "net/http"

// Upgrader makes websockets of requests.
type Upgrader struct{ ReadBufferSize int }

// Upgrade takes the connection from the server.
func (u *Upgrader) Upgrade(w http.ResponseWriter, r *http.Request, header http.Header) (*Conn, error) {
	return nil, nil
}

// ReadMessage reads a message.
func (c *Conn) ReadMessage() (messageType int, p []byte, err error) { return 0, nil, nil }
