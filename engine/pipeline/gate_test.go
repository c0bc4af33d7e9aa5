package pipeline_test

import (
	"context"
	"errors"
	"testing"

	"gabarit/engine/pipeline"
)

func TestGatePausesAndResumes(t *testing.T) {
	g := pipeline.NewGate()
	if err := g.Wait(t.Context()); err != nil {
		t.Fatalf("an open gate blocked: %v", err)
	}
	g.Pause()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- g.Wait(ctx) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("a closed gate let through: %v", err)
	}
	go func() { done <- g.Wait(t.Context()) }()
	g.Resume()
	if err := <-done; err != nil {
		t.Fatalf("a reopened gate blocked: %v", err)
	}
}
