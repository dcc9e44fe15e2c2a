// Package lockorder has locks that are taken in both orders.
package lockorder

import "sync"

type store struct {
	items sync.Mutex
	log   sync.Mutex
	gate  sync.Mutex
	n     int
}

func (s *store) add() {
	s.items.Lock()
	defer s.items.Unlock()
	s.note() // want `CL1007: s\.log is taken here while s\.items is held, and at line \d+ the other way round`
}

func (s *store) note() {
	s.log.Lock()
	defer s.log.Unlock()
	s.n++
}

func (s *store) report() int {
	s.log.Lock()
	defer s.log.Unlock()
	s.items.Lock()
	defer s.items.Unlock()
	return s.n
}

var routes, hosts sync.Mutex

func addRoute() {
	routes.Lock()
	hosts.Lock() // want `CL1007: hosts is taken here while routes is held`
	hosts.Unlock()
	routes.Unlock()
}

func addHost() {
	hosts.Lock()
	routes.Lock()
	routes.Unlock()
	hosts.Unlock()
}

type pool struct {
	mu      sync.Mutex
	workers []*worker
	busy    int
}

type worker struct {
	mu   sync.Mutex
	jobs int
}

func (p *pool) rebalance() {
	for _, w := range p.workers {
		w.mu.Lock()
		p.mu.Lock() // want `CL1007: p\.mu is taken here while w\.mu is held, and at line \d+ the other way round`
		p.busy -= w.jobs
		p.mu.Unlock()
		w.mu.Unlock()
	}
}

func (p *pool) remove(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	p.busy -= w.jobs
}

// What follows is right.

type gated struct{ gate, a, b sync.Mutex }

func (g *gated) ab() {
	g.gate.Lock()
	defer g.gate.Unlock()
	g.a.Lock()
	g.b.Lock()
	g.b.Unlock()
	g.a.Unlock()
}

func (g *gated) ba() {
	g.gate.Lock()
	defer g.gate.Unlock()
	g.b.Lock()
	g.a.Lock()
	g.a.Unlock()
	g.b.Unlock()
}

type node struct {
	up   *node
	a, b sync.Mutex
}

func (n *node) down() {
	n.a.Lock()
	n.b.Lock()
	n.b.Unlock()
	n.a.Unlock()
}

// raise takes locks of two nodes.
func (n *node) raise(other *node) {
	n.b.Lock()
	other.a.Lock()
	other.a.Unlock()
	n.b.Unlock()
}
