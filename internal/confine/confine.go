// Package confine gives up what a process was started with and needs no longer:
// capabilities, and by landlock(7) the file system.
package confine
