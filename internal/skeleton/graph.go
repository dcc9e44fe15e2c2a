package skeleton

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// An Arg names a value in a function: a register, or below zero the constant Consts[-1-arg].
type Arg int32

// NoArg is the Arg of an instruction without one.
const NoArg Arg = 1<<31 - 1

// A ConstKind is the kind of a Const.
type ConstKind uint8

// The kinds of constants.
const (
	ConstOther ConstKind = iota // unequal to nothing that is known
	ConstNil
	ConstInt // booleans are 0 and 1
	ConstString
	ConstFunc
	ConstGlobal
	ConstZero // the zero value of an aggregate
)

// A Const is a constant of a function.
type Const struct {
	Kind   ConstKind
	N      int64
	S      string
	Func   *Func
	Global *ssa.Global
	Type   *Type
}

// A Func is the reduced graph of a function.
type Func struct {
	Name   string // as users write it
	Params []*Type
	Free   int // registers of captured variables follow those of the parameters
	Regs   int
	Result *Type
	Blocks []Block
	Consts []Const
	// Recover is where a recovered panic goes on, or -1.
	Recover int

	SSA   *ssa.Function
	ready bool
	prog  *Program
}

// A Block is a basic block.
type Block struct {
	Phis   []Phi
	Instrs []Instr
	Succs  []int
	Join   bool   // paths meet here
	Live   []bool // registers whose value is needed at its start or later, without those of its phis
}

// A Phi chooses by the edge that a block is entered by.
type Phi struct {
	Dst   Arg
	Edges []PhiEdge
}

// A PhiEdge is the value of a Phi for one predecessor.
type PhiEdge struct {
	Pred  int
	Value Arg
}

// A Code is what an instruction does.
type Code uint8

// The instructions.
const (
	Alloc     Code = iota // Dst is the address of a new variable of Type
	FieldAddr             // Args[0] plus N slots
	FieldOf               // the N-th slot and following of Args[0], as a value of Type
	IndexAddr             // element Args[1] of the slice or array at Args[0]; N is the number of slots of an element
	Load                  // of Type from Args[0]
	Store                 // Args[1], of Type, to Args[0]
	Perform               // the operation Call.Kind
	Choose                // a select; Dst is the tuple that package ssa documents
	CallFunc
	GoFunc
	DeferFunc // onto the stack Args[0], if there is one
	RunDefers
	DeferStack
	Return
	Jump
	Branch // on Args[0]
	Crash  // ends the program, or is not followed
	MakeClosure
	MakeIface
	Assert
	Binary // N is a token.Token; CommaOk says that integers are compared
	Not
	Move
	Extract
	LenOf
	CapOf
	AppendTo
	MakeSlice // of Args[0] elements
	SliceOf   // of the slice, or the array of N elements at the address, Args[0] from Args[1] to Args[2], if it is there
	MakeMap
	MapSet    // Args[1] is the key, Args[2] the element, of Type
	MapGet    // Type is the element's
	MapDelete // Args[1] is the key
	Iterate   // over the map Args[0]
	Next      // Type is the tuple
	Min
	Max
	Unknown // Dst is not known; Args go to code that is not known
	Derived // Dst is a function of Args
)

// An Instr is one instruction.
type Instr struct {
	Code    Code
	CommaOk bool
	// Own is set of a comparison with a value of an unexported type of the package, which code that is not seen cannot make.
	Own bool
	// Counts is set of a comparison with the number of a loop's round.
	Counts bool
	Dst    Arg
	Args   []Arg
	N      int
	Type   *Type
	Call   *Call
	Select *Choice
	Func   *Func // of MakeClosure
	Pos    token.Pos
	At     ssa.Instruction
}

// A Call is what CallFunc, GoFunc, DeferFunc and Perform call.
type Call struct {
	Kind   Kind  // a primitive, or None
	Func   *Func // known statically, or nil
	Value  Arg   // else the function value, or the interface of a method
	Method string
	Args   []Arg
	Result *Type
	Types  []*Type // of Args
	// Harmless calls do nothing to what they are given.
	Harmless bool
	// NonNil results are not nil.
	NonNil bool
	// NoError says that the last result is an error that is always nil.
	NoError bool
	// Wraps lists errors that are given: where one of them is not nil, neither is the error that is returned.
	Wraps []Arg
	// Setting is set where a name is asked for what it stands for: the answer is the same each time.
	Setting bool
	Name    string
	// Pipe says what is done with the ends of a pipe that may be among Args; nil where there are none.
	Pipe *PipeUse
	// Sync is set where functions among Args are called before the call returns, if at all.
	Sync bool
}

// A Choice is a select statement.
type Choice struct {
	Cases   []ChoiceCase
	Default bool
}

// A ChoiceCase is one case of a select.
type ChoiceCase struct {
	Send  bool
	Chan  Arg
	Value Arg
	Elem  *Type
	Pos   token.Pos
}
