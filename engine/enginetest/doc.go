// Package enginetest holds fakes of the engine's ports, a store in memory and synthetic data; the conformance suites that
// every store runs are in enginetest/storetest. It is imported by tests only: nothing of it may end up
// in a program. Faces here are numbers from a seeded generator, never of a person.
package enginetest
