package finding

import _ "embed"

//go:embed schema.json
var schema string

// Schema returns the JSON Schema (2020-12) of a Report's JSON encoding.
func Schema() string { return schema }
