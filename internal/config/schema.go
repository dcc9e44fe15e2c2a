package config

import "encoding/json"

// Schema returns the JSON schema of a configuration file, for editors and validators; draft 7, which editors' YAML
// servers read best. It is made from the same table as the decoder.
func Schema(known Known) ([]byte, error) {
	schema := newConfig("", known).typ.schema
	schema["$schema"] = "http://json-schema.org/draft-07/schema#"
	schema["title"] = "Configuration of cloudlint"
	schema["description"] = "The file .cloudlint.yml. To have it completed and checked in an editor, save this schema " +
		"and name it in the file's first line: # yaml-language-server: $schema=.cloudlint.schema.json"
	data, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(data, '\n'), nil
}
