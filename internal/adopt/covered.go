package adopt

// A Covered says which rules of cloudlint find what a linter of golangci-lint finds too.
type Covered struct {
	Linter string   // its name in .golangci.yml
	Part   string   // one of its checks, where it has several that can be switched off alone; else empty
	Codes  []string // the rules of cloudlint that report its findings
	// Keeps says what it reports that cloudlint does not: why one may want to keep it. No linter of this table finds
	// less than cloudlint in all respects, so that nobody is told to drop one.
	Keeps string
}

// CoveredLinters lists what is covered. A test runs the rules on an example of each row.
func CoveredLinters() []Covered {
	return []Covered{
		{"contextcheck", "", []string{"CL2031", "CL2034", "CL2035"}, "contexts with a bound of their own, goroutines, and calls that ask nothing outside"},
		{"gosec", "G112", []string{"CL2001"}, "servers on loopback and unix sockets, and literals that nothing serves"},
		{"gosec", "G114", []string{"CL2003"}, "servers on loopback addresses"},
		{"gosec", "G118", []string{"CL2025"}, "goroutines with context.Background, and loops that ignore a context"},
		{"govet", "lostcancel", []string{"CL2025"}, "every cancel function that a path does not use, also where nothing waits for the context"},
		{"govet", "waitgroup", []string{"CL1004"}, "Add as the first statement of a goroutine, whoever waits"},
		{"noctx", "", []string{"CL2012", "CL2013", "CL2032", "CL2034"}, "calls where no context is at hand, and tests"},
		{"staticcheck", "SA2000", []string{"CL1004"}, "Add as the first statement of a goroutine, whoever waits"},
		{"staticcheck", "SA2003", []string{"CL1006"}, "nothing that is known"},
	}
}

// related lists linters near to cloudlint's subjects whose findings it does not have at all.
func related() []string {
	return []string{"bodyclose", "containedctx", "fatcontext", "rowserrcheck", "spancheck", "sqlclosecheck"}
}
