package adopt

// A Covered says which rules of cloudlint find what a linter of golangci-lint finds too.
type Covered struct {
	Linter string   // its name in .golangci.yml
	Part   string   // one of its checks, where it has several that can be switched off alone; else empty
	Codes  []string // the rules of cloudlint that report its findings
	// Keeps says what it reports that cloudlint does not: why one may want to keep it.
	Keeps string
}

// CoveredLinters lists what is covered. A test runs cloudlint on examples of each row.
func CoveredLinters() []Covered {
	return []Covered{
		{"contextcheck", "", []string{"CL2031", "CL2034", "CL2035"}, "new contexts with a bound of their own, and in functions that wait for nobody"},
		{"gosec", "G112", []string{"CL2001"}, "servers on this machine's own addresses, and ones that nothing starts"},
		{"gosec", "G114", []string{"CL2003"}, "servers on this machine's own addresses"},
		{"gosec", "G118", []string{"CL2025"}, "goroutines with context.Background, and loops that ignore a context"},
		{"govet", "lostcancel", []string{"CL2025"}, "nothing that we know of"},
		{"noctx", "", []string{"CL2012", "CL2013", "CL2032", "CL2034"}, "functions without a context, and tests"},
		{"staticcheck", "SA2003", []string{"CL1006"}, "locks that cannot be told from others"},
	}
}

// related lists linters near to cloudlint's subjects whose findings it does not have at all.
func related() []string {
	return []string{"bodyclose", "containedctx", "fatcontext", "rowserrcheck", "spancheck", "sqlclosecheck"}
}
