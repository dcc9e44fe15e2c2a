package verify

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// fileElsewhere finds the file of a frame of a program that was built elsewhere: with or without -trimpath, from a module
// cache, a vendor folder or a replaced module, the package of the function and the base name say which it is.
func (p Places) fileElsewhere(f stacks.Frame) string {
	name := slashes(f.File)
	base := path.Base(name)
	if p.Dir != nil {
		pkg := f.Package()
		if pkg == "main" {
			pkg = path.Dir(name) // so with -trimpath
		}
		if dir := p.Dir(pkg); dir != "" {
			return filepath.Join(dir, base)
		}
	}
	if f.Package() == "main" && p.Command != nil {
		if dir := p.Command(name); dir != "" {
			return filepath.Join(dir, base)
		}
	}
	if name := filepath.FromSlash(f.File); filepath.IsAbs(name) {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return filepath.Clean(name)
		}
	}
	return ""
}

// slashes returns the name of a file, of whatever system, with slashes.
func slashes(name string) string { return strings.ReplaceAll(name, `\`, "/") }

// standardElsewhere reports whether a frame is one of the standard library, wherever that was: its file is named
// $GOROOT/src/net/http/server.go or, with -trimpath, net/http/server.go, and the first element is one of the library's own.
func standardElsewhere(f stacks.Frame) bool {
	pkg := f.Package()
	first, _, _ := strings.Cut(pkg, "/")
	if !slices.Contains(standardRoots(), first) {
		return false
	}
	name := slashes(f.File)
	base := path.Base(name)
	// Some functions of other packages are package runtime's own: time.Sleep.
	return pkg == "runtime" || slices.ContainsFunc([]string{pkg + "/" + base, "runtime/" + base}, func(file string) bool {
		return name == file || strings.HasSuffix(name, "/src/"+file)
	})
}

// standardRoots lists the first elements of the standard library's import paths: TestStandardRoots compares.
func standardRoots() []string {
	return []string{
		"archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed",
		"encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter", "log",
		"maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv",
		"strings", "structs", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe", "uuid", "vendor", "weak",
	}
}
