// Commits turns bugs that are labelled by a commit of a repository into cases for score.go of the corpus, which wants a
// version of a module: the module proxy serves any commit as one.
//
//	go run ./bench/commits -family timeouts ../shared/corpus/timeouts-and-pools-commits.json > cases.json
//	go run ../shared/corpus/score.go -bin cloudlint -flags "--driver=source --preview" -j 1 cases.json
//
// The label of the mended version is the function around the buggy line, since its lines have moved. Bugs without a module,
// or whose module the proxy does not have at the commit, are named on standard error and left out.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// A bug is what is read of a labelled bug.
type bug struct {
	ID          string `json:"id"`
	Family      string `json:"family"`
	Kind        string `json:"kind"`
	Module      string `json:"module"`
	Package     string `json:"package"`
	Ref         string `json:"ref"`
	Difficulty  string `json:"difficulty"`
	BuggyCommit string `json:"buggy_commit"`
	BuggyFile   string `json:"buggy_commit_file"`
	BuggyLine   int    `json:"buggy_commit_line"`
	FixedCommit string `json:"fixed_commit"`
	Disputed    string `json:"disputed"`
	File        string `json:"file"`
}

// A scored is a case as score.go reads it.
type scored struct {
	ID            string `json:"id"`
	Family        string `json:"family"`
	Kind          string `json:"kind"`
	Module        string `json:"module"`
	Package       string `json:"package"`
	Buggy         string `json:"buggy"`
	Fixed         string `json:"fixed"`
	File          string `json:"file"`
	Lines         []int  `json:"lines"`
	FixedFunction string `json:"fixed_function,omitempty"`
	NoTests       bool   `json:"no_tests"`
	Ref           string `json:"ref"`
	Difficulty    string `json:"difficulty"`
	Disputed      string `json:"disputed,omitempty"`
}

func main() {
	family := flag.String("family", "", "only this family")
	kinds := flag.String("kinds", "", "only these kinds, separated by commas")
	flag.Parse()
	var cases []scored
	for _, name := range flag.Args() {
		bugs, err := read(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "commits:", err)
			os.Exit(2)
		}
		for _, b := range bugs {
			if *family != "" && b.Family != *family || *kinds != "" && !strings.Contains(","+*kinds+",", ","+b.Kind+",") {
				continue
			}
			c, err := b.scored()
			if err != nil {
				fmt.Fprintf(os.Stderr, "commits: %s: %v\n", b.ID, err)
				continue
			}
			cases = append(cases, c)
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	if err := out.Encode(cases); err != nil {
		fmt.Fprintln(os.Stderr, "commits:", err)
		os.Exit(2)
	}
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

// scored looks at the module as it was at the commit.
func (b bug) scored() (scored, error) {
	if b.Module == "" {
		return scored{}, errors.New("no module")
	}
	buggy, err := download(b.Module, b.BuggyCommit)
	if err != nil {
		return scored{}, err
	}
	fixed, err := download(b.Module, b.FixedCommit)
	if err != nil {
		return scored{}, err
	}
	// The commit's file counts from the repository's root, the case's from the module's.
	file, err := inModule(buggy.Dir, b.BuggyFile)
	if err != nil {
		return scored{}, err
	}
	function, err := enclosing(filepath.Join(buggy.Dir, filepath.FromSlash(file)), b.BuggyLine)
	if err != nil {
		return scored{}, err
	}
	pkg := b.Module
	if dir := path.Dir(file); dir != "." {
		pkg += "/" + dir
	}
	return scored{
		ID: b.ID, Family: b.Family, Kind: b.Kind, Module: b.Module, Package: pkg, Buggy: buggy.Version, Fixed: fixed.Version,
		File: file, Lines: []int{b.BuggyLine}, FixedFunction: function, NoTests: true, Ref: b.Ref, Difficulty: b.Difficulty, Disputed: b.Disputed,
	}, nil
}

// A downloaded is what is read of the output of go mod download -json.
type downloaded struct{ Dir, Version, Error string }

func download(module, commit string) (downloaded, error) {
	var d downloaded
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module+"@"+commit)
	cmd.Dir = os.TempDir() // in no module
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	if jsonErr := json.Unmarshal(out, &d); jsonErr != nil {
		return d, fmt.Errorf("%s@%s: %w", module, commit, errors.Join(err, jsonErr))
	}
	if d.Error != "" {
		return d, errors.New(d.Error)
	}
	return d, nil
}

// inModule returns the file of a module that a repository has under name: the module may lie in a folder of it.
func inModule(dir, name string) (string, error) {
	for file := name; ; {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file))); err == nil {
			return file, nil
		}
		_, rest, ok := strings.Cut(file, "/")
		if !ok {
			return "", fmt.Errorf("no file %s", name)
		}
		file = rest
	}
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
