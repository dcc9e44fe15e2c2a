package vettool

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// buildIDPart is how much of a program's beginning the go command looks for the build ID in; so much is read here.
const buildIDPart = 32 << 10

// identity returns a hash that tells this program from all others: of the content part of the build ID that the go
// command's linker wrote into it, itself a hash of the whole, or of the whole where there is none. Reading the ID costs a
// fraction of reading the program, on each run of go vet.
func identity(program string) (string, error) {
	f, err := os.Open(program)
	if err != nil {
		return "", err
	}
	defer f.Close()
	start := make([]byte, buildIDPart)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	if id := buildID(start[:n]); id != "" {
		return fmt.Sprintf("%x", sha256.Sum256([]byte(id))), nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// buildID finds the build ID in the beginning of a program: in a note of an ELF file, else as text before the code. One
// that the go command did not make (-ldflags=-buildid=...) says nothing about the content, and does not count.
func buildID(start []byte) string {
	id := ""
	if i := bytes.Index(start, []byte("\x04\x00\x00\x00Go\x00\x00")); bytes.HasPrefix(start, []byte("\x7fELF")) && i >= 4 {
		// The note's header is the length of its name, that of the ID, and its type; then come name and ID.
		if n := binary.LittleEndian.Uint32(start[i-4:]); n <= uint32(len(start)-i-8) {
			id = string(start[i+8 : i+8+int(n)])
		}
	} else if _, after, ok := bytes.Cut(start, []byte("\xff Go build ID: \"")); ok {
		text, _, _ := bytes.Cut(after, []byte("\"\n \xff"))
		id = string(text)
	}
	parts := strings.Split(id, "/")
	if len(parts) != 4 || len(parts[3]) != contentIDLen {
		return ""
	}
	return parts[3]
}

// contentIDLen is the length of the parts of a build ID: 120 bits in base64.
const contentIDLen = 20
