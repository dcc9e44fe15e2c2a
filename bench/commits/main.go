// Commits scores a cloudlint binary on bugs that are labelled by a commit of a repository rather than by a version of a
// module. It is the corpus's score.go with another way to the sources: both commits are taken from a mirror of the
// repository, and analysed where they lie.
//
//	go run ./bench/commits -bin cloudlint -mirrors /work/.mirror -family timeouts ../shared/corpus/timeouts-and-pools-commits.json
//
// A mirror is a bare git repository named OWNER+NAME below the folder, with any suffix. Found and quiet mean what they mean
// there: a finding of the case's family within three lines of the label, or with a step there; and none in the function
// around the label once the bug is mended. Cases without a mirror are counted as such and not scored.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	bin     = flag.String("bin", "cloudlint", "the binary to score")
	mirrors = flag.String("mirrors", "", "`folder` of the mirrors")
	family  = flag.String("family", "", "only this family")
	only    = flag.String("run", "", "only cases whose id contains this")
	options = flag.String("flags", "--driver=source --preview", "further flags for the binary, separated by blanks")
	work    = flag.String("work", filepath.Join(os.TempDir(), "cloudlint-commits"), "scratch `folder`")
	limit   = flag.Duration("timeout", 10*time.Minute, "for one commit of one case")
)

// A bug is what is read of a labelled bug.
type bug struct {
	ID          string `json:"id"`
	Family      string `json:"family"`
	Kind        string `json:"kind"`
	Repo        string `json:"repo"` // owner/name
	BuggyCommit string `json:"buggy_commit"`
	BuggyFile   string `json:"buggy_commit_file"`
	BuggyLine   int    `json:"buggy_commit_line"`
	FixedCommit string `json:"fixed_commit"`
}

// A finding is what is read of one.
type finding struct {
	Code, Family, Message, File, Function string
	Line                                  int
	Related                               []struct {
		File string
		Line int
	}
}

func main() {
	flag.Parse()
	exe, err := filepath.Abs(*bin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "commits:", err)
		os.Exit(2)
	}
	scored, found, quiet, skipped := 0, 0, 0, 0
	for _, name := range flag.Args() {
		bugs, err := read(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "commits:", err)
			os.Exit(2)
		}
		for _, b := range bugs {
			if *family != "" && b.Family != *family || !strings.Contains(b.ID, *only) {
				continue
			}
			mirror := b.mirror()
			if mirror == "" {
				skipped++
				continue
			}
			f, q, err := b.score(exe, mirror)
			switch {
			case err != nil:
				fmt.Printf("FAILED %s (%s): %v\n", b.ID, b.Kind, err)
				continue
			case len(f) == 0 && len(q) == 0:
				fmt.Printf("MISSED %s (%s)\n", b.ID, b.Kind)
			case len(f) == 0:
				fmt.Printf("WRONG  %s (%s)\n", b.ID, b.Kind)
			case len(q) == 0:
				fmt.Printf("OK     %s (%s)\n", b.ID, b.Kind)
			default:
				fmt.Printf("NOISY  %s (%s)\n", b.ID, b.Kind)
			}
			for _, f := range f {
				fmt.Printf("       before %s:%d %s %s\n", f.File, f.Line, f.Code, f.Message)
			}
			for _, f := range q {
				fmt.Printf("       after  %s:%d %s %s\n", f.File, f.Line, f.Code, f.Message)
			}
			scored++
			if len(f) > 0 {
				found++
			}
			if len(q) == 0 {
				quiet++
			}
		}
	}
	fmt.Printf("%d cases: %d found, %d quiet; %d without a mirror\n", scored, found, quiet, skipped)
}

func read(name string) ([]bug, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var bugs []bug
	if err := json.Unmarshal(data, &bugs); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return bugs, nil
}

// mirror returns the git directory of the bug's repository, or "".
func (b bug) mirror() string {
	for _, pattern := range []string{"", "*", "/*"} {
		list, _ := filepath.Glob(filepath.Join(*mirrors, strings.ReplaceAll(b.Repo, "/", "+")) + pattern)
		for _, dir := range list {
			if _, err := os.Stat(filepath.Join(dir, "objects")); err == nil {
				return dir
			}
		}
	}
	return ""
}

