package driver

import (
	"runtime"
	"slices"
	"strings"
)

// A job is what one go vet, or one in-process run, analyses: packages of one batch that have the same settings.
type job struct {
	batch  *batch
	flags  []string // of the vettool
	inside []string
	want   map[string]bool // import paths
	all    bool            // these are all packages that the batch's patterns match

	inProcess bool // go vet refused it, or would: the source driver took over
}

func (j *job) wants(s *state) bool { return s.batch == j.batch && j.want[s.ImportPath] }

// makeJobs asks for the settings of each module and makes the jobs. Modules with the same settings share one: their
// common dependencies are then looked at once.
func (f *front) makeJobs() error {
	settings := make(map[Module]Settings)
	for _, b := range f.batches {
		var jobs []*job
		var inside insideList
		for _, p := range b.packages {
			if s := f.col.named[p.ImportPath]; s == nil || s.batch != b {
				continue
			}
			m := b.module(p, f.env)
			set, known := settings[m]
			if !known {
				var err error
				if set, err = f.settings(m); err != nil {
					return err
				}
				settings[m] = set
			}
			inside.add(b, m, p, set)
			i := slices.IndexFunc(jobs, func(j *job) bool { return slices.Equal(j.flags, set.Flags) })
			if i < 0 {
				i = len(jobs)
				jobs = append(jobs, &job{batch: b, flags: set.Flags, want: make(map[string]bool)})
			}
			jobs[i].want[p.ImportPath] = true
		}
		for _, j := range jobs {
			j.inside, j.all = inside.patterns(), len(jobs) == 1
		}
		f.jobs = append(f.jobs, jobs...)
	}
	return nil
}

func (f *front) settings(m Module) (Settings, error) {
	if err := checkVersion(m, runtime.Version(), f.env.GOVERSION); err != nil {
		return Settings{}, err
	}
	if f.req.Configure == nil {
		return Settings{}, nil
	}
	return f.req.Configure(m)
}

// An insideList collects import path patterns of what is inside: the modules of the named packages, with them the
// other modules of a workspace, and what the configuration says. It is part of the cache's keys, so it must not depend
// on which packages of a module are named.
type insideList struct {
	modules []string
	std     []string // named packages of the standard library
}

func (l *insideList) add(b *batch, m Module, p *listed, set Settings) {
	l.modules = append(l.modules, set.Inside...)
	if m.Path == "" {
		l.std = append(l.std, p.ImportPath)
		return
	}
	l.modules = append(l.modules, m.Path+"/...")
	if m.Main {
		for _, other := range b.modules {
			l.modules = append(l.modules, other.Path+"/...")
		}
	}
}

// maxStd is how many packages of the standard library are listed one by one: the list is on the command line of each
// unit.
const maxStd = 20

// patterns returns the list in canonical form.
func (l *insideList) patterns() []string {
	std := l.std
	if len(std) > maxStd {
		std = slices.Clone(std)
		for i, path := range std {
			first, _, _ := strings.Cut(path, "/")
			std[i] = first + "/..."
		}
	}
	all := slices.Concat(l.modules, std)
	slices.Sort(all)
	return slices.Compact(all)
}
