package skeleton

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A PipeAct is what a call does with an end of a pipe.
type PipeAct uint8

// What calls do with an end.
const (
	PipeNothing PipeAct = iota
	PipeOnce            // one Read or one Write
	PipeAll             // reads to the end
	PipeWhile           // reads to the end, or until what it copies to fails
	PipeSome            // reads as much as it needs, or until it does not like what it reads; writes what there is, if anything
)

// A PipeUse is what a call of a function that is not seen does with an end of a pipe that it is given.
type PipeUse struct {
	// Acts are by the number of the argument.
	Acts map[int]PipeAct
	// Wraps lists the arguments that the result reads from or writes to when it is used.
	Wraps []int
	// Lends is set where what the function is given may be read and written at any time, and is not closed.
	Lends bool
}

// pipeUse describes a call that is given what may be an end of a pipe. It is nil for others, and for functions whose body is
// seen.
func (c *compiler) pipeUse(common *ssa.CallCommon, callee Callee) *PipeUse {
	if !c.p.pipes.given(common) || callee.Func != nil && len(callee.Func.Blocks) > 0 {
		return nil
	}
	out := &PipeUse{}
	if callee.Object == nil || callee.Invoke {
		return out
	}
	name := callee.Name()
	out.Wraps = WrapsEnd(name)
	out.Lends = callee.Object.Pkg() != nil && readsOnly[callee.Object.Pkg().Path()]
	switch name {
	case "io.ReadAll", "io/ioutil.ReadAll":
		out.Acts = map[int]PipeAct{0: PipeAll}
	case "io.Copy", "io.CopyBuffer":
		out.Acts = map[int]PipeAct{0: PipeSome, 1: PipeAll}
		if MayFail(common.Args[0]) {
			out.Acts[1] = PipeWhile
		}
	case "(*bytes.Buffer).ReadFrom":
		out.Acts = map[int]PipeAct{1: PipeAll}
	case "io.CopyN":
		out.Acts = map[int]PipeAct{0: PipeSome, 1: PipeSome}
	case "io.ReadFull", "io.ReadAtLeast":
		out.Acts = map[int]PipeAct{0: PipeSome}
	case "io.WriteString", "fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln":
		out.Acts = map[int]PipeAct{0: PipeOnce}
	}
	return out
}

// MayFail reports whether writes to a writer can fail: those to memory and to hashes cannot.
func MayFail(dst ssa.Value) bool {
	switch v := dst.(type) {
	case *ssa.MakeInterface:
		dst = v.X
	case *ssa.ChangeInterface:
		dst = v.X
	case *ssa.UnOp:
		if g, ok := v.X.(*ssa.Global); ok && g.String() == "io.Discard" {
			return false
		}
	}
	switch types.TypeString(dst.Type(), nil) {
	case "*bytes.Buffer", "*strings.Builder", "hash.Hash", "hash.Hash32", "hash.Hash64":
		return false
	}
	return true
}

// WrapsEnd lists the arguments of a function that its result reads from or writes to when it is used, and never closes.
func WrapsEnd(name string) []int { return wrappers[name] }

var wrappers = map[string][]int{
	"bufio.NewReader": {0}, "bufio.NewReaderSize": {0}, "bufio.NewScanner": {0}, "bufio.NewWriter": {0}, "bufio.NewWriterSize": {0},
	"encoding/json.NewDecoder": {0}, "encoding/json.NewEncoder": {0}, "encoding/xml.NewDecoder": {0}, "encoding/xml.NewEncoder": {0},
	"encoding/gob.NewDecoder": {0}, "encoding/gob.NewEncoder": {0}, "encoding/csv.NewReader": {0}, "encoding/csv.NewWriter": {0},
	"encoding/base64.NewDecoder": {1}, "encoding/base64.NewEncoder": {1}, "encoding/hex.NewDecoder": {0}, "encoding/hex.NewEncoder": {0},
	"compress/gzip.NewWriter": {0}, "compress/gzip.NewWriterLevel": {0}, "compress/zlib.NewWriter": {0}, "compress/zlib.NewWriterLevel": {0},
	"compress/flate.NewWriter": {0}, "compress/flate.NewReader": {0},
	"archive/tar.NewReader": {0}, "archive/tar.NewWriter": {0}, "archive/zip.NewWriter": {0},
	"mime/multipart.NewWriter": {0}, "mime/multipart.NewReader": {0}, "io.LimitReader": {0}, "io.TeeReader": {0, 1},
}

// MethodName is the name of the method that a call is of, or "".
func (c *Call) MethodName() string {
	if c.Method != "" {
		return c.Method
	}
	if !strings.HasPrefix(c.Name, "(") {
		return ""
	}
	return c.Name[strings.LastIndexByte(c.Name, '.')+1:]
}

// Global returns a variable of another package, as a constant that is its address. It is of the kind ConstOther where the
// package is not known.
func (p *Program) Global(path, name string) Const {
	if p.pkg == nil {
		return Const{}
	}
	pkg := p.pkg.Prog.ImportedPackage(path)
	if pkg == nil {
		return Const{}
	}
	g := pkg.Var(name)
	if g == nil {
		return Const{}
	}
	return Const{Kind: ConstGlobal, Global: g, Type: p.TypeOf(g.Type())}
}
