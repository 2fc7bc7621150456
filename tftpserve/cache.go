package tftpserve

import "sync"

// Hot files are read once for many clients: a boot storm asks for the same few.
const (
	cacheFile = 16 << 20 // largest file that is kept
	cacheAll  = 64 << 20 // most that is kept in all
)

// cache keeps the content of files while transfers use them, and after that as
// long as nothing else needs the room.
type cache struct {
	mu      sync.Mutex
	entries map[version]*entry
	total   int64

	counting sync.Mutex // one netascii text at a time: requests for large ones cost their senders little
}

// version is a content: a key that comes with another size is of another one.
type version struct {
	key  string
	size int64
}

type entry struct {
	version
	once sync.Once
	data []byte
	err  error
	used int // transfers that read it
}

// open picks the way to read a file. gone reports that its client no longer
// counts.
func (c *cache) open(f File, t Terms, gone func() bool) content {
	switch {
	case t.NetASCII:
		c.counting.Lock()
		defer c.counting.Unlock()
		return newNetASCII(f, t, gone)
	case f.Key() == "", f.Size() > cacheFile:
		return onDisk{f}
	}
	e := c.take(version{f.Key(), f.Size()})
	if e == nil {
		return onDisk{f}
	}
	e.once.Do(func() {
		e.data = make([]byte, e.size)
		e.err = readFull(f, e.data, 0)
	})
	_ = f.Close()
	return &inMemory{cache: c, entry: e}
}

// take returns the entry of a version, making room for it; nil when there is
// none.
func (c *cache) take(v version) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[v]; e != nil {
		e.used++
		return e
	}
	for _, e := range c.entries {
		if c.total+v.size <= cacheAll {
			break
		}
		if e.used == 0 {
			c.drop(e)
		}
	}
	if c.total+v.size > cacheAll {
		return nil
	}
	if c.entries == nil {
		c.entries = map[version]*entry{}
	}
	e := &entry{version: v, used: 1}
	c.entries[v] = e
	c.total += v.size
	return e
}

func (c *cache) drop(e *entry) {
	delete(c.entries, e.version)
	c.total -= e.size
}

// release gives an entry back. One that could not be read is forgotten with its
// last reader, so that the next client tries the disk again.
func (c *cache) release(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.used--; e.used == 0 && e.err != nil {
		c.drop(e)
	}
}

// inMemory reads from the cache.
type inMemory struct {
	cache *cache
	entry *entry
}

func (m *inMemory) size() int64 { return m.entry.size }
func (m *inMemory) close()      { m.cache.release(m.entry) }

func (m *inMemory) read(offset int64, n int, _ []byte) ([]byte, error) {
	if m.entry.err != nil {
		return nil, m.entry.err
	}
	return m.entry.data[offset : offset+int64(n)], nil
}
