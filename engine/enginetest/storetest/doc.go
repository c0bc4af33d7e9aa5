// Package storetest holds the conformance suites of engine.Store (TestStore, TestErasure), which every store runs: the one of
// package storage and the one in memory of package enginetest. It is imported by tests only.
package storetest
