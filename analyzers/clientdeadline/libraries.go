package clientdeadline

import (
	"strings"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
)

// ssh checks the configurations of SSH clients, and the handshakes on connections that this package makes.
func (c *checker) ssh() {
	c.dialers([]models.ConfigType{models.SSHClient()}, sshClient)
}

// libraries checks the clients of other libraries.
func (c *checker) libraries() { c.dialers(models.LibraryClients(), library) }

// shortType returns "websocket.Dialer" for "github.com/gorilla/websocket.Dialer".
func shortType(full string) string {
	pkg, name := splitType(full)
	base := pkg[strings.LastIndexByte(pkg, '/')+1:]
	switch {
	case base == "v3" && strings.HasSuffix(pkg, "etcd/client/v3"):
		base = "clientv3"
	case base == "kafka-go":
		base = "kafka"
	}
	return base + "." + name
}

func splitType(full string) (pkg, name string) {
	i := strings.LastIndexByte(full, '.')
	return full[:i], full[i+1:]
}

// verb makes advice of what to write: a name is something to use.
func verb(instead string) string {
	if strings.HasPrefix(instead, "set ") {
		return instead
	}
	return "use " + instead
}
