package p

type job struct{ urgent, small bool }

// One loop counts what another one, over the same map, sends for.
func CountedInMap(jobs map[string]any) {
	done := make(chan any, len(jobs))
	n := 0
	for _, j := range jobs {
		if j != nil {
			n++
		}
	}
	for k := range jobs {
		j := jobs[k]
		if j != nil {
			go func() { done <- j }()
		}
	}
	for i := 0; i < n; i++ {
		<-done
	}
}

// The same with a list.
func CountedInList(jobs []*job) {
	done := make(chan *job)
	n := 0
	for _, j := range jobs {
		if j.urgent {
			n++
		}
	}
	for _, j := range jobs {
		if j.urgent {
			go func() { done <- j }()
		}
	}
	for i := 0; i < n; i++ {
		<-done
	}
}

// What is counted is not what is sent.
func CountedOthers(jobs []*job) {
	done := make(chan *job)
	n := 0
	for _, j := range jobs {
		if j.urgent {
			n++
		}
	}
	for _, j := range jobs {
		if j.small {
			go func() { done <- j }() // stuck
		}
	}
	for i := 0; i < n; i++ {
		<-done // stuck
	}
}

// Another map.
func CountedElsewhere(jobs, more map[string]any) {
	done := make(chan any, 8)
	n := 0
	for _, j := range jobs {
		if j != nil {
			n++
		}
	}
	for _, j := range more {
		if j != nil {
			go func() { done <- j }()
		}
	}
	for i := 0; i < n; i++ {
		<-done // stuck
	}
}
