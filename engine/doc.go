// Package engine is the domain of Gabarit: the words of the product as types,
// the ports that adapters implement, and the error codes that people see as
// text. It imports the standard library only.
//
// Data flows one way: source -> photo -> face -> index -> match -> case. Every
// record points backwards only. Packages below engine implement one step each
// and import engine, never a sibling; app joins them.
//
// Nothing here does I/O, starts a goroutine or keeps state between calls.
package engine
