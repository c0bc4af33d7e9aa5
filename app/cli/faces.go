package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/engine"
)

func (p *program) facesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "faces PHOTO...",
		Short: "find faces; nothing is stored and no vault is needed",
		Args:  cobra.MinimumNArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return p.faces(cmd.Context(), args) },
	}
}

func (p *program) faces(ctx context.Context, files []string) error {
	return p.withApp(func(a *app.App) error {
		out := facesOut{Photos: []photoFaces{}, Failed: []failedFile{}}
		total := 0
		for _, file := range files {
			probe, err := a.OpenProbe(ctx, file)
			switch {
			case err == nil, engine.CodeOf(err) == engine.CodeNoFace:
				out.Photos = append(out.Photos, newPhotoFaces(file, probe))
				total += len(probe.Faces)
			case endsAll(ctx, err):
				return err
			default:
				out.Failed = append(out.Failed, newFailed(file, err))
			}
		}
		if err := p.show(out, func(w io.Writer) { p.writeFaces(w, out) }); err != nil {
			return err
		}
		return outcome(len(out.Failed), total > 0)
	})
}

// endsAll tells the errors that would meet every other photo too from those of one photo.
func endsAll(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return true
	}
	switch engine.CodeOf(err) {
	case engine.CodeNoModel, engine.CodeCanceled, engine.CodeNoVault, engine.CodeBadKey, engine.CodeLocked:
		return true
	default:
		return false
	}
}

func newPhotoFaces(file string, probe *engine.Probe) photoFaces {
	out := photoFaces{File: file, Width: probe.Width, Height: probe.Height, Faces: []faceOut{}}
	for _, f := range probe.Faces {
		out.Faces = append(out.Faces, faceOut{newBox(f.Box), f.Quality})
	}
	return out
}

func (p *program) writeFaces(w io.Writer, out facesOut) {
	for _, ph := range out.Photos {
		fmt.Fprintln(w, p.say.text("{{.File}}: faces: {{.N}}", "File", plain(ph.File), "N", len(ph.Faces)))
		for n, f := range ph.Faces {
			fmt.Fprintf(w, "  %d  %s  %s\n", n, boxText(f.Box), p.quality(f.Quality))
		}
	}
	p.writeFailed(w, out.Failed)
}

func (p *program) writeFailed(w io.Writer, failed []failedFile) {
	for _, f := range failed {
		fmt.Fprintf(w, "%s: %s\n", plain(f.File), p.say.reason(f.Reason, f.detail))
	}
}

func (p *program) quality(q float64) string {
	return p.say.text("quality {{.Q}}", "Q", fmt.Sprintf("%.2f", q))
}

// boxText writes a box as "80x90+12+34": width, height, left, top.
func boxText(b boxOut) string { return fmt.Sprintf("%dx%d%+d%+d", b[2], b[3], b[0], b[1]) }
