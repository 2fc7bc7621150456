package dialect

import "strings"

// sampled is after how many pieces the size of the rest is guessed.
const sampled = 100

// Reserve makes room in a text that is written in pieces, done of total so far:
// after the first hundred, for as many more as long as those and a quarter, as
// numbers get longer and something may follow. The text of 100,000 hosts is not
// copied again and again while it grows.
func Reserve(b *strings.Builder, done, total int) {
	if done == sampled {
		b.Grow(b.Len() / sampled * (total - done) / 4 * 5)
	}
}
