package finding

import _ "embed" // schema.json

//go:embed schema.json
var schema string

// Schema returns the JSON schema of a Report.
func Schema() string { return schema }
