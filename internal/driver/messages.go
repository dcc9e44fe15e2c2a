package driver

import (
	"path/filepath"
	"strings"
)

// display returns the name of a file for an error message: relative to the request's folder where that is shorter.
func (f *front) display(b *batch, name string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(b.tool.dir, name)
	}
	if original, ok := f.overlay.originals[name]; ok {
		name = original
	}
	rel, err := filepath.Rel(f.req.Dir, name)
	if err != nil || len(rel) >= len(name) {
		return filepath.ToSlash(name)
	}
	return filepath.ToSlash(rel)
}

// message makes the file name at the beginning of a message relative to the request's folder, and tells the folder of
// that file.
func (f *front) message(b *batch, text string) (message, dir string) {
	text = strings.Join(strings.Fields(text), " ")
	file, rest, ok := cutPosition(text)
	if !ok {
		return f.withoutFolder(text), ""
	}
	dir = filepath.Dir(file)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(b.tool.dir, dir)
	}
	return f.display(b, file) + rest, dir
}

// withoutFolder makes file names within the request's folder relative.
func (f *front) withoutFolder(text string) string {
	return strings.ReplaceAll(text, f.req.Dir+string(filepath.Separator), "")
}
