package models

import (
	"slices"
	"strings"
	"sync"
)

// An Outbound is a function that waits for the answer of something outside the program: a peer on the network, a
// database, a child process.
type Outbound struct {
	// Func is its full name as types.Func.FullName writes it, without type parameters.
	Func string
	// Context is the position of the context that bounds the wait, counted from 1, the receiver of a method first; 0:
	// none.
	Context int
	// Carrier tells that the argument at that position is not the context but carries it: a *http.Request, an *exec.Cmd.
	Carrier bool
	// What it waits for, to complete "db.QueryContext ...": "waits for the database".
	What string
	// Stream tells that the call is to last, or to wait for something that may come at any time: streams, watches, long
	// polls, consumers, locks. A deadline would be wrong.
	Stream bool
	// Bounded says what ends the wait by default; the call is then no cause for a finding. Empty: nothing does.
	Bounded string
	// Usually says what ends the wait of an ordinary installation, though nothing in the call or the client does.
	Usually string
	// Option is what bounds the wait where it is set: "http.Client.Timeout".
	Option string
	// Source is where the row was read: module, version, file.
	Source string
}

// OutboundFunction returns the row of the function with the full name, or nil.
func OutboundFunction(name string) *Outbound { return outboundIndex()[name] }

// Outbounds returns all rows.
func Outbounds() []Outbound {
	return slices.Concat(
		stdOutbounds(), grpcOutbounds(), postgresOutbounds(), sqlxOutbounds(), mongoOutbounds(), kafkaOutbounds(), natsOutbounds(),
		etcdOutbounds(), kubernetesOutbounds(), googleOutbounds(), directoryOutbounds(),
	)
}

var outboundIndex = sync.OnceValue(func() map[string]*Outbound {
	rows := Outbounds()
	index := make(map[string]*Outbound, len(rows))
	for i := range rows {
		index[rows[i].Func] = &rows[i]
	}
	return index
})

// each returns the row once for each of the names, which stand after the prefix: the receiver with its dot, or the
// package's.
func each(prefix, names string, row Outbound) []Outbound {
	var rows []Outbound
	for name := range strings.FieldsSeq(names) {
		row.Func = prefix + name
		rows = append(rows, row)
	}
	return rows
}
