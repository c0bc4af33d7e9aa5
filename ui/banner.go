package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// banner tells what opening the vault found, above every screen, and leads to the log.
type banner struct {
	notice  *kit.Notice
	showLog func()
	root    *fyne.Container
}

func newBanner(env *kit.Env, showLog func()) *banner {
	b := &banner{notice: env.NewNotice(), showLog: showLog}
	b.root = container.NewPadded(b.notice.Object())
	b.root.Hide()
	return b
}

func (b *banner) show(warnings []engine.Warning) {
	text := warningWords(warnings)
	kit.Show(text != "", b.root)
	if text != "" && text != b.notice.Text() {
		b.notice.Warn(text)
		b.notice.Offer(kit.T("Show log"), b.showLog)
	}
}

// warningWords says each warning in a line, with what developers want to know where it says more.
func warningWords(warnings []engine.Warning) string {
	var lines []string
	for _, w := range warnings {
		line, detail := kit.Message(w.Msg), w.Detail
		if _, cause, found := strings.Cut(detail, w.Msg); found { // the text of an error, which holds the message
			detail = strings.TrimPrefix(cause, ": ")
		}
		if detail != "" {
			line += " (" + detail + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
