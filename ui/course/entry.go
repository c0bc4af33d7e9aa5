package course

import (
	"cmp"
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// edit changes an entry of the address book, or makes one.
func (b *book) edit(c matter.Controller) {
	form := NewEntryForm(c)
	f := b.env.NewFields()
	name := f.Line(kit.T("Name"), "", &form.Name)
	f.Area(kit.T("Postal address"), "", 3, &form.Address)
	f.Line(kit.T("E-mail"), "", &form.Email)
	f.Line(kit.T("Website"), "", &form.Web)
	f.Line(kit.T("Their form"), "https://…", &form.Webform)
	f.Line(kit.T("Representative (art. 27)"), "", &form.Rep)
	f.Area(kit.T("Their domains"), kit.T("each on a line; optional"), 2, &form.Domains)
	f.Line(kit.T("Address from"), kit.T("where you read it; empty: typed by hand"), &form.Source)
	f.Check("", kit.T("The addressee runs a face search"), &form.Biometric)
	body := container.NewVBox(f.Object())
	if c.Origin == matter.OriginImported {
		body.Add(kit.NewNote(kit.T("This makes an entry of your own in the place of the directory’s. No import changes it.")))
	}
	b.env.Dump.Name("entry.name", name)
	q := b.env.NewQuestion(kit.T("Entry of the address book"), kit.T("Save"), fyne.NewSize(560, 0), body)
	kit.Ask(q, name, func() (func(context.Context) (matter.Controller, error), error) {
		typed := form.Controller()
		return func(ctx context.Context) (matter.Controller, error) { return b.svc.SaveController(ctx, typed) }, nil
	}, func(c matter.Controller) {
		b.notice.Say(kit.T("Stored: {{.V}}", kit.Field(c.Name)))
		b.search.SetText("")
		b.p.Prefer(c)
		b.read()
	})
}

// askRemove names what goes.
func (b *book) askRemove(c matter.Controller) {
	text := kit.NewText(kit.T("“{{.V}}” is erased from your address book. Cases that name it keep their own copy of the address.", kit.Field(c.Name)))
	q := b.env.NewQuestion(kit.T("Remove an entry"), kit.T("Remove"), fyne.NewSize(480, 0), text)
	kit.Ask(q, q.Cancel, func() (func(context.Context) (struct{}, error), error) {
		return func(ctx context.Context) (struct{}, error) { return struct{}{}, b.svc.RemoveController(ctx, c.ID) }, nil
	}, func(struct{}) {
		b.notice.Say(kit.T("Removed: {{.V}}", kit.Field(c.Name)))
		b.read()
	})
}

// bookWords tells how much the book holds, and where its directory is from.
func bookWords(c contents, forCase bool) string {
	words := kit.N("{{.N}} entries of your own", len(c.all)-inDirectory(c.all)) + ". "
	if c.directory.Controllers == 0 {
		words += kit.T("No directory was imported.")
	} else {
		words += kit.T("Directory: {{.N}} controllers, {{.Source}}, {{.Day}}", map[string]any{"N": kit.Int(c.directory.Controllers), "Source": c.directory.Source, "Day": kit.Date(c.at)}) + "."
	}
	if forCase {
		words = kit.N("{{.N}} may answer for this site: they come first, nobody is chosen for you.", len(c.candidates)) + " " + words
	}
	return words
}

func inDirectory(all []matter.Controller) (n int) {
	for _, c := range all {
		if c.Origin == matter.OriginImported {
			n++
		}
	}
	return n
}

// rowWords is the second line of an entry in the list.
func rowWords(r EntryRow) string {
	whose := kit.T("directory")
	if r.Origin == matter.OriginOwn {
		whose = kit.T("your own")
	}
	why := ""
	if r.Why != "" {
		why = strings.TrimSuffix(kit.Message(r.Why), ".")
	}
	return strings.Join(filled(why, whose, cmp.Or(r.Email, r.Web)), " · ")
}

// entryLines are the labelled values of an entry.
func entryLines(c matter.Controller) (out [][2]string) {
	line := func(label, value string) {
		if value != "" {
			out = append(out, [2]string{label, value})
		}
	}
	line(kit.T("Postal address"), c.Address)
	line(kit.T("E-mail"), c.Email)
	line(kit.T("Website"), c.Web)
	line(kit.T("Their form"), c.Webform)
	line(kit.T("Representative (art. 27)"), c.Rep)
	line(kit.T("Their domains"), strings.Join(c.Domains, ", "))
	line(kit.T("Also runs"), strings.Join(c.Runs, ", "))
	line(kit.T("Serves people in"), strings.Join(c.Audience, ", "))
	line(kit.T("Asks to be written to in"), c.Lang)
	if c.NeedsID {
		line(kit.T("Identity"), kit.T("it is said to ask for an identity document"))
	}
	if c.Biometric {
		line(kit.T("Face search"), kit.T("it runs a face search or index"))
	}
	line(kit.T("Remarks"), strings.Join(c.Comments, "\n"))
	line(kit.T("Address from"), cmp.Or(c.Source, kit.T("typed by hand"))+", "+kit.Date(c.At))
	line(kit.T("The directory has it from"), strings.Join(c.Sources, "\n"))
	return out
}

// importWords tells what an import brought.
func importWords(r matter.DirectoryReport) string {
	words := kit.N("{{.N}} controllers imported", r.Controllers) + " (" + r.Source + ")."
	if r.Redirected > 0 {
		words += " " + kit.N("{{.N}} former names lead to them.", r.Redirected)
	}
	if r.Kept > 0 {
		words += " " + kit.N("{{.N}} entries of your own are in it and stay as they are.", r.Kept)
	}
	if len(r.Warnings) > 0 {
		words += " " + kit.N("{{.N}} are odd and were taken all the same.", len(r.Warnings))
	}
	if len(r.Failed) > 0 {
		words += " " + kit.N("{{.N}} files or records were left out.", len(r.Failed))
	}
	return words
}

// remarkLines lists what was left out, then what is odd.
func remarkLines(r matter.DirectoryReport) (out []string) {
	for _, m := range r.Failed {
		out = append(out, kit.T("Left out: {{.V}}", kit.Field(m.Item))+": "+kit.Message(m.Reason))
	}
	for _, m := range r.Warnings {
		out = append(out, m.Item+": "+kit.Message(m.Reason))
	}
	return out
}
