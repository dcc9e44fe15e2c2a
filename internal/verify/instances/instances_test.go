package instances_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/instances"
)

// leak is what a service with Go 1.27 has answered.
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "profiles", "testdata", "go1.27", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func options(t *testing.T) instances.Options {
	return instances.Options{
		Path:    func(name string) string { return name },
		Stdin:   strings.NewReader(""),
		Timeout: time.Minute,
		MaxSize: 8 << 20,
		Warn:    func(format string, args ...any) { t.Logf(format, args...) },
	}
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// old is a service with Go 1.26: it has no leak profile.
func old(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/debug/pprof/goroutine" {
		http.NotFound(w, r)
		return
	}
	pprof.Handler("goroutine").ServeHTTP(w, r)
}

// new127 answers as a service with Go 1.27 has.
func new127(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		suffix := map[string]string{"0": ".pb.gz", "1": ".debug1.txt", "2": ".debug2.txt"}[r.FormValue("debug")]
		w.Write(recorded(t, filepath.Base(r.URL.Path)+suffix))
	}
}

// count finds the leaks of a result as long as one goroutine suffices.
func count(r instances.Result) map[string]int {
	counts := make(map[string]int)
	if r.Instance == nil {
		return nil
	}
	for _, l := range verify.Services([]*verify.Instance{r.Instance}, nil, verify.Limits{Count: 1, Growth: 1}) {
		counts[fmt.Sprintf("%s %s:%d", l.Class, filepath.Base(l.At.File), l.At.Line)] += l.Count
	}
	return counts
}

// A service is asked for both profiles, wherever they are served, and what the leak profile proves is not told twice.
func TestServices(t *testing.T) {
	address := serve(t, new127(t))
	want := map[string]int{"proven cart.go:14": 3, "blocked lib.go:8": 2, "blocked main.go:54": 3}
	for _, suffix := range []string{"", "/", "/debug/pprof", "/debug/pprof/", "/behind/a/proxy/debug/pprof/?token=secret"} {
		for _, stacks := range []bool{false, true} {
			o := options(t)
			o.Stacks = stacks
			r := o.Read(t.Context(), []string{address + suffix})[0]
			if got := count(r); fmt.Sprint(got) != fmt.Sprint(want) || len(r.Problems) > 0 || r.Goroutines < 10 {
				t.Errorf("%s, stacks %t: %v, %v", suffix, stacks, got, r.Problems)
			}
		}
	}
	r := options(t).Read(t.Context(), []string{address + "/debug/pprof/goroutineleak?debug=1"})[0]
	if got := count(r); fmt.Sprint(got) != "map[proven cart.go:14:3]" || len(r.Problems) > 0 {
		t.Errorf("%v, %v", got, r.Problems)
	}
	r = options(t).Read(t.Context(), []string{serve(t, old)})[0]
	if r.Instance == nil || r.Goroutines < 2 || len(r.Problems) > 0 {
		t.Errorf("without a leak profile: %+v", r)
	}
}

// A service with very many goroutines is not stopped for their stacks.
func TestNoStacksOfManyGoroutines(t *testing.T) {
	asked := 0
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("debug") == "2" {
			asked++
		}
		fmt.Fprintf(w, "goroutine profile: total 20000\n20000 @ 0x1\n#\t0x1\tcorp.example/a.F+0x1\t/a.go:3\n\n")
	})
	o := options(t)
	o.Stacks = true
	warned := ""
	o.Warn = func(format string, args ...any) { warned = fmt.Sprintf(format, args...) }
	r := o.Read(t.Context(), []string{address})[0]
	if asked > 0 || !strings.Contains(warned, "20000 goroutines") || r.Goroutines != 20000 {
		t.Errorf("asked %d times, warning %q, %+v", asked, warned, r)
	}
}

