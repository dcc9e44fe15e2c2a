package profiles_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/verify/profiles"
)

// Whatever is read, the numbers agree, and nothing is said to be whole that has nothing.
func FuzzRead(f *testing.F) {
	f.Add([]byte("goroutine profile: total 2\n2 @ 0x1 0x2\n# labels: {\"a\":\"b\"}\n#\t0x1\tmain.f+0x1\t/a.go:3\n\n"))
	f.Add([]byte("goroutine 7 [chan send (leaked)] {k: v}:\nmain.f(0x1)\n\t/a.go:3 +0x1\n"))
	f.Add(manyStacks(2, 3))
	files, _ := filepath.Glob("testdata/go1.27/*")
	for _, name := range files {
		if data, err := os.ReadFile(name); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		p, err := profiles.Read(bytes.NewReader(data), 1<<20, func(s *profiles.Sample) {
			if s.Count <= 0 {
				t.Errorf("%d goroutines in a sample", s.Count)
			}
			if len(s.Frames) > 1<<10 {
				t.Errorf("%d calls", len(s.Frames))
			}
			n += s.Count
		})
		if err != nil {
			if n > 0 {
				t.Errorf("%d goroutines, and the error %v", n, err)
			}
			return
		}
		if p.Goroutines != n {
			t.Errorf("%d goroutines, said to be %d", n, p.Goroutines)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	const goroutines = 100_000
	var text, same, stack strings.Builder
	fmt.Fprintf(&text, "goroutine profile: total %d\n", goroutines)
	fmt.Fprintf(&same, "goroutine profile: total %d\n%d @ 0x1\n#\t0x1\texample.com/shop.(*Cart).Add.func1+0x1\t/src/shop/cart.go:12\n\n", goroutines, goroutines)
	for i := range goroutines {
		fmt.Fprintf(&text, "1 @ 0x4f3ace 0x40fdcc 0x40fd8f 0x6f1a2b 0x%x\n#\t0x%x\texample.com/shop.(*Cart).Add.func1+0x1\t/src/shop/cart.go:12\n#\t0x%x\texample.com/shop.F%d+0x1\t/src/shop/cart.go:%d\n\n", i, i, i, i%1000, i%1000)
		fmt.Fprintf(&stack, "goroutine %d [chan send, 2 minutes]:\nexample.com/shop.(*Cart).Add.func1(0xc0001b2000)\n\t/src/shop/cart.go:12 +0x1d\nexample.com/shop.F%d({0xc000, 0x12})\n\t/src/shop/cart.go:%d +0x1d\ncreated by example.com/shop.New in goroutine 3\n\t/src/shop/cart.go:9 +0x2\n\n", i+1, i%1000, i%1000)
	}
	for name, data := range map[string][]byte{
		"pprof":           manyStacks(goroutines, 1000),
		"debug=1":         []byte(text.String()),
		"debug=1/grouped": []byte(same.String()),
		"debug=2":         []byte(stack.String()),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			var peak uint64
			var before runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				n := 0
				p, err := profiles.Read(bytes.NewReader(data), 1<<30, func(s *profiles.Sample) {
					if n++; n%20_000 == 0 {
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						peak = max(peak, m.HeapAlloc)
					}
				})
				if err != nil || p.Goroutines != goroutines || p.Partial != "" {
					b.Fatalf("%+v %v", p, err)
				}
			}
			b.ReportMetric(float64(peak-min(peak, before.HeapAlloc))/(1<<20), "peak-heap-MB")
		})
	}
}