// score returns the findings at the label, and those in the same function once it is mended.
func (b bug) score(exe, mirror string) (before, after []finding, err error) {
	function := ""
	all, err := b.analyse(exe, mirror, b.BuggyCommit, func(file string) (err error) {
		function, err = enclosing(file, b.BuggyLine)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	for _, f := range all {
		if b.at(f.File, f.Line) || slices.ContainsFunc(f.Related, func(r struct {
			File string
			Line int
		}) bool {
			return b.at(r.File, r.Line)
		}) {
			before = append(before, f)
		}
	}
	all, err = b.analyse(exe, mirror, b.FixedCommit, func(string) error { return nil })
	if err != nil {
		return nil, nil, err
	}
	codes := make(map[string]bool)
	for _, f := range before {
		codes[f.Code] = true
	}
	for _, f := range all {
		if function != "" && f.Function == function && path.Base(f.File) == path.Base(b.BuggyFile) && (len(codes) == 0 || codes[f.Code]) {
			after = append(after, f)
		}
	}
	return before, after, nil
}

// at reports whether a place is the label.
func (b bug) at(file string, line int) bool {
	return (file == b.BuggyFile || strings.HasSuffix(b.BuggyFile, "/"+file) || strings.HasSuffix(file, "/"+b.BuggyFile)) &&
		line >= b.BuggyLine-3 && line <= b.BuggyLine+3
}

// analyse returns the findings of the case's family in its package at a commit.
func (b bug) analyse(exe, mirror, commit string, look func(file string) error) ([]finding, error) {
	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	dir := filepath.Join(*work, b.ID+"-"+commit[:min(12, len(commit))])
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := checkOut(ctx, mirror, commit, dir); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, filepath.FromSlash(b.BuggyFile))
	if err := look(file); err != nil {
		return nil, err
	}
	root := filepath.Dir(file)
	for root != dir {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Dir(root)
	}
	rel, err := filepath.Rel(root, filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	goflags := "-mod=mod"
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		if err := makeModule(root); err != nil {
			return nil, err
		}
		goflags = "-mod=vendor"
	}
	args := append([]string{"--format", "json", "--exit-zero"}, strings.Fields(*options)...)
	cmd := exec.CommandContext(ctx, exe, append(args, "./"+filepath.ToSlash(rel))...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOFLAGS="+goflags, "GOWORK=off")
	cmd.WaitDelay = 10 * time.Second
	out, runErr := cmd.Output()
	var report struct {
		Findings []finding
		Errors   []struct{ Package, Message string }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, errors.Join(runErr, err)
	}
	if len(report.Findings) == 0 && len(report.Errors) > 0 {
		return nil, errors.New(report.Errors[0].Package + ": " + report.Errors[0].Message)
	}
	return slices.DeleteFunc(report.Findings, func(f finding) bool { return f.Family != b.Family }), nil
}

// checkOut writes the files of a commit to a folder. Mirrors may lack their largest files: those are left out.
func checkOut(ctx context.Context, mirror, commit, dir string) error {
	list, err := exec.CommandContext(ctx, "git", "--git-dir", mirror, "ls-tree", "-r", "-z", commit).Output()
	if err != nil {
		return fmt.Errorf("git ls-tree %s: %w", commit, err)
	}
	var wanted bytes.Buffer
	var names []string
	for entry := range strings.SplitSeq(string(list), "\x00") {
		meta, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(meta) // mode, type, object
		if !ok || len(fields) != 3 || fields[1] != "blob" || fields[0] == "120000" || !filepath.IsLocal(name) {
			continue
		}
		fmt.Fprintln(&wanted, fields[2])
		names = append(names, name)
	}
	cat := exec.CommandContext(ctx, "git", "--git-dir", mirror, "cat-file", "--batch", "--buffer")
	cat.Stdin = &wanted
	pipe, err := cat.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cat.Start(); err != nil {
		return err
	}
	writeErr := write(bufio.NewReader(pipe), names, dir)
	_, _ = io.Copy(io.Discard, pipe)
	return errors.Join(writeErr, cat.Wait())
}

// write writes the objects that git cat-file --batch prints, in the order of the names.
func write(in *bufio.Reader, names []string, dir string) error {
	for _, name := range names {
		head, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		fields := strings.Fields(head) // object, type, size; or object, missing
		if len(fields) != 3 {
			continue
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil {
			return err
		}
		data := make([]byte, size+1) // a line end follows
		if _, err := io.ReadFull(in, data); err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(to, data[:size], 0o666); err != nil {
			return err
		}
	}
	return nil
}

// enclosing returns the function declaration around a line, as cloudlint names it.
func enclosing(name string, line int) (string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fset.Position(fn.Pos()).Line > line || fset.Position(fn.End()).Line < line {
			continue
		}
		if fn.Recv == nil || len(fn.Recv.List) == 0 {
			return fn.Name.Name, nil
		}
		return receiver(fn.Recv.List[0].Type) + "." + fn.Name.Name, nil
	}
	return "", nil
}

// receiver is the type of a receiver as cloudlint names it, without type parameters.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "(*" + receiver(e.X) + ")"
	case *ast.ParenExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
