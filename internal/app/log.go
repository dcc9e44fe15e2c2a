package app

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/sirupsen/logrus"
)

// textLog writes the log for people: the program's name, the level where it is not an error, the message, the fields.
type textLog struct{}

func (textLog) Format(e *logrus.Entry) ([]byte, error) {
	b := new(bytes.Buffer)
	b.WriteString("cloudlint: ")
	if e.Level > logrus.ErrorLevel {
		b.WriteString(e.Level.String() + ": ")
	}
	b.WriteString(e.Message)
	for _, key := range slices.Sorted(maps.Keys(e.Data)) {
		fmt.Fprintf(b, " %s=%v", key, e.Data[key])
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
