package serve

import "container/list"

// lru is a map with a bound: what was not used for longest makes room.
type lru[K comparable, V any] struct {
	max   int
	items map[K]*list.Element
	order list.List // of *pair[K, V], the latest first
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

func newLRU[K comparable, V any](max int) *lru[K, V] {
	return &lru[K, V]{max: max, items: map[K]*list.Element{}}
}

// get returns the value of a key, the zero value without one.
func (l *lru[K, V]) get(key K) (V, bool) {
	e, ok := l.items[key]
	if !ok {
		var zero V
		return zero, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*pair[K, V]).value, true
}

// put sets the value of a key.
func (l *lru[K, V]) put(key K, value V) {
	if e, ok := l.items[key]; ok {
		e.Value.(*pair[K, V]).value = value
		l.order.MoveToFront(e)
		return
	}
	if len(l.items) >= l.max {
		l.remove(l.order.Back().Value.(*pair[K, V]).key)
	}
	l.items[key] = l.order.PushFront(&pair[K, V]{key, value})
}

// remove forgets a key, if it is known.
func (l *lru[K, V]) remove(key K) {
	if e, ok := l.items[key]; ok {
		delete(l.items, key)
		l.order.Remove(e)
	}
}

// each calls f for all values.
func (l *lru[K, V]) each(f func(V)) {
	for e := l.order.Front(); e != nil; e = e.Next() {
		f(e.Value.(*pair[K, V]).value)
	}
}
