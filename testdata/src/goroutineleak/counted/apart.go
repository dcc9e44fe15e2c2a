package counted

import (
	"runtime"
	"sort"
	"sync"
)

type pod struct{ n int }

func pick(pods []*pod, n int) []*pod {
	if n < len(pods) {
		sort.Slice(pods, func(i, j int) bool { return pods[i].n < pods[j].n })
	}
	return pods[:n]
}

// pick returns as many as it is asked for.
func deleteAll(pods []*pod, want int, del func(*pod) error) error {
	diff := len(pods) - want
	if diff <= 0 {
		return nil
	}
	victims := pick(pods, diff)
	errCh := make(chan error, diff)
	var wg sync.WaitGroup
	wg.Add(diff)
	for _, p := range victims {
		go func(p *pod) {
			defer wg.Done()
			if err := del(p); err != nil {
				errCh <- err
			}
		}(p)
	}
	wg.Wait()
	return nil
}

func chunk(xs []int, parts int) [][]int {
	out := make([][]int, parts)
	for i := range out {
		out[i] = xs[i*len(xs)/parts : (i+1)*len(xs)/parts]
	}
	return out
}

func numParts() int { return runtime.NumCPU() }

// There are as many chunks as were asked for, and the number does not change.
func sortAll(xs []int) {
	chunks := chunk(xs, numParts())
	var wg sync.WaitGroup
	wg.Add(len(chunks))
	for i := 0; i < numParts(); i++ {
		go func(i int) {
			sort.Ints(chunks[i])
			wg.Done()
		}(i)
	}
	wg.Wait()
}

// The same list is counted and gone through: what is left out is missing.
func leaveOut(pods []*pod, dry bool, del func(*pod)) {
	var wg sync.WaitGroup
	wg.Add(len(pods))
	for _, p := range pods {
		if dry {
			continue
		}
		go func() {
			defer wg.Done()
			del(p)
		}()
	}
	wg.Wait() // want `CL1004`
}
