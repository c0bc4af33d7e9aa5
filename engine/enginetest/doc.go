// Package enginetest holds fakes of the engine's ports, synthetic data and the conformance suites
// that every store runs (TestStore, TestErasure). It is imported by tests only: nothing of it may end up
// in a program. Faces here are numbers from a seeded generator, never of a person.
package enginetest