// What services do that are broken, or none, is said, and holds nobody up; what they are given is not.
func TestBrokenServices(t *testing.T) {
	page := "<html><body>welcome</body></html>"
	elsewhere := strings.Replace(serve(t, old), "127.0.0.1", "localhost", 1)
	redirects := 0
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"hangs": {func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no whole answer within 300ms (--timeout)"},
		"hangs in the middle": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "goroutine profile: total 2\n")
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "no whole answer within 300ms (--timeout)"},
		"404":       {http.NotFound, "404 Not Found: there is no such profile"},
		"401":       {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, ": it wants a login"},
		"500":       {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "the answer is 500 Internal Server Error"},
		"page":      {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, page) }, "it is a web page, not a goroutine profile"},
		"empty":     {func(w http.ResponseWriter, r *http.Request) {}, "it is empty"},
		"garbage":   {func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte{0, 0xff, 7}, 1000)) }, "it is no profile, or a damaged one"},
		"heap":      {pprof.Handler("heap").ServeHTTP, "it is a heap profile"},
		"elsewhere": {http.RedirectHandler(elsewhere, http.StatusFound).ServeHTTP, "it redirects to another host, localhost"},
		"in circles": {func(w http.ResponseWriter, r *http.Request) {
			redirects++
			http.Redirect(w, r, fmt.Sprint("/", redirects), http.StatusFound)
		}, "it redirects more than 5 times"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for _, err := io.WriteString(w, "goroutine 1 [running]:\n"); err == nil; {
				_, err = io.WriteString(w, strings.Repeat("x", 100)+"\n")
			}
		}, "it is larger than 8 MB"},
		"ends": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, "goroutine profile: total 2\n")
		}, "the service ended the connection in the middle"},
		"bomb": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 {
				z.Write(bytes.Repeat([]byte("no goroutine\n"), 1<<16))
			}
			z.Close()
		}, "it is larger than 8 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			address := strings.Replace(serve(t, test.handler), "http://", "http://user:secret@", 1) + "/?token=secret"
			o := options(t)
			if strings.HasPrefix(name, "hangs") {
				o.Timeout = 300 * time.Millisecond
			}
			r := o.Read(t.Context(), []string{address})[0]
			problems := strings.Join(r.Problems, "\n")
			if r.Instance != nil && r.Goroutines == 0 || !strings.Contains(problems, test.want) {
				t.Errorf("%+v, want %q", r, test.want)
			}
			if strings.Contains(problems, "secret") || !strings.HasPrefix(problems, "http://127.0.0.1:") {
				t.Errorf("problem %q", problems)
			}
		})
	}
}

// The user and the query reach the service, and a redirect on the same host is followed.
func TestLoginAndRedirect(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case user != "user" || password != "secret":
			w.WriteHeader(http.StatusUnauthorized)
		case strings.HasPrefix(r.URL.Path, "/debug/"):
			http.Redirect(w, r, "/moved"+r.URL.Path+"?"+r.URL.RawQuery, http.StatusFound)
		case r.FormValue("token") != "t":
			w.WriteHeader(http.StatusForbidden)
		default:
			r.URL.Path = strings.TrimPrefix(r.URL.Path, "/moved")
			old(w, r)
		}
	})
	r := options(t).Read(t.Context(), []string{strings.Replace(address, "://", "://user:secret@", 1) + "?token=t"})[0]
	if r.Instance == nil || len(r.Problems) > 0 || r.Instance.Name != address {
		t.Errorf("%+v", r)
	}
}

// A leak profile that fails is told of; what the goroutine profile says is kept.
func TestBrokenLeakProfile(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "goroutineleak") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		old(w, r)
	})
	r := options(t).Read(t.Context(), []string{address})[0]
	if r.Instance == nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "no leak profile: the answer is 500") {
		t.Errorf("%+v", r)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	leaks := write("leaks.pb.gz", recorded(t, "goroutineleak.pb.gz"))
	cut := write("cut.txt", recorded(t, "goroutine.debug1.txt")[:1200])
	o := options(t)
	o.Stdin = bytes.NewReader(recorded(t, "goroutineleak.debug1.txt"))
	got := o.Read(t.Context(), []string{leaks, "-", cut, dir, filepath.Join(dir, "none"), "localhost:6060", "http://%zz"})
	if fmt.Sprint(count(got[0]), count(got[1])) != "map[proven cart.go:14:3] map[proven cart.go:14:3]" || got[1].Instance.Name != "standard input" {
		t.Errorf("%+v %+v", got[0], got[1])
	}
	for i, want := range map[int]string{
		2: "cut.txt: only a part of the profile was read, ",
		3: ": it is a folder",
		4: "none: there is no such file",
		5: "for a service write http://localhost:6060",
		6: "http: the address is malformed",
	} {
		if len(got[i].Problems) != 1 || !strings.Contains(got[i].Problems[0], want) {
			t.Errorf("%+v, want %q", got[i], want)
		}
	}
	if got[2].Instance == nil || got[2].Goroutines == 0 {
		t.Errorf("a part: %+v", got[2])
	}
}

// Whoever gives up has not to wait.
func TestCancelled(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	options(t).Read(ctx, []string{address, address + "/x", address + "/y"})
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("it took %v", d)
	}
}
