//go:build race

package match_test

const raced = true
