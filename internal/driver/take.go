package driver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// take takes in the lists of packages: what is no package is the user's mistake, what is a broken one an error of the
// outcome. With nothingOK, no package at all is fine.
func (f *front) take(nothingOK bool) error {
	for _, b := range f.batches {
		unwanted, err := f.takeBatch(b)
		if err != nil {
			return err
		}
		nothingOK = nothingOK || unwanted
		f.checkFiles(b)
	}
	if len(f.col.named) > 0 || nothingOK {
		return nil
	}
	args := f.req.Patterns
	if len(args) == 0 {
		args = []string{"./..."}
	}
	return &UsageError{fmt.Sprintf("no Go packages match %s", strings.Join(args, " "))}
}

// takeBatch reports whether there are packages that nobody wants: they have only tests, or of a change, only files that
// build constraints exclude.
func (f *front) takeBatch(b *batch) (unwanted bool, err error) {
	matched := make(map[string]bool)
	for _, p := range b.packages {
		for _, m := range p.Match {
			matched[m] = true
		}
		if p.Error != nil && p.Dir == "" {
			return false, &UsageError{f.patternError(b, p)}
		}
		if other := f.col.named[p.ImportPath]; other != nil {
			if other.Dir == p.Dir {
				continue
			}
			return false, &UsageError{fmt.Sprintf("the packages in %s and %s are both named %s: run cloudlint once for each", other.Dir, p.Dir, p.ImportPath)}
		}
		if p.Standard && p.ImportPath == "unsafe" {
			continue // the compiler has it: there is nothing to analyse
		}
		f.col.named[p.ImportPath] = &state{listed: p, batch: b}
		switch {
		case f.req.Changed && b.byFiles(p) && p.Error != nil && !p.hasCode() && !p.hasTests() && len(p.IgnoredGoFiles) > 0:
			f.req.Log.Infof("%s is not analysed: build constraints exclude all its files", p.ImportPath)
			delete(f.col.named, p.ImportPath)
			unwanted = true
		case p.Error != nil:
			text := p.Error.Err
			if p.Error.Pos != "" {
				text = p.Error.Pos + ": " + text
			}
			text, _ = f.message(b, text)
			f.col.fail(p.ImportPath, text)
		case !p.hasCode() && !p.hasTests():
			f.col.fail(p.ImportPath, "no Go files")
		case f.req.NoTests && !p.hasCode():
			delete(f.col.named, p.ImportPath)
			unwanted = true
		}
	}
	// A pattern that matches nothing is worth a word if others match something.
	if len(f.col.named) == 0 {
		return unwanted, nil
	}
	for _, a := range b.args {
		again := slices.ContainsFunc(b.args, func(other argument) bool { return other.arg == a.arg && matched[other.pattern] })
		if !again && !matched[a.pattern] {
			f.col.fail("", fmt.Sprintf("%s matches no packages", a.arg))
		}
	}
	return unwanted, nil
}

// patternError says why a pattern names no package, in go's words.
func (f *front) patternError(b *batch, p *listed) string {
	text := strings.Join(strings.Fields(p.Error.Err), " ")
	arg := p.ImportPath
	for _, a := range b.args {
		if slices.Contains(p.Match, a.pattern) {
			arg = a.arg
		}
	}
	if !strings.Contains(text, arg) {
		text = arg + ": " + text
	}
	text = f.withoutFolder(text)
	if !isLocal(arg) {
		if info, err := os.Stat(filepath.Join(f.req.Dir, filepath.FromSlash(strings.TrimSuffix(arg, "/...")))); err == nil && info.IsDir() {
			text += "; did you mean ./" + arg + "?"
		}
	}
	return text
}

// checkFiles looks for files among the arguments that are no part of their package.
func (f *front) checkFiles(b *batch) {
	for _, file := range b.files {
		for _, p := range b.packages {
			if p.Dir != file.dir {
				continue
			}
			part := slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles, p.XTestGoFiles)
			if p.Error != nil || slices.Contains(part, file.base) {
				continue
			}
			text := fmt.Sprintf("%s is not analysed: build constraints or its name exclude it from its package (GOOS=%s GOARCH=%s)",
				file.arg, f.env.GOOS, f.env.GOARCH)
			if f.req.Changed {
				f.req.Log.Info(text)
			} else {
				f.col.fail("", text)
			}
		}
	}
}
