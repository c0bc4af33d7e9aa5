package upkeep

import (
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// ActionWords names what keeps a vault to its dates.
func ActionWords(a engine.AuditAction) string {
	switch a {
	case engine.ActionHidden:
		return kit.T("Hidden from searches")
	case engine.ActionShown:
		return kit.T("Found by searches again")
	case engine.ActionSourceChecked:
		return kit.T("Sources asked")
	case engine.ActionRetention:
		return kit.T("Dates looked at")
	}
	return string(a)
}

// CountWords names the counts of checks of sources and of retention.
func CountWords(key string) string {
	switch key {
	case "checked":
		return kit.T("asked about")
	case "same":
		return kit.T("still there")
	case "gone":
		return kit.T("gone")
	case "closed":
		return kit.T("closed to the public")
	case "noindex":
		return kit.T("withdrawn by noindex or the like")
	case "disallowed":
		return kit.T("barred by robots.txt")
	case "unreachable":
		return kit.T("without an answer")
	case "hidden":
		return kit.T("hidden since")
	case "shown":
		return kit.T("found again since")
	case "request_files":
		return kit.T("files of requests erased")
	case "expired":
		return kit.T("erased as expired")
	case "unchecked":
		return kit.T("erased as not checked")
	case "withdrawn":
		return kit.T("erased as withdrawn")
	}
	return strings.ReplaceAll(key, "_", " ")
}

// HiddenWords says why something is hidden.
func HiddenWords(why string) string {
	if why == string(matter.HoldSource) {
		return kit.T("because of its source")
	}
	return kit.T("as a person asked for it")
}
