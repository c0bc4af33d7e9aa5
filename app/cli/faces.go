package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
	"gabarit/engine/formats"
)

func (p *program) facesCommand() *cobra.Command {
	var flags lookFlags
	cmd := command.Leaf("faces PHOTO...", "find faces; nothing is stored and no vault is needed", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		look, err := flags.look()
		if err != nil {
			return err
		}
		return p.faces(ctx, look, args)
	})
	flags.on(cmd, true)
	return cmd
}

func (p *program) formatsCommand() *cobra.Command {
	return command.Leaf("formats", "list which picture and video files are read, and which are not and why", command.NoArgs, func(context.Context, []string) error {
		all := append(formats.Pictures(), formats.Videos()...)
		return p.Show(document.Doc{"formats": all}, func(w io.Writer) {
			for _, f := range all {
				fmt.Fprintf(w, "%s %-30s %s\n", map[bool]string{true: "+", false: "-"}[f.Read], p.say.Text(f.Name), p.say.Text(f.Note))
			}
		})
	})
}

func (p *program) faces(ctx context.Context, look engine.Look, files []string) error {
	return p.withApp(func(a *app.App) error {
		out := document.Faces{Photos: []document.PhotoFaces{}, Failed: []document.FailedFile{}}
		total := 0
		for _, file := range files {
			probe, err := a.OpenProbe(ctx, file, look)
			switch {
			case err == nil, engine.CodeOf(err) == engine.CodeNoFace:
				out.Photos = append(out.Photos, document.NewPhotoFaces(file, probe))
				total += len(probe.Faces)
			case endsAll(ctx, err):
				return err
			default:
				out.Failed = append(out.Failed, document.NewFailedFile(file, err))
			}
		}
		return cmp.Or(p.Show(out, func(w io.Writer) { p.writeFaces(w, out) }), command.Outcome(len(out.Failed), total > 0))
	})
}

// endsAll tells the errors that would meet every other photo too from those of one photo.
func endsAll(ctx context.Context, err error) bool {
	all := []engine.Code{engine.CodeNoModel, engine.CodeCanceled, engine.CodeNoVault, engine.CodeBadKey, engine.CodeLocked}
	return ctx.Err() != nil || slices.Contains(all, engine.CodeOf(err))
}

func (p *program) writeFaces(w io.Writer, out document.Faces) {
	for _, ph := range out.Photos {
		fmt.Fprintln(w, p.say.Text("{{.File}}: faces: {{.N}}", "File", command.Plain(ph.File), "N", len(ph.Faces)))
		if ph.Frames > 1 {
			fmt.Fprintln(w, "  "+p.say.Reason(formats.MsgOnePicture, fmt.Sprint("1/", ph.Frames)))
		}
		for n, f := range ph.Faces {
			fmt.Fprintf(w, "  %d  %s  %s\n", n, boxText(f.Box), p.say.Text("quality {{.Q}}", "Q", fmt.Sprintf("%.2f", f.Quality)))
		}
	}
	p.writeFailed(w, out.Failed)
}

func (p *program) writeFailed(w io.Writer, failed []document.FailedFile) {
	for _, f := range failed {
		fmt.Fprintf(w, "%s: %s\n", command.Plain(f.File), p.say.Reason(f.Reason, f.Detail))
	}
}

// boxText writes a box as "80x90+12+34": width, height, left, top.
func boxText(b document.Box) string { return fmt.Sprintf("%dx%d%+d%+d", b[2], b[3], b[0], b[1]) }
