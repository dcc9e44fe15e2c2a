package kernels

import (
	"strings"
	"testing"
)

// An edit replaces a text wherever it is in a program. It moves no line.
type edit struct{ old, new string }

// Fix returns a program of Goker, the name of whose file without .go is given, with its bug mended. No line moves, so that
// what was found in the one form can be looked for in the other. ok is false for a program that there is no fix of.
func Fix(t testing.TB, name, text string) (fixed string, ok bool) {
	t.Helper()
	edits, ok := fixes()[name]
	for _, e := range edits {
		if !strings.Contains(text, e.old) || strings.Count(e.old, "\n") != strings.Count(e.new, "\n") {
			t.Fatalf("%s: the fix does not fit any more: %q", name, e.old)
		}
		text = strings.ReplaceAll(text, e.old, e.new)
	}
	return text, ok
}

// fixes are mostly those of the projects that the bugs come from. The programs that are missing are the four in which the
// static analysis finds nothing, and three whose fix is no small change.
func fixes() map[string][]edit {
	return map[string][]edit{
		// Senders that nobody receives from any more.
		"cockroach1462":  {{"default:\n\t\t\t\tlt.Events <- interceptMessage_cockroach1462(0)", "\n\t\t\tcase lt.Events <- interceptMessage_cockroach1462(0):"}},
		"cockroach18101": {{"readyForImportCh <- (false || i != 0)", "select { case readyForImportCh <- (false || i != 0): case <-ctx.Done(): return }"}},
		"cockroach24808": {{"c.ch <- struct{}{}\n\tstopper", "select { case c.ch <- struct{}{}: default: }\n\tstopper"}},
		"cockroach35073": {{"\t\twg.Done()", "\t\tm.ConsumerClosed(); wg.Done()"}},
		"cockroach35931": {{"left.initWithBufSizeAndNumSenders(1)", "left.initWithBufSizeAndNumSenders(2)"}},
		"etcd6857":       {{"n.status <- c\n", "select { case n.status <- c: case <-n.done: return Status_etcd6857{} }\n"}},
		"grpc660":        {{"make(chan bool)\n\t\tgo", "make(chan bool, 1)\n\t\tgo"}},
		"istio17860":     {{"make(chan exitStatus_istio17860)", "make(chan exitStatus_istio17860, 2)"}},
		"kubernetes25331": {
			{"wc.cancel() // Removed", "// Removed"},
			{"wc.resultChan <- errResult", "select { case wc.resultChan <- errResult: case <-wc.ctx.Done(): }"},
		},
		"kubernetes38669": {{"make(chan Event_kubernetes38669, chanSize)", "make(chan Event_kubernetes38669, chanSize+len(initEvents))"}},
		"kubernetes5316":  {{"make(chan bool)", "make(chan bool, 1)"}, {"make(chan error)", "make(chan error, 1)"}},
		"moby33781":       {{"results := make(chan bool)", "results := make(chan bool, 1)"}},

		// Receivers that nobody sends to, and selects.
		"cockroach10790": {
			{"case ch <- true:", "case ch <- true: close(ch)"},
			{"case <-ctx.Done():\n\t\t\treturn", "case <-ctx.Done():\n\t\t\tclose(ch)"},
		},
		"cockroach13197": {{"db.begin(context.Background())", "db.begin(context.Background()).Rollback()"}},
		"cockroach13755": {{"rs.initContextClose(context.Background())", "rs.initContextClose(context.Background()); rs.close(nil)"}},
		"cockroach2448": {
			{"case m.Events <- event:", "case cb := <-m.callbackChan: cb(); case m.Events <- event:"},
			{"go st.start()", "defer close(st.stopper.Done); defer time.Sleep(time.Millisecond); go st.start()"},
		},
		"cockroach25456": {{"tc.StartWithStoreConfig(stopper)", "tc.StartWithStoreConfig(stopper); go close(stopper.quiescer)"}},
		"grpc1275": {
			{"// It is the client.CloseSream", "close(s.trReader.(*recvBufferReader_grpc1275).recv.c) // It is the client.CloseSream"},
			{"case <-r.recv.get():", "case _, ok := <-r.recv.get(): if !ok { return 0, io.EOF }"},
		},
		"grpc1424":        {{"lbWatcher(doneChan chan bool) {", "lbWatcher(doneChan chan bool) { defer close(doneChan)"}},
		"grpc862":         {{"cc.cancel = context.WithCancel(context.Background())", "cc.cancel = context.WithCancel(ctx)"}},
		"kubernetes70277": {{"c := wait(done)", "stop := make(chan struct{}); defer close(stop); c := wait(stop)"}},
		"moby21233":       {{"\t\t\t\treturn\n\t\t\t}\n\t\t\t_ = p", "\t\t\t\tcontinue\n\t\t\t}\n\t\t\t_ = p"}},
		"syncthing5795":   {{"m.ccFn = c.Close", "m.ccFn = func() { go c.Close() }"}},

		// Groups and conditions that nobody reports to.
		"cockroach1055": {
			{"\t\t\t\t\ts.StartTask()", "\t\t\t\t\tif s.StartTask() { s.drain.Done() }"},
			{"s.mu.Lock() // L1\n\tdefer s.mu.Unlock()", "s.mu.Lock() // L1\n"},
			{"close(s.stopper)", "close(s.stopper); s.mu.Unlock()"},
		},
		"moby25384": {{"group.Wait() // Block here\n\t}", "\n\t}; group.Wait()"}},
		"moby30408": {{"return p.Manifest != nil", "return p.activateErr != nil || p.Manifest != nil"}},

		// Locks that are taken twice, or not given back.
		"cockroach16167": {{"defer e.systemConfigCond.L.Unlock()", "e.systemConfigCond.L.Unlock()"}},
		"cockroach584":   {{"// Missing g.mu.Unlock", "g.mu.Unlock()"}},
		"cockroach9935":  {{"l.exit(err)\n", "l.mu.Unlock(); l.exit(err); return\n"}},
		"etcd10492":      {{"le.cp(context.Background())", "le.mu.Unlock(); unlock = func() {}; le.cp(context.Background())"}},
		"etcd5509":       {{"return ErrConnClosed_etcd5509 // Missing", "r.client.mu.RUnlock(); return ErrConnClosed_etcd5509 // Missing"}},
		"etcd6708":       {{"defer c.Unlock()", "c.Unlock()"}},
		"grpc3017":       {{"return // Missing unlock", "ccc.mu.Unlock(); return"}},
		"grpc795":        {{"s.mu.Lock()\n\t\treturn", "s.mu.Unlock()\n\t\treturn"}},
		"moby17176":      {{"/// Missing devices.Unlock()", "devices.Unlock()"}, {"make(chan bool)", "make(chan bool, 1)"}},
		"moby36114":      {{"defer svm.Unlock()\n\tsvm.hot", "svm.Unlock()\n\tsvm.hot"}},
		"moby7559": {
			{"if err != nil {", "if proxy.connTrackLock.Unlock(); err != nil {"},
			{"}\n\tproxy.connTrackLock.Unlock()", "}\n"},
		},
		"serving2137": {
			{"\treq.lock.Unlock()\n", "\n"},
			{"for _, lc := range requests {", "for _, lc := range requests { lc.lock.Unlock() }; for _, lc := range requests {"},
		},
		"syncthing4829": {
			{"if len(removed) > 0 {", "if m.mut.Unlock(); len(removed) > 0 {"},
			{"}\n\tm.mut.Unlock() // L2", "}\n"},
		},

		// Locks in two orders, and readers behind writers.
		"cockroach10214": {
			{"defer s.coalescedMu.Unlock() // L2 release", "responses := s.coalescedMu.heartbeatResponses; s.coalescedMu.Unlock()"},
			{"i < len(s.coalescedMu.heartbeatResponses)", "i < len(responses)"},
		},
		"cockroach3710": {
			{"runtime.Gosched()\n\tfor _, r := range s.replicas", "runtime.Gosched(); rs := s.replicas; s.mu.RUnlock()\n\tfor _, r := range rs"},
			{"\t}\n\ts.mu.RUnlock()", "\t}\n"},
		},
		"cockroach6181": {{"rdc.String()", "rdc.stringLocked()"}},
		"cockroach7504": {{"defer c.mu.Unlock() // L2\n\tlease, ok := c.tables[id]", "\n\tlease, ok := c.tables[id]; c.mu.Unlock()"}},
		"kubernetes13135": {
			{"w.Lock()\n\tdefer w.Unlock()\n\tif w.onEvent != nil", "w.Lock(); f := w.onEvent\n\tw.Unlock()\n\tif f != nil"},
			{"w.onEvent()\n", "f()\n"},
		},
		"kubernetes30872": {{"defer f.lock.Unlock()\n\tprocess()", "f.lock.Unlock()\n\tprocess()"}},
		"kubernetes62464": {{"s.RLock()\n\tdefer s.RUnlock()\n\tif ok", "\n\n\tif ok"}},
		"moby4951": {
			{"defer devices.Unlock()\n\n\tinfo := devices.lookupDevice(hash)", "\n\n\tinfo := devices.lookupDevice(hash); devices.Unlock()"},
			{"defer info.lock.Unlock()", "defer info.lock.Unlock(); devices.Lock(); defer devices.Unlock()"},
		},

		// Locks held where a goroutine waits for one that needs them.
		"etcd6873": {{"defer wbs.mu.Unlock()\n\tclose(wbs.updatec)", "\n\tclose(wbs.updatec); wbs.mu.Unlock()"}},
		"etcd7492": {{"t.simpleTokenKeeper.addSimpleToken()\n\tt.simpleTokensMu.Unlock()", "t.simpleTokensMu.Unlock()\n\tt.simpleTokenKeeper.addSimpleToken()"}},
		"grpc1460": {
			{"make(chan struct{})", "make(chan struct{}, 1)"},
			{"<-t.awakenKeepalive\n\t\truntime.Gosched()\n\t\tt.mu.Unlock()", "t.mu.Unlock()\n\t\truntime.Gosched()\n\t\t<-t.awakenKeepalive"},
		},
		"istio16224": {
			{"done := make(chan bool)", "done := make(chan bool, 1)"},
			{"if _, ok := <-m.eventCh; ok {", "{"},
		},
		"kubernetes10182": {{"defer s.podStatusesLock.Unlock()\n\ts.podStatusChannel <- true", "s.podStatusesLock.Unlock()\n\ts.podStatusChannel <- true"}},
		"kubernetes1321": {
			{"result chan struct{}", "result, stopped chan struct{}"},
			{"result: make(chan struct{}),", "result: make(chan struct{}), stopped: make(chan struct{}),"},
			{"m.watchers[mw.id] = mw", "m.lock.Lock(); m.watchers[mw.id] = mw; m.lock.Unlock()"},
			{"mw.m.stopWatching(mw.id)", "close(mw.stopped); mw.m.stopWatching(mw.id)"},
			{"w.result <- struct{}{}", "select { case w.result <- struct{}{}: case <-w.stopped: }"},
		},
		"kubernetes26980": {{"select {\n\t\tcase <-stopCh:\n\t\t\treturn\n\t\t}\n", "p.lock.Unlock(); select {\n\t\tcase <-stopCh: p.lock.Lock()\n\t\t\treturn\n\t\t}\n"}},
		"kubernetes6632":  {{"case <-i.conn.closeChan:", "case <-i.conn.closeChan: go func() { for range resetChan {} }()"}},
		"moby28462":       {{"s.stop <- struct{}{}", "close(s.stop)"}},
	}
}
