// Package explore executes the reduced graphs of package skeleton, within bounds, in all the orders that its goroutines
// can run in, and reports the operations that block for ever, each with the interleaving that leads there.
//
// What a function is given, and what it hands to code that is not seen, belongs to the environment. The environment may
// send, receive, close and cancel what it was given, whenever that lets somebody go on, and it does not unlock what was
// made here. Locks that were there before are not followed: who else has them is for flow rules to find out. So what is
// reported does not depend on what the callers do.
//
// A path is followed concretely. Values that are not known have an identity, such that a condition that is asked twice
// is answered alike, and a number that is compared with a small one is one number on the whole path. Paths that run out
// of bounds are given up, not cut short: nothing is concluded from them but what holds whatever comes (see findStuck).
package explore
