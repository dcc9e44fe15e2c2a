package measure

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The test binary plays the processes that are measured: in the environment is what to do.
func TestMain(m *testing.M) {
	switch os.Getenv("MEASURE_TEST") {
	case "child": // work for 200 ms, as far as the machine lets it, and touch 128 MB
		memory := make([]byte, 128<<20)
		for i := 0; i < len(memory); i += 4096 {
			memory[i] = 1
		}
		for start := time.Now(); time.Since(start) < 200*time.Millisecond; {
		}
		runtime.KeepAlive(memory)
		os.Exit(0)
	case "parent": // let two children one after the other do it, and write down what they have used
		used := time.Duration(0)
		for range 2 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "MEASURE_TEST=child")
			if err := cmd.Run(); err != nil {
				os.Exit(9)
			}
			used += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		}
		if file := os.Getenv("MEASURE_USED"); file != "" {
			if err := os.WriteFile(file, []byte(used.String()), 0o666); err != nil {
				os.Exit(9)
			}
		}
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func TestGrandchildrenAreMeasured(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not on this system")
	}
	file := filepath.Join(t.TempDir(), "used")
	c := Command{Args: []string{os.Args[0]}, Env: []string{"MEASURE_TEST=parent", "MEASURE_USED=" + file}, OK: []int{0, 3}}
	s, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	used, err := time.ParseDuration(string(text))
	if err != nil {
		t.Fatal(err)
	}
	// The parent itself does next to nothing.
	if s.CPU < used || s.CPU > 2*used+time.Second || used == 0 {
		t.Errorf("CPU %v, but the two children have used %v", s.CPU, used)
	}
	if s.Wall < 400*time.Millisecond {
		t.Errorf("wall %v", s.Wall)
	}
	if mb := s.Peak >> 20; mb < 128 || mb > 220 {
		t.Errorf("peak %d MB: the largest process touches 128 MB, both together 256", mb)
	}
}

func TestFailure(t *testing.T) {
	c := Command{Args: []string{os.Args[0]}, Env: []string{"MEASURE_TEST=parent"}, OK: []int{0}}
	if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("error %v", err)
	}
}

func TestMedian(t *testing.T) {
	if got := Median([]float64{9, 1, 2}); got != 2 {
		t.Errorf("of three: %v", got)
	}
	if got := Median([]float64{9, 1, 2, 4}); got != 3 {
		t.Errorf("of four: %v", got)
	}
}
