package adopt

import (
	"bytes"
	"embed"
	"fmt"
	"text/template"
)

//go:embed templates
var templates embed.FS

// Values are what the templates leave open.
type Values struct {
	// Ref is the version of cloudlint to pin: a tag, a commit or a branch of its repository.
	Ref string
	// Go is the version of Go for images: "1.26".
	Go string
	// GoVersionFile is the go.mod or go.work that says which Go a job needs, from the root of the repository.
	GoVersionFile string
	// Folder is the only module's, from the root; empty where that is the root, or where there are several.
	Folder string
	// Packages are what a job lints, from Folder.
	Packages []string
}

// Text returns a template, say "github", with its values. The pages of docs/ show these texts; a test holds them to it.
func Text(name string, v Values) (string, error) {
	t, err := template.ParseFS(templates, "templates/"+name+".yml")
	if err != nil {
		return "", fmt.Errorf("template %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return "", fmt.Errorf("template %s: %w", name, err)
	}
	return b.String(), nil
}
