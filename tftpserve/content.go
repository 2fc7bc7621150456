package tftpserve

import "sync"

// content is what a transfer sends: octets, in blocks counted from 1.
type content interface {
	size() int64
	// read returns the data of blocks first to last; valid until the next call.
	read(first, last uint64) ([]byte, error)
	close()
}

// Hot files are read once for many clients: a boot storm asks for the same few.
const (
	cacheFile = 16 << 20 // largest file that is kept
	cacheAll  = 64 << 20 // most that is kept in all
)

// cache keeps the content of files while transfers use them, and after that as
// long as there is room.
type cache struct {
	mu      sync.Mutex
	entries map[string]*entry
	total   int64
}

type entry struct {
	once sync.Once
	data []byte
	err  error
	used int // transfers that read it
}

// open picks the way to read a file.
func (c *cache) open(f File, t Terms) content {
	if t.NetASCII {
		return newNetASCII(f, t)
	}
	if f.Key() == "" || f.Size() > cacheFile {
		return &onDisk{file: f, block: t.BlockSize}
	}
	e := c.take(f.Key(), f.Size())
	if e == nil {
		return &onDisk{file: f, block: t.BlockSize}
	}
	e.once.Do(func() {
		e.data = make([]byte, f.Size())
		_, e.err = readFull(f, e.data, 0)
	})
	_ = f.Close()
	return &inMemory{cache: c, entry: e, block: t.BlockSize}
}

// take returns the entry of a key, making room for it; nil when there is none.
func (c *cache) take(key string, size int64) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[key]; e != nil {
		e.used++
		return e
	}
	for k, e := range c.entries {
		if c.total+size <= cacheAll {
			break
		}
		if e.used == 0 {
			c.total -= int64(len(e.data))
			delete(c.entries, k)
		}
	}
	if c.total+size > cacheAll {
		return nil
	}
	if c.entries == nil {
		c.entries = map[string]*entry{}
	}
	e := &entry{used: 1}
	c.entries[key], c.total = e, c.total+size
	return e
}

func (c *cache) release(e *entry) {
	c.mu.Lock()
	e.used--
	c.mu.Unlock()
}

// inMemory reads from the cache.
type inMemory struct {
	cache *cache
	entry *entry
	block int
}

func (m *inMemory) size() int64 { return int64(len(m.entry.data)) }
func (m *inMemory) close()      { m.cache.release(m.entry) }

func (m *inMemory) read(first, last uint64) ([]byte, error) {
	if m.entry.err != nil {
		return nil, m.entry.err
	}
	from, to := span(first, last, m.block, m.size())
	return m.entry.data[from:to], nil
}

// onDisk reads window by window.
type onDisk struct {
	file  File
	block int
	buf   []byte
}

func (d *onDisk) size() int64 { return d.file.Size() }
func (d *onDisk) close()      { _ = d.file.Close() }

func (d *onDisk) read(first, last uint64) ([]byte, error) {
	from, to := span(first, last, d.block, d.size())
	if n := int(to - from); cap(d.buf) < n {
		d.buf = make([]byte, n)
	}
	n, err := readFull(d.file, d.buf[:to-from], from)
	return d.buf[:n], err
}

// span is the part of a file that blocks first to last cover.
func span(first, last uint64, block int, size int64) (from, to int64) {
	return min(int64(first-1)*int64(block), size), min(int64(last)*int64(block), size)
}
