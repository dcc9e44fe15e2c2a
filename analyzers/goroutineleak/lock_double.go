package goroutineleak

func (l *locker) doubleLocks(w *lockWalk) {}
