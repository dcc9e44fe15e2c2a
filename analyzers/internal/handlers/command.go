package handlers

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// CommandBody reports whether a use of a function as a value makes it the body of a command of the command line: it is
// stored in a command of cobra or urfave/cli. The command line runs one such body, on the goroutine of main.
func CommandBody(use ssa.Instruction) bool {
	store, ok := use.(*ssa.Store)
	if !ok {
		return false
	}
	addr, ok := store.Addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	ptr, ok := types.Unalias(addr.X.Type()).(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(ptr.Elem()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	path := named.Obj().Pkg().Path()
	return path == "github.com/spf13/cobra" || strings.HasPrefix(path, "github.com/urfave/cli")
}
