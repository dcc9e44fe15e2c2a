package goroutineleak

// stopped looks for methods that end the work of an object and wait for ever, or leave somebody waiting.
func (w *world) stopped() {
	for _, class := range w.classes.All() {
		if class.Closed() {
			w.oneSided(class)
			w.refusedStarts(class)
		}
	}
	if w.prog != nil {
		w.clients(w.prog)
	}
}
