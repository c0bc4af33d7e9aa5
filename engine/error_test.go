package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"gabarit/engine"
)

func TestCodeOf(t *testing.T) {
	inner := engine.E(engine.CodeCorrupt, "photo.Decode", "the picture is cut off", errors.New("unexpected EOF"))
	tests := []struct {
		name string
		err  error
		want engine.Code
	}{
		{"nil has no code", nil, ""},
		{"an Error has its code", inner, engine.CodeCorrupt},
		{"a wrapped Error has its code", fmt.Errorf("item 3: %w", inner), engine.CodeCorrupt},
		{"the outermost Error wins", engine.E(engine.CodeLimit, "x", "", inner), engine.CodeLimit},
		{"a canceled context is canceled", fmt.Errorf("walk: %w", context.Canceled), engine.CodeCanceled},
		{"anything else is internal", errors.New("boom"), engine.CodeInternal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := engine.CodeOf(tt.err); got != tt.want {
				t.Errorf("CodeOf = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMessageOfSkipsErrorsWithoutMessage(t *testing.T) {
	inner := engine.E(engine.CodeCorrupt, "photo.Decode", "the picture is cut off", nil)
	outer := engine.E(engine.CodeInternal, "pipeline.Collect", "", inner)
	if got := engine.MessageOf(outer); got != "the picture is cut off" {
		t.Errorf("MessageOf = %q", got)
	}
	if got := engine.MessageOf(errors.New("plain")); got != "" {
		t.Errorf("MessageOf(plain) = %q, want empty", got)
	}
}

func TestFaceIDRoundTrip(t *testing.T) {
	id := engine.NewFaceID("01ARZ3NDEKTSV4RRFFQ69G5FAV", 12)
	p, n, ok := id.Photo()
	if !ok || p != "01ARZ3NDEKTSV4RRFFQ69G5FAV" || n != 12 {
		t.Errorf("Photo() = %q, %d, %v", p, n, ok)
	}
	for _, bad := range []engine.FaceID{"", "x", "-1", "x-", "x-a"} {
		if _, _, ok := bad.Photo(); ok {
			t.Errorf("malformed ID %q accepted", bad)
		}
	}
}
