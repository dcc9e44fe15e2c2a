// Package skeleton is the front end of everything that cloudlint knows about concurrency. It says what an instruction of
// a package does to a channel, a lock or another primitive, which function a call means, and what remains of a function
// when all is left out that cannot matter to its goroutines (a reduced graph, which package explore executes).
//
// A primitive, or a library that stands for one, is modelled here and nowhere else.
package skeleton
