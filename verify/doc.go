// Package verify holds what tests and services need to see goroutines that are left behind, calls without a deadline, and
// what a program does when its peers fail. It imports the standard library only.
//
// In tests:
//
//   - [Leaks] fails a test that leaves goroutines, also beside parallel tests; [Main] does so for a package.
//   - [MaxGoroutines] bounds how many goroutines a test may have at a time.
//   - [Load] calls a function many times, from a bounded number of goroutines, and measures.
//   - [Deadlines] fails a test whose outbound calls (HTTP, dialers, database/sql) carry no deadline.
//   - [Inject] makes such calls, and connections that a listener accepts, slow, fail, break or hang, by a seed.
//
// In production:
//
//   - [Handler] shows how many goroutines there are, and where, and what the runtime can prove to have leaked.
//   - [Watch] calls back when there are too many.
//
// # What is proven
//
// A goroutine that is left is one of two things, and every report says which. A proven leak is one that the runtime's
// garbage collector has found: nothing that can still run reaches what the goroutine waits for. A survivor was there when
// the test had ended, and some time later; most survivors are mistakes, some would end by themselves.
//
// This package proves leaks where the runtime offers the profile "goroutineleak": from Go 1.27 on, and with Go 1.26 for
// programs built with GOEXPERIMENT=goroutineleakprofile. Elsewhere it sees survivors only. The command "cloudlint verify"
// proves leaks with Go 1.26 as it is, and may run tests that use this package: each keeps what the other needs.
package verify
