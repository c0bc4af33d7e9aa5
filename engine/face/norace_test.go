//go:build !race

package face_test

// raceDetector tells that the test binary, which is also the worker, was built with -race.
const raceDetector = false
