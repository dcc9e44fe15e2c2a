package driver

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// places notes where each package lies that a position names. One that go does not know here, although a record names
// it, is left out.
func (f *front) places(ctx context.Context, out *Outcome) {
	out.Packages = make(map[string]Package)
	for _, s := range f.col.named {
		out.Packages[s.ImportPath] = Package{
			ImportPath: s.ImportPath, Dir: s.Dir, Module: s.batch.module(s.listed, f.env), Named: true, Ignored: s.IgnoredGoFiles,
		}
	}
	unknown := make(map[string]bool)
	for _, rec := range out.Records {
		for pos := range positions(rec) {
			if _, ok := out.Packages[pos.Package]; ok || pos.Package == "" {
				continue
			}
			if path, ok := strings.CutSuffix(pos.Package, "_test"); ok {
				if p, ok := out.Packages[path]; ok {
					out.Packages[pos.Package] = p
					continue
				}
			}
			unknown[pos.Package] = true
		}
	}
	if len(unknown) == 0 {
		return
	}
	extra, err := f.listFlags()
	if err != nil {
		f.req.Log.Debug(err)
		return
	}
	for _, b := range f.batches {
		args := append([]string{"list", "-e", "-find", "-json=ImportPath,Dir,Module,Standard,Error"}, extra...)
		args = append(append(args, "--"), slices.Sorted(maps.Keys(unknown))...)
		stdout, _, err := b.tool.output(ctx, args...)
		if err == nil {
			err = decodeList(stdout, func(p *listed) {
				if p.Dir != "" && unknown[p.ImportPath] {
					out.Packages[p.ImportPath] = Package{ImportPath: p.ImportPath, Dir: p.Dir, Module: b.module(p, f.env)}
					delete(unknown, p.ImportPath)
				}
			})
		}
		if err != nil {
			f.req.Log.Debug(err)
		}
		if len(unknown) == 0 {
			return
		}
	}
}

// positions yields all positions in the record.
func positions(rec wire.Record) func(yield func(wire.Pos) bool) {
	return func(yield func(wire.Pos) bool) {
		for _, d := range rec.Directives {
			if !yield(d.Pos) {
				return
			}
		}
		for _, fd := range rec.Findings {
			all := []wire.Pos{fd.Pos}
			for _, r := range fd.Related {
				all = append(all, r.Pos)
			}
			for _, s := range fd.Steps {
				all = append(all, s.Pos)
			}
			if fd.Origin != nil {
				all = append(all, *fd.Origin)
			}
			if fd.SuppressedBy != nil {
				all = append(all, *fd.SuppressedBy)
			}
			for _, p := range all {
				if !yield(p) {
					return
				}
			}
		}
	}
}
