package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// An Origin says how an object came to be.
type Origin int

const (
	Literal   Origin = iota // T{...} or &T{...}
	Zero                    // new(T), or a variable of type T that is used with its zero value
	Field                   // a field of type T of another struct
	Global                  // a package-level variable of type T
	Made                    // the result of a function outside about whose object a fact tells
	Foreign                 // the result of any other function outside, or a global or field of another package
	Parameter               // a parameter of a function that others may call: what a fact tells about it
)

type kind int

const (
	followedObject kind = iota
	cellObject          // memory that can hold followed objects: a variable, a field, a container
	funcObject          // a function or closure
	unknownObject       // anything
)

// An Object stands for all followed objects that one place makes.
type Object struct {
	Type   string // as in Config.Types
	Origin Origin
	Pos    token.Pos
	// Literal is the composite literal that makes the object, if one does.
	Literal *ast.CompositeLit
	// Value is the instruction that makes it: an allocation, a call, a global. It is nil for fields.
	Value ssa.Value
	// Var is the struct field of a Field, the variable of a Global, and of a Foreign object that is no result.
	Var *types.Var
	// Func is the function that returned a Made or Foreign object, where it is known.
	Func *types.Func
	// Created is where a Made object was created.
	Created pass.Place
	// Name is the object's name in the source, where it has one: of the variable or field it is first kept in.
	Name string

	graph       *Graph
	kind        kind
	content     *node       // what a cell holds
	stored      []ssa.Value // what is stored into a cell, until it is deep
	deep        bool        // all that is stored into the cell is demanded
	shared      bool        // others can store into the cell
	overwritten bool        // a copy of another object is stored here
	copies      []*Object
	copiedAt    []token.Pos
	slot        *types.Var
	fn          *ssa.Function // of a funcObject
	param       int           // the index of a Parameter; of a funcObject 1 if its receiver is bound
	owner       *ssa.Function // of a Parameter

	writes  []Write
	calls   []Call
	escapes []Escape
	seen    map[event]bool
}

// event identifies an event of an object, so that it counts once.
type event struct {
	instr ssa.Instruction
	what  int
	name  string
}

// A FieldState says what is known of a field, over all that the object meets.
type FieldState int

const (
	Unset   FieldState = iota // nothing is written to it: it has its zero value
	ZeroSet                   // only zero, nil, false or negative constants are written to it
	Set                       // something else is written to it, known or not
)

// A Write is an assignment to a field of an object.
type Write struct {
	Field string    // "ReadTimeout"; "TLS.MinVersion" for a field of a field
	Zero  bool      // a constant that is zero, nil, false or negative
	Value ssa.Value // nil where it is not known: the field's address was taken, or a fact tells it
	Text  string    // the value of a string constant, also where a fact tells it
	pass.Place
}

// A Call hands an object to a function outside the package that no fact describes, or calls its method.
type Call struct {
	Name string // "(*net/http.Server).Serve", "net/http.Serve"
	Arg  int    // the index of the object among the arguments; the receiver of a method is 0
	// Instr is the call, or for a method value the MakeClosure. It is nil in a call that a fact tells.
	Instr ssa.Instruction
	// Func is the function, nil in a call that a fact tells.
	Func *types.Func
	// In is the function around the call, nil in a call that a fact tells.
	In *ssa.Function
	// Note is what Config.Note said about the call.
	Note string
	// Nested tells that the object is not itself the argument but lies in a slice, map or variable that is.
	Nested bool
	pass.Place
	// Inside is the place of the call in the other package, in a call that a fact tells; Place is then where this
	// package calls that package's function, and Function its name.
	Inside   *pass.Place
	Function string

	node *node
}

// Args are the arguments of the call, the receiver of a method first, or nil where they are not known.
func (c Call) Args() []ssa.Value {
	call, ok := c.Instr.(ssa.CallInstruction)
	if !ok {
		return nil
	}
	common := call.Common()
	if common.IsInvoke() {
		return append([]ssa.Value{common.Value}, common.Args...)
	}
	return common.Args
}

// An EscapeKind says how an object left what can be seen.
type EscapeKind int

const (
	Returned   EscapeKind = iota // by a function that others may call
	InField                      // stored in a struct field that others can reach
	InGlobal                     // stored in a variable that others can reach
	Dynamic                      // given to a function value or interface method that is not known
	Reflection                   // converted to unsafe.Pointer, or otherwise beyond types
	ByFact                       // it escapes in another package
	Copied                       // something unknown is copied over it
	Container                    // kept in memory that is not followed
)

// An Escape is a place where an object leaves what can be seen.
type Escape struct {
	Kind EscapeKind
	// Field is the struct field of an InField, and Var the variable of an InGlobal.
	Field, Var *types.Var
	// In is the function around the escape.
	In *ssa.Function
	pass.Place

	node *node
}

// lives returns o and all that it is copied to.
func (o *Object) lives() []*Object {
	all := []*Object{o}
	for i := 0; i < len(all); i++ {
		for _, c := range all[i].copies {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// Writes returns the assignments to fields of the object and its copies.
func (o *Object) Writes() []Write {
	var all []Write
	for _, life := range o.lives() {
		all = append(all, life.writes...)
	}
	return all
}

// Calls returns the calls that get the object or a copy.
func (o *Object) Calls() []Call {
	var all []Call
	for _, life := range o.lives() {
		all = append(all, life.calls...)
	}
	return all
}

// Escaping returns where the object or a copy escapes.
func (o *Object) Escaping() []Escape {
	var all []Escape
	for _, life := range o.lives() {
		all = append(all, life.escapes...)
	}
	return all
}

// Field returns what is known of a field. An object that came from outside has all fields set, unless a fact tells.
func (o *Object) Field(name string) FieldState {
	if o.Origin == Foreign {
		return Set
	}
	state := Unset
	for _, w := range o.Writes() {
		switch {
		case w.Field == name && w.Zero:
			state = max(state, ZeroSet)
		case w.Field == name, len(w.Field) > len(name) && w.Field[:len(name)+1] == name+".":
			return Set
		}
	}
	return state
}

func (o *Object) addWrite(at ssa.Instruction, w Write) {
	what := 0
	if w.Zero {
		what = -1
	}
	if o.first(event{at, what, w.Field}) {
		o.writes = append(o.writes, w)
	}
}

func (o *Object) addCall(at ssa.Instruction, c Call) {
	if o.first(event{at, 1 + c.Arg, c.Name}) {
		o.calls = append(o.calls, c)
	}
}

func (o *Object) addEscape(at ssa.Instruction, e Escape) {
	if o.first(event{at, -2 - int(e.Kind), ""}) {
		o.escapes = append(o.escapes, e)
	}
}

func (o *Object) first(e event) bool {
	if o.seen[e] {
		return false
	}
	if o.seen == nil {
		o.seen = make(map[event]bool)
	}
	o.seen[e] = true
	return true
}

// copyTo notes that the value of o is stored into the memory of c.
func (o *Object) copyTo(c *Object, at token.Pos) {
	if o == c || slices.Contains(o.copies, c) {
		return
	}
	o.copies = append(o.copies, c)
	o.copiedAt = append(o.copiedAt, at)
}
