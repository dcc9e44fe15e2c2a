// Package buildinfo says which cloudlint this is, from what the go command wrote into the program.
package buildinfo

import (
	"runtime/debug"
	"strings"
)

// An Info describes this program.
type Info struct {
	Version  string // "v0.1.0", or "devel" for a build from a working tree without a tag
	Commit   string // empty where it is not known: a module from the proxy, or -buildvcs=false
	Modified bool   // the working tree had changes that are not in Commit
	Go       string // the Go that built it: "go1.26.8"
}

// Read returns the description of this program.
func Read() Info {
	bi, ok := debug.ReadBuildInfo()
	if !ok {
		return Info{Version: "devel"}
	}
	return fromBuild(bi)
}

const module = "github.com/cloudlint/cloudlint"

func fromBuild(bi *debug.BuildInfo) Info {
	info := Info{Version: bi.Main.Version, Go: bi.GoVersion}
	if bi.Main.Path != module {
		// Linked into another program, a test for example: only the dependency's version says anything.
		info.Version = ""
		for _, dep := range bi.Deps {
			if dep.Path == module {
				info.Version = dep.Version
			}
		}
		return info.normal()
	}
	for _, s := range bi.Settings {
		switch s.Key {
		case "vcs.revision":
			info.Commit = s.Value
		case "vcs.modified":
			info.Modified = s.Value == "true"
		}
	}
	return info.normal()
}

func (i Info) normal() Info {
	if i.Version == "" || i.Version == "(devel)" {
		i.Version = "devel"
	}
	return i
}

// String is the line that --version prints after the program's name.
func (i Info) String() string {
	b := new(strings.Builder)
	b.WriteString(i.Version)
	var parts []string
	if i.Commit != "" {
		commit := "commit " + i.Commit[:min(len(i.Commit), 12)]
		if i.Modified {
			commit += ", modified"
		}
		parts = append(parts, commit)
	}
	if i.Go != "" {
		parts = append(parts, "built with "+i.Go)
	}
	if len(parts) > 0 {
		b.WriteString(" (" + strings.Join(parts, ", ") + ")")
	}
	return b.String()
}
