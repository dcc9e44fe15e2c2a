package gocmd

import "strings"

// buildFlags are the flags in GOFLAGS that say what is compiled and how. Others are left out when we call go: some are
// of vet tools (a user may set options of cloudlint there for plain go vet, which go list refuses), and some, such as
// -json, -n or -fix, change what go vet prints or does.
const buildFlags = ` asan asmflags buildmode buildvcs compiler gccgoflags gcflags installsuffix ldflags linkshared mod
	modcacherw modfile msan overlay p pgo pkgdir race tags toolexec trimpath `

// Flags is a value of the environment variable GOFLAGS.
type Flags []string

// ParseFlags splits the value as the go command does: at blanks, with quotes around a whole flag.
func ParseFlags(value string) Flags {
	var flags Flags
	for {
		value = strings.TrimLeft(value, " \t\n\r")
		if value == "" {
			return flags
		}
		if q := value[0]; q == '\'' || q == '"' {
			if end := strings.IndexByte(value[1:], q); end >= 0 {
				flags = append(flags, value[1:1+end])
				value = value[end+2:]
				continue
			}
			return append(flags, value) // go refuses it
		}
		end := strings.IndexAny(value, " \t\n\r")
		if end < 0 {
			end = len(value)
		}
		flags = append(flags, value[:end])
		value = value[end:]
	}
}

// Building returns the flags that concern building.
func (f Flags) Building() Flags {
	var kept Flags
	for _, flag := range f {
		name, _ := cutFlag(flag)
		if isBuildFlag(name) {
			kept = append(kept, flag)
		}
	}
	return kept
}

func isBuildFlag(name string) bool {
	for _, known := range strings.Fields(buildFlags) {
		if name == known {
			return true
		}
	}
	return false
}

// Lookup returns the value of the last flag with the name.
func (f Flags) Lookup(name string) string {
	value := ""
	for _, flag := range f {
		if n, v := cutFlag(flag); n == name {
			value = v
		}
	}
	return value
}

// Without returns the flags without those with the name.
func (f Flags) Without(name string) Flags {
	var kept Flags
	for _, flag := range f {
		if n, _ := cutFlag(flag); n != name {
			kept = append(kept, flag)
		}
	}
	return kept
}

// String returns the value for the environment. It is never empty: go takes an empty variable for one that is not set,
// and reads its own configuration file instead.
func (f Flags) String() string {
	if len(f) == 0 {
		return " "
	}
	quoted := make([]string, len(f))
	for i, flag := range f {
		switch {
		case !strings.ContainsAny(flag, " \t\n\r'\""):
			quoted[i] = flag
		case !strings.Contains(flag, "'"):
			quoted[i] = "'" + flag + "'"
		default:
			quoted[i] = `"` + flag + `"`
		}
	}
	return strings.Join(quoted, " ")
}

func cutFlag(flag string) (name, value string) {
	flag = strings.TrimPrefix(flag, "-")
	flag = strings.TrimPrefix(flag, "-")
	name, value, _ = strings.Cut(flag, "=")
	return name, value
}
