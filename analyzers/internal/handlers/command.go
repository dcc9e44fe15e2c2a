package handlers

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
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
	path := irutil.PackagePath(irutil.PointerTo(addr.X.Type()))
	return path == "github.com/spf13/cobra" || strings.HasPrefix(path, "github.com/urfave/cli")
}

// CommandSignature reports whether a function has the parameters, or the result, that only the body of a command has: those of
// cobra, urfave/cli, kingpin, kong and google/subcommands.
func CommandSignature(sig *types.Signature) bool {
	params, results := sig.Params(), sig.Results()
	if results.Len() == 1 && irutil.IsNamed(results.At(0).Type(), "github.com/google/subcommands", "ExitStatus") {
		return true
	}
	switch params.Len() {
	case 1:
		return commandType(params.At(0).Type(), "github.com/urfave/cli", "Context") ||
			commandType(params.At(0).Type(), "github.com/alecthomas/kong", "Context") ||
			commandType(params.At(0).Type(), "github.com/alecthomas/kingpin", "ParseContext") ||
			commandType(params.At(0).Type(), "gopkg.in/alecthomas/kingpin.v2", "ParseContext")
	case 2:
		first, second := params.At(0).Type(), params.At(1).Type()
		return commandType(first, "github.com/spf13/cobra", "Command") && types.Identical(second, types.NewSlice(types.Typ[types.String])) ||
			RoleOf(first) == Context && commandType(second, "github.com/urfave/cli", "Command")
	}
	return false
}

// commandType reports whether a type is a pointer to the named one of a module, in any major version.
func commandType(t types.Type, module, name string) bool {
	named := irutil.PointerTo(t)
	return named != nil && named.Obj().Name() == name && inModule(irutil.PackagePath(named), module)
}
