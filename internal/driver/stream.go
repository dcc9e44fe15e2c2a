package driver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// decodeRecords reads what `go vet -json` passes on from the vettool: one JSON object after the other, as units finish,
// each {unit: {"cloudlint": [wire.Record]}}. The go command writes each at once, so they are never interleaved. An
// object of another shape ends the reading with an error; the records before it have been given to yield.
func decodeRecords(r io.Reader, yield func(wire.Record)) error {
	dec := json.NewDecoder(r)
	for {
		var units map[string]map[string]json.RawMessage
		err := dec.Decode(&units)
		// The error's own text names Go types, in other words with each release of Go.
		if mismatch := new(json.UnmarshalTypeError); errors.As(err, &mismatch) {
			err = fmt.Errorf("there is an unexpected %s", mismatch.Value)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("the output of go vet cannot be read, something else writes to it: %w", err)
		}
		for unit, tools := range units {
			for tool, raw := range tools {
				if tool != "cloudlint" {
					return fmt.Errorf("the output of go vet for %s is not cloudlint's but that of %q", unit, tool)
				}
				if err := decodeUnit(raw, yield); err != nil {
					return fmt.Errorf("the output of go vet for %s cannot be read: %w", unit, err)
				}
			}
		}
	}
}

func decodeUnit(raw json.RawMessage, yield func(wire.Record)) error {
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '{' {
		// What x/tools' unitchecker writes for an analyzer that failed.
		var failure struct{ Error string }
		if err := json.Unmarshal(raw, &failure); err != nil {
			return err
		}
		return errors.New(failure.Error)
	}
	var records []wire.Record
	if err := json.Unmarshal(raw, &records); err != nil {
		return err
	}
	if len(records) == 0 {
		return errors.New("there is no record")
	}
	for _, rec := range records {
		if rec.Package == "" {
			return errors.New("a record names no package")
		}
		yield(rec)
	}
	return nil
}
