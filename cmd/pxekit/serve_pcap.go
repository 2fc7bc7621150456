package main

import (
	"errors"
	"os"
)

// errRecording says that a file of --pcap is in use: a second start by mistake
// observes beside the first, and would empty its recording.
var errRecording = errors.New("another pxekit records into it")

// createCapture opens the file of --pcap, and empties it when nobody else records
// into it.
func createCapture(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return f, err
	}
	if err = lock(f); err == nil {
		err = f.Truncate(0)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
