// Mutate measures what the concurrency analyzers would find if real code had one mistake more. It takes away single
// statements of pinned modules, one at a time: a close, an Unlock, a Done, a call of a cancel function, a receive, the
// case of a select that waits for the end of a context, the capacity of a channel. It analyses the changed package and
// says how many of the changes were found at the right place.
//
// Usage, in the repository:
//
//	go run ./bench/mutate -out mutants.json
//	go run ./bench/mutate -n 60 -seed 7 -modules etcd,nats
//	go run ./bench/mutate -from mutants.json -sample 60           # show sixty of them in their source
//	go run ./bench/mutate -from mutants.json -sample 30 -missed   # of those that were not found
//	go run ./bench/mutate -from mutants.json -judged bench/golden/mutants.tsv
//
// Only packages in which nothing is found as they are are mutated. Which statements are taken away depends on the seed, the
// modules, the analysed sources and the silence of their packages, never on what is found in a mutant.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/cloudlint/cloudlint/bench/internal/modules"
)

// The modules that are mutated unless others are named: those with the most concurrency for their size.
// nats is left out because its one large package alone takes as long as all others.
const defaultModules = "podinfo,natsgo,grpc,quic,sarama,clientgo,etcd,prometheus,controllerruntime"

type options struct {
	n           int
	seed        uint64
	names, list string
	out, from   string
	sample      int
	missed      bool
	tsv, judged string
	work        string
	jobs        int
	check       int
}

func main() {
	var o options
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	flag.IntVar(&o.n, "n", 300, "how many `mutants`")
	flag.Uint64Var(&o.seed, "seed", 1, "`seed` of the choice")
	flag.StringVar(&o.names, "modules", defaultModules, "`names` of modules, separated by commas")
	flag.StringVar(&o.list, "list", "", "`file` with the modules (default: bench/modules.txt of this repository)")
	flag.StringVar(&o.out, "out", "", "`file` to write all mutants to, as JSON")
	flag.StringVar(&o.from, "from", "", "take the mutants of an earlier run from this `file`, and analyse nothing")
	flag.IntVar(&o.sample, "sample", 0, "show this many mutants in their source, chosen by the seed")
	flag.BoolVar(&o.missed, "missed", false, "with -sample: only mutants that were not found")
	flag.StringVar(&o.tsv, "tsv", "", "`file` to write the mutants to, or those of the sample, one a line")
	flag.StringVar(&o.judged, "judged", "", "`file` with what readers said of some mutants: count those that can block")
	flag.StringVar(&o.work, "work", filepath.Join(cache, "cloudlint-bench"), "`folder` for modules")
	flag.IntVar(&o.jobs, "j", 2, "packages and mutants to analyse at a `time`")
	flag.IntVar(&o.check, "check", 0, "compare the findings of this many `mutants` with those of the command")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err = run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, o options) error {
	root, err := repository(ctx)
	if err != nil {
		return err
	}
	if o.list == "" {
		o.list = filepath.Join(root, "bench", "modules.txt")
	}
	all, err := modules.Read(o.list)
	if err != nil {
		return err
	}
	chosen, err := modules.Select(all, strings.Split(o.names, ","))
	if err != nil {
		return err
	}
	if o.work, err = filepath.Abs(o.work); err != nil {
		return err
	}
	dirs := make(map[string]string)
	for _, m := range chosen {
		if dirs[m.Name], err = m.Prepare(ctx, o.work); err != nil {
			return err
		}
	}
	var mutants []Mutant
	if o.from != "" {
		data, err := os.ReadFile(o.from)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, &mutants); err != nil {
			return fmt.Errorf("%s: %w", o.from, err)
		}
	} else if mutants, err = mutateAll(ctx, o, root, chosen, dirs); err != nil {
		return err
	}
	table(os.Stdout, mutants)
	if o.judged != "" {
		if err := judgedTable(os.Stdout, o.judged, mutants); err != nil {
			return err
		}
	}
	list := mutants
	if o.sample > 0 {
		list = sample(mutants, o)
		if err := printSample(os.Stdout, list, dirs); err != nil {
			return err
		}
	}
	if o.tsv != "" {
		return os.WriteFile(o.tsv, tsv(list), 0o644)
	}
	return nil
}

// mutateAll mutates one module after the other; each has its share of what is still missing.
func mutateAll(ctx context.Context, o options, root string, chosen []modules.Module, dirs map[string]string) ([]Mutant, error) {
	var all []Mutant
	for i, m := range chosen {
		left := len(chosen) - i
		share := (o.n - len(all) + left - 1) / left
		w, err := load(ctx, m.Name, dirs[m.Name], o.jobs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		order := w.order(newRand(o.seed, m.Name))
		mutants, err := w.mutate(ctx, order, share, o.jobs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		if o.check > 0 {
			if err := w.compare(ctx, root, mutants, o.check); err != nil {
				return nil, fmt.Errorf("%s: %w", m.Name, err)
			}
		}
		found := 0
		for _, x := range mutants {
			if x.Found {
				found++
			}
		}
		findings, noisy := w.baseline()
		fmt.Fprintf(os.Stderr, "%-20s %3d mutants of %4d places in %3d silent packages, %3d found; %d packages with %d findings as they are are left out\n",
			m.Name, len(mutants), len(order), len(w.packages)-noisy, found, noisy, findings)
		all = append(all, mutants...)
		sortMutants(all)
		if o.out != "" { // what is there when the run is stopped
			if err := write(o.out, all); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// repository returns the folder of this repository.
func repository(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}} {{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("run this in the repository of cloudlint: %w", err)
	}
	path, root, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if path != "github.com/cloudlint/cloudlint" {
		return "", errors.New("run this in the repository of cloudlint, not in " + path)
	}
	return root, nil
}

// hash turns a name into a part of a seed.
func hash(name string) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// newRand returns the chance for a purpose.
func newRand(seed uint64, purpose string) *rand.Rand {
	return rand.New(rand.NewPCG(seed, hash(purpose)))
}
