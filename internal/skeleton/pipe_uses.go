package skeleton

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// uses reports whether an instruction does something with what may be an end.
func (p *pipeEnds) uses(instr ssa.Instruction) bool {
	if p == nil {
		return false
	}
	switch i := instr.(type) {
	case ssa.CallInstruction:
		return p.given(i.Common())
	case *ssa.Store:
		return p.values[i.Val]
	case *ssa.Send:
		return p.values[i.X]
	case *ssa.MapUpdate:
		return p.values[i.Value] || p.values[i.Key]
	case *ssa.Return:
		return slices.ContainsFunc(i.Results, func(v ssa.Value) bool { return p.values[v] })
	}
	return false
}

// UsesEnd reports whether an instruction does something with what may be an end of a pipe that the package makes.
func (p *Program) UsesEnd(instr ssa.Instruction) bool { return p.pipes.uses(instr) }

// EndType returns the type of the read end or the write end of a pipe, or nil where the package makes none.
func (p *Program) EndType(write bool) types.Type {
	switch {
	case p.pipes == nil:
		return nil
	case write:
		return p.pipes.writer
	}
	return p.pipes.reader
}

// given reports whether a call is given what may be an end, or is a method of it.
func (p *pipeEnds) given(call *ssa.CallCommon) bool {
	if p == nil {
		return false
	}
	if _, builtin := call.Value.(*ssa.Builtin); builtin {
		return false
	}
	return p.values[call.Value] || slices.ContainsFunc(call.Args, func(v ssa.Value) bool { return p.values[v] })
}

// holds reports whether a value may be an end.
func (p *pipeEnds) holds(v ssa.Value) bool { return p != nil && p.values[v] }

// keeps reports whether a field may have an end in it.
func (p *pipeEnds) keeps(f *types.Var) bool { return p != nil && p.fields[f.Origin()] }

// readsOnly are the packages whose functions read from or write to what they are given, now or by way of what they return,
// and do not close it.
var readsOnly = map[string]bool{
	"io": true, "io/ioutil": true, "bufio": true, "bytes": true, "fmt": true, "encoding/json": true, "encoding/xml": true, "encoding/gob": true,
	"encoding/csv": true, "encoding/base64": true, "encoding/base32": true, "encoding/hex": true, "encoding/ascii85": true,
	"encoding/binary": true, "encoding/pem": true, "compress/gzip": true, "compress/zlib": true, "compress/flate": true, "compress/bzip2": true,
	"compress/lzw": true, "archive/tar": true, "archive/zip": true, "mime/multipart": true, "mime/quotedprintable": true, "image": true,
	"image/png": true, "image/jpeg": true, "image/gif": true, "text/template": true, "html/template": true, "text/tabwriter": true,
}
