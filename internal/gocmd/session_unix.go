//go:build unix

package gocmd

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// A session has a guard without a command, which hears of folders.
type session struct {
	self  string
	pipe  *os.File
	guard *exec.Cmd
}

func newSession(self string) (*session, error) {
	hear, pipe, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer hear.Close()
	guard := exec.Command(self)
	guard.Env = append(os.Environ(), guardVariable+"=")
	guard.ExtraFiles = []*os.File{hear}
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := guard.Start(); err != nil {
		_ = pipe.Close()
		return nil, err
	}
	return &session{self, pipe, guard}, nil
}

// An empty name says that all is well.
const allIsWell = ""

// tell tells the guard of a folder. If it is gone nobody cleans up, and there is nothing to be done about it.
func (s *session) tell(name string) { _, _ = s.pipe.WriteString(name + "\x00") }

func (s *session) close() {
	s.tell(allIsWell)
	_ = s.pipe.Close()
	_ = s.guard.Wait()
}

// cleanUp waits for the end of the parent, and removes the folders of which it has told, if it was killed.
func cleanUp() {
	hear := bufio.NewReader(os.NewFile(fromParent, "from parent"))
	var folders []string
	for {
		name, err := hear.ReadString(0)
		if err == nil && name == allIsWell+"\x00" {
			return
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return
		}
		folders = append(folders, strings.TrimSuffix(name, "\x00"))
	}
	// Others end the processes that write there, at the same time.
	for range 10 {
		for _, name := range folders {
			_ = os.RemoveAll(name)
		}
		time.Sleep(settle / 2)
	}
}
