package main

import (
	"fmt"
	"path/filepath"

	"github.com/cloudlint/cloudlint/bench/internal/measure"
)

// A tool is measured on its own: a program with one way to run it.
type tool string

const (
	vetDriver    tool = "cloudlint"        // its vet driver
	sourceDriver tool = "cloudlint-source" // its source driver
	autoDriver   tool = "cloudlint-auto"   // the driver that it chooses in CI
	goVet        tool = "vet"
	staticcheck  tool = "staticcheck"
)

var tools = []tool{vetDriver, goVet, staticcheck, sourceDriver, autoDriver}

func toolNames() []string {
	var names []string
	for _, t := range tools {
		names = append(names, string(t))
	}
	return names
}

// A scenario is the state of the caches in which a tool is run.
type scenario string

const (
	// cold: the tool has not seen these packages, but the go command has compiled the dependencies: a new release of the
	// tool, or a changed option.
	cold scenario = "cold"
	// warm: nothing has changed.
	warm scenario = "warm"
	// leaf and core: a function was added to a file of a package that none, or many others import.
	leaf scenario = "leaf"
	core scenario = "core"
	// empty: GOCACHE is an empty folder, as on a CI machine that keeps no cache.
	empty scenario = "empty"
)

// scenarios returns in which ones a tool differs: the source driver has no cache, so each run is like the first.
func (t tool) scenarios() []scenario {
	switch t {
	case sourceDriver:
		return []scenario{warm, empty}
	case autoDriver:
		return []scenario{empty}
	}
	return []scenario{cold, warm, leaf, core}
}

// A command is how to run a tool.
type command struct {
	measure.Command
	files map[string]string // to write into the module before, and to remove after
	cache string            // a folder that the run fills, to be removed
}

// command returns how to run the tool in a module. A new key makes a cold run; the same one again, a warm run.
func (s *setup) command(t tool, sc scenario, dir, key string) command {
	c := command{files: make(map[string]string)}
	c.Dir = dir
	c.Env = []string{"GOWORK=off", "GOFLAGS="}
	if sc == empty {
		c.cache = filepath.Join(s.tmp, "gocache-"+key)
		c.Env = append(c.Env, "GOCACHE="+c.cache)
	}
	switch t {
	case goVet:
		// A further name of a printing function finds nothing, but is in the key of each of vet's cached results.
		c.Args = []string{"go", "vet", "-printf.funcs=bench" + key, "./..."}
		c.OK = []int{0, 1}
	case staticcheck:
		c.Args = []string{s.staticcheck, "./..."}
		c.Env = append(c.Env, "STATICCHECK_CACHE="+filepath.Join(s.tmp, "staticcheck-"+key))
		c.OK = []int{0, 1}
	case vetDriver, sourceDriver, autoDriver:
		driver := map[tool]string{vetDriver: "vet", sourceDriver: "source", autoDriver: "auto"}[t]
		c.Args = []string{s.cloudlint, "--driver=" + driver, "./..."}
		c.Env = append(c.Env, "CI=true")
		c.OK = []int{0, 1}
		// A function that never returns and does not exist: it changes nothing but the key.
		c.files[".cloudlint.yml"] = fmt.Sprintf("version: 1\nexits: [bench.invalid/%s.Exit]\n", key)
	}
	return c
}
