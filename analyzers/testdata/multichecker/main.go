// Command multichecker runs the analyzers as another program would: without the cloudlint command.
package main

import (
	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/cloudlint/cloudlint/analyzers"
)

func main() { multichecker.Main(analyzers.All()...) }
