// What reads cloudlint's reports: reviewdog's own parsers, and a parser of JUnit's XML. They stay out of cloudlint's own
// go.mod.
module judge

go 1.26.0

require (
	github.com/joshdk/go-junit v1.0.0
	github.com/reviewdog/reviewdog v0.21.2
)

require (
	github.com/haya14busa/go-sarif v0.0.0-20240630170108-a3ba8d79599f // indirect
	github.com/reviewdog/errorformat v0.0.0-20260918023459-3785ec08195e // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

// The version that reviewdog names cannot be had from the module proxy.
replace github.com/reviewdog/errorformat => github.com/reviewdog/errorformat v0.0.0-20260721110140-13bff69235f3
