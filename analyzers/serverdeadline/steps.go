package serverdeadline

import (
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// steps tells how the server comes from where it is made to where it is served.
func (c *checker) steps(o *flow.Object, t models.ServerType, s serving) []pass.Step {
	var steps []pass.Step
	without := "without " + strings.Join(t.Read, " or ")
	if slices.ContainsFunc(t.Read, func(f string) bool { return o.Field(f) == flow.Set }) {
		without = "without IdleTimeout or ReadTimeout"
	}
	made := pass.Step{Op: "create", Object: objectName(o), Message: "created here " + without}
	switch o.Origin {
	case flow.Made:
		made.Place = o.Created
		steps = append(steps, made, pass.Step{Place: pass.Place{Pos: o.Pos}, Op: flow.Return, Object: o.Func.Name(), Message: "returned by " + o.Func.Pkg().Name() + "." + o.Func.Name()})
	case flow.Field:
		made.Message = "declared here, " + without
		made.Pos = o.Pos
		steps = append(steps, made)
	default:
		made.Pos = o.Pos
		if o.Literal != nil {
			made.Place = pass.At(o.Literal)
		}
		steps = append(steps, made)
	}
	if s.call.Name == "" {
		steps = append(steps, o.PathTo(s.escape)...)
		return append(steps, pass.Step{Place: s.Place, Op: "serve", Object: s.name, Message: "kept in " + s.name + ", which serves it"})
	}
	steps = append(steps, o.Path(s.call)...)
	if s.call.Inside != nil {
		return append(steps,
			pass.Step{Place: s.Place, Op: flow.Pass, Object: s.call.Function, Message: "passed to " + s.call.Function},
			pass.Step{Place: *s.call.Inside, Op: "serve", Object: s.name, Message: "served there by " + s.name})
	}
	return append(steps, pass.Step{Place: s.Place, Op: "serve", Object: s.name, Message: "served here by " + s.name})
}

// objectName is the part of the fingerprint that names the server: as the source does, else by its type.
func objectName(o *flow.Object) string {
	if o.Name != "" {
		return o.Name
	}
	return o.Type[strings.LastIndex(o.Type, "/")+1:]
}

// serverName names the server in a message.
func serverName(o *flow.Object, t models.ServerType) string {
	short := t.Type[strings.LastIndex(t.Type, "/")+1:]
	if o.Origin == flow.Made {
		return "the " + short + " that " + o.Func.Pkg().Name() + "." + o.Func.Name() + " returns"
	}
	if o.Name != "" && o.Name != "_" {
		return o.Name
	}
	return "this " + short
}

// shortName drops the path of a full name: "(*net/http.Server).Serve" becomes "Serve".
func shortName(name string) string { return name[strings.LastIndex(name, ".")+1:] }
