package ui

import (
	"strings"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// banner tells what opening the vault found, above every screen, and leads to the log.
type banner struct {
	*kit.Notice
	showLog func()
	said    string
}

func newBanner(env *kit.Env, showLog func()) *banner {
	b := &banner{Notice: env.NewNotice(), showLog: showLog}
	env.Dump.Name("banner", b.Object())
	return b
}

func (b *banner) show(warnings []engine.Warning) {
	text := warningWords(warnings)
	switch {
	case text == b.said:
	case text == "":
		b.Clear()
	default:
		b.Warn(text)
		b.Offer(kit.T("Show log"), b.showLog)
	}
	b.said = text
}

func warningWords(warnings []engine.Warning) string {
	var lines []string
	for _, w := range warnings {
		line := kit.Message(w.Msg)
		if w.Detail != "" {
			line += " (" + w.Detail + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
