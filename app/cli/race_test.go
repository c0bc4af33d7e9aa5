//go:build race

package main

// raceDetector tells that the test binary, which is also the program under test, was built with -race.
const raceDetector = true
