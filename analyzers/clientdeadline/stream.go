package clientdeadline

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A reading says how a response's body is read.
type reading int

const (
	whole    reading = iota // at once, or not in view
	download                // copied to a file
	stream                  // as it comes, for as long as it comes
)

// readsOn tells how the body of the response that a call returns is read, in the function and in those that it hands
// the response or the body to.
func (c *checker) readsOn(instr ssa.CallInstruction) reading {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return whole
	}
	r := reader{c: c, sent: call.Block(), seen: make(map[ssa.Value]bool)}
	for _, resp := range extracts(call, 0) {
		r.follow(resp)
	}
	return r.found
}

// downloads reports whether any of the responses is copied to a file.
func (c *checker) downloads(list []send) bool {
	for _, s := range list {
		if instr := instruction(s); instr != nil && c.readsOn(instr) == download {
			return true
		}
	}
	return false
}

// A reader follows a response, its body and the readers around the body.
type reader struct {
	c     *checker
	sent  *ssa.BasicBlock // where the request is sent: a loop around that is a retry
	seen  map[ssa.Value]bool
	found reading
}

// wraps reports whether a function returns a reader of what the reader that it is given yields.
func wraps(function string) bool {
	switch function {
	case "bufio.NewScanner", "bufio.NewReader", "bufio.NewReaderSize", "bufio.NewReadWriter",
		"encoding/json.NewDecoder", "encoding/xml.NewDecoder", "encoding/csv.NewReader", "encoding/gob.NewDecoder",
		"io.TeeReader", "io.NopCloser", "io.LimitReader", "io.MultiReader",
		"compress/gzip.NewReader", "net/textproto.NewReader", "mime/multipart.NewReader":
		return true
	}
	return false
}

// reads reports whether a method of this name reads one piece from a reader.
func reads(method string) bool {
	switch method {
	case "Scan", "Read", "ReadString", "ReadBytes", "ReadLine", "ReadSlice", "ReadRune",
		"ReadByte", "Decode", "Token", "NextPart", "NextRawPart":
		return true
	}
	return false
}

func (r *reader) follow(v ssa.Value) {
	if r.seen[v] || v.Referrers() == nil {
		return
	}
	r.seen[v] = true
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.FieldAddr:
			if isResponse(v.Type()) && fieldName(use) != "Body" {
				continue
			}
			r.follow(use)
		case *ssa.UnOp:
			r.follow(use)
		case *ssa.Phi:
			r.follow(use)
		case *ssa.MakeInterface:
			r.follow(use)
		case *ssa.ChangeInterface:
			r.follow(use)
		case *ssa.TypeAssert:
			r.follow(use)
		case *ssa.Extract:
			r.follow(use)
		case *ssa.MakeClosure:
			for i, b := range use.Bindings {
				if b == v {
					r.follow(use.Fn.(*ssa.Function).FreeVars[i])
				}
			}
		case *ssa.Store:
			if use.Val == v {
				r.stored(use, v)
			}
		case *ssa.Return:
			r.returned(use, v)
		case ssa.CallInstruction:
			r.call(use, v)
		}
	}
}

// stored follows a variable. A body that is kept in a field is read later, by whoever has the struct.
func (r *reader) stored(store *ssa.Store, v ssa.Value) {
	switch addr := store.Addr.(type) {
	case *ssa.Alloc:
		r.follow(addr)
	case *ssa.FieldAddr:
		if !isResponse(v.Type()) && !isResponse(addr.X.Type()) {
			r.found = stream
		}
	}
}

// returned follows a result to the callers in this package.
func (r *reader) returned(ret *ssa.Return, v ssa.Value) {
	for i, result := range ret.Results {
		if result != v {
			continue
		}
		for _, call := range r.c.contexts.Callers(ret.Parent()) {
			if call, ok := call.(*ssa.Call); ok {
				for _, got := range extracts(call, i) {
					r.follow(got)
				}
			}
		}
	}
}

func (r *reader) call(instr ssa.CallInstruction, v ssa.Value) {
	common := instr.Common()
	name := ctxflow.Callee(common)
	if call, ok := instr.(*ssa.Call); ok && wraps(name) {
		for _, got := range extracts(call, 0) {
			r.follow(got)
		}
		return
	}
	switch name {
	case "io.Copy", "io.CopyBuffer", "io.CopyN":
		if len(common.Args) > 1 && common.Args[1] == v {
			r.copied(common.Args[0])
		}
		return
	}
	receiver := common.Value
	if !common.IsInvoke() && len(common.Args) > 0 {
		receiver = common.Args[0]
	}
	if receiver == v && reads(name[strings.LastIndex(name, ".")+1:]) && r.loops(instr.Block()) {
		r.found = stream
		return
	}
	if fn := common.StaticCallee(); fn != nil && len(fn.Blocks) > 0 {
		for i, arg := range common.Args {
			if arg == v && i < len(fn.Params) {
				r.follow(fn.Params[i])
			}
		}
	}
}

// copied judges the destination of a copy.
func (r *reader) copied(dst ssa.Value) {
	for {
		if m, ok := dst.(*ssa.MakeInterface); ok {
			dst = m.X
		} else if m, ok := dst.(*ssa.ChangeInterface); ok {
			dst = m.X
		} else {
			break
		}
	}
	switch t := types.TypeString(dst.Type(), nil); {
	case t == "*os.File":
		r.found = max(r.found, download)
	case t == "*io.PipeWriter", t == "net.Conn", hasMethod(dst.Type(), "WriteHeader"):
		r.found = stream
	}
}

// hasMethod reports whether a type has a method: WriteHeader makes a writer one of HTTP responses.
func hasMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}

// loops reports whether the block is in a loop that does not send the request anew.
func (r *reader) loops(b *ssa.BasicBlock) bool {
	return irutil.InCycle(b, r.sent)
}

func isResponse(t types.Type) bool { return types.TypeString(t, nil) == "*net/http.Response" }

func fieldName(f *ssa.FieldAddr) string {
	ptr, ok := f.X.Type().Underlying().(*types.Pointer)
	if !ok {
		return ""
	}
	s, ok := ptr.Elem().Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	return s.Field(f.Field).Name()
}
