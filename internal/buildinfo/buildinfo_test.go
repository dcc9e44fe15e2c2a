package buildinfo

import (
	"runtime/debug"
	"testing"
)

func TestFromBuild(t *testing.T) {
	tests := []struct {
		name string
		bi   debug.BuildInfo
		want string
	}{
		{
			"installed from the module proxy",
			debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: module, Version: "v0.1.0"}},
			"v0.1.0 (built with go1.26.8)",
		},
		{
			"built in a working tree",
			debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: module, Version: "(devel)"}, Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}, {Key: "vcs.modified", Value: "true"},
			}},
			"devel (commit 0123456789ab, modified, built with go1.26.8)",
		},
		{
			"a tool of another module",
			debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "corp.example/shop"}, Deps: []*debug.Module{{Path: module, Version: "v0.2.0"}}},
			"v0.2.0 (built with go1.26.8)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fromBuild(&test.bi).String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
