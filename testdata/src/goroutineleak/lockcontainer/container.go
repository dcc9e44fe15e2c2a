// Package lockcontainer keeps locks in a map of anything.
package lockcontainer

import "sync"

// A keyed is a lock for each key.
type keyed struct{ locks sync.Map }

// The lock is given back by unlock, which finds it in the map.
func (k *keyed) lock(key string) {
	own := new(sync.Mutex)
	any, _ := k.locks.LoadOrStore(key, own)
	mu := any.(*sync.Mutex)
	mu.Lock()
	if mu != own {
		mu.Unlock()
		k.lock(key)
		return
	}
}

func (k *keyed) unlock(key string) {
	any, _ := k.locks.Load(key)
	k.locks.Delete(key)
	any.(*sync.Mutex).Unlock()
}

var plain sync.Mutex

func returns(early bool) {
	plain.Lock()
	if early {
		return // want `CL1010: returns with plain held`
	}
	plain.Unlock()
}
