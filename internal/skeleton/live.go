package skeleton

// findLive finds for each block the registers whose values are needed there.
func (f *Func) findLive() {
	n := len(f.Blocks)
	live := make([][]bool, n)
	for i := range live {
		live[i] = make([]bool, f.Regs)
	}
	preds := make([][]int, n)
	for i := range f.Blocks {
		for _, succ := range f.Blocks[i].Succs {
			preds[succ] = append(preds[succ], i)
		}
	}
	for i := range f.Blocks {
		f.Blocks[i].Join = len(preds[i]) > 1
	}
	todo := make([]int, n)
	queued := make([]bool, n)
	for i := range todo {
		todo[i], queued[i] = i, true
	}
	now := make([]bool, f.Regs)
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		queued[i] = false
		b := &f.Blocks[i]
		clear(now)
		for _, succ := range b.Succs {
			for r, l := range live[succ] {
				now[r] = now[r] || l
			}
			for _, phi := range f.Blocks[succ].Phis {
				for _, e := range phi.Edges {
					if e.Pred == i && e.Value >= 0 && e.Value != NoArg {
						now[e.Value] = true
					}
				}
			}
		}
		for j := len(b.Instrs) - 1; j >= 0; j-- {
			in := &b.Instrs[j]
			if in.Dst >= 0 && in.Dst != NoArg {
				now[in.Dst] = false
			}
			in.Uses(func(a Arg) {
				if a >= 0 && a != NoArg {
					now[a] = true
				}
			})
		}
		for _, phi := range b.Phis {
			now[phi.Dst] = false
		}
		changed := false
		for r, l := range now {
			if l && !live[i][r] {
				live[i][r] = true
				changed = true
			}
		}
		if changed {
			for _, p := range preds[i] {
				if !queued[p] {
					queued[p] = true
					todo = append(todo, p)
				}
			}
		}
	}
	for i := range f.Blocks {
		f.Blocks[i].Live = live[i]
	}
}

// Uses calls yield for each Arg that an instruction reads.
func (in *Instr) Uses(yield func(Arg)) {
	for _, a := range in.Args {
		yield(a)
	}
	if in.Call != nil {
		yield(in.Call.Value)
		for _, a := range in.Call.Args {
			yield(a)
		}
	}
	if in.Select != nil {
		for _, c := range in.Select.Cases {
			yield(c.Chan)
			yield(c.Value)
		}
	}
}
