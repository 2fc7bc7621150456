package tftpserve

import "time"

// estimator is the smoothed round-trip time of RFC 6298 section 2.
type estimator struct{ smooth, variation time.Duration }

func (e *estimator) add(sample time.Duration) {
	if e.smooth == 0 {
		e.smooth, e.variation = sample, sample/2
		return
	}
	e.variation += ((e.smooth - sample).Abs() - e.variation) / 4
	e.smooth += (sample - e.smooth) / 8
}

// timeout is how long an answer may take.
func (e *estimator) timeout() time.Duration {
	if e.smooth == 0 {
		return firstTimeout
	}
	return min(max(e.smooth+4*e.variation, minTimeout), maxTimeout)
}
