package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// defaultLock is the time without use after which a vault is locked unless the user chose another.
const defaultLock = 10 * time.Minute

// lockChoices are the times without use to choose from; 0 stands for never.
func lockChoices() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, defaultLock, 30 * time.Minute, time.Hour, 0}
}

func lockWords() []string {
	var words []string
	for _, d := range lockChoices() {
		if d == 0 {
			words = append(words, kit.T("Never"))
		} else {
			words = append(words, kit.N("{{.N}} minutes", int(d/time.Minute)))
		}
	}
	return words
}

// lockAfter is the time that the user chose.
func lockAfter(prefs fyne.Preferences) time.Duration {
	d := time.Duration(prefs.IntWithFallback(prefLock, int(defaultLock/time.Minute))) * time.Minute
	if !slices.Contains(lockChoices(), d) {
		return defaultLock
	}
	return d
}

// vaultSettings are the settings of the vault: when it locks itself and what opens it.
type vaultSettings struct {
	env     *kit.Env
	svc     Service
	slot    *kit.Slot
	locking *kit.Slot
	changed func()

	place           *widget.Label
	lock            *kit.Select
	lockNote        *widget.Label
	set, remove     *kit.Button
	passNote        *widget.Label
	remember, unset *kit.Button
	keyringNote     *widget.Label
	notice          *kit.Notice
	buttons         *fyne.Container // about the passphrase
	passphrase      bool            // the vault has one
}

func newVaultSettings(env *kit.Env, svc Service, prefs fyne.Preferences, changed func()) *vaultSettings {
	v := &vaultSettings{env: env, svc: svc, slot: env.Slots.NewSlot(), locking: env.Slots.NewSlot(), changed: changed, place: kit.NewText(""),
		lockNote: kit.NewNote(""), passNote: kit.NewNote(""), keyringNote: kit.NewNote(""), notice: env.NewNotice()}
	v.place.Selectable = true
	v.place.Wrapping = fyne.TextWrapBreak
	v.lock = env.NewSelect(lockWords(), func(i int) { v.lockAfter(prefs, lockChoices()[i]) })
	v.set = env.NewButton(kit.T("Set a passphrase…"), nil, func() { newPassDialog(v, passSet).show() })
	v.remove = env.NewButton(kit.T("Remove the passphrase…"), nil, func() { newPassDialog(v, passRemove).show() })
	v.remember = env.NewButton(kit.T("Remember in the system's keyring…"), nil, func() { newPassDialog(v, passRemember).show() })
	v.unset = env.NewButton(kit.T("Take it out of the system's keyring"), nil, v.forgetKey)
	v.buttons = container.NewHBox(v.set, v.remove)
	env.Dump.Name("settings.lock", v.lock)
	env.Dump.Name("settings.passphrase", v.set)
	env.Dump.Name("settings.remember", v.remember)
	return v
}

// items are the rows of the settings form.
func (v *vaultSettings) items() []*widget.FormItem {
	return []*widget.FormItem{
		widget.NewFormItem(kit.T("Vault folder"), v.place),
		widget.NewFormItem(kit.T("Lock after"), container.NewVBox(v.lock, v.lockNote)),
		widget.NewFormItem(kit.T("Passphrase"), container.NewVBox(v.buttons, v.passNote)),
		widget.NewFormItem(kit.T("Keyring"), container.NewVBox(container.NewHBox(v.remember, v.unset), v.keyringNote)),
	}
}

// show shows the state of the vault.
func (v *vaultSettings) show(st engine.Status) {
	v.passphrase = st.Passphrase
	kit.SetText(v.place, st.Dir)
	at := slices.Index(lockChoices(), st.LockAfter)
	if !st.Passphrase {
		at = len(lockChoices()) - 1 // never
		v.lock.Disable()
		kit.SetText(v.lockNote, kit.T("A vault without a passphrase does not lock itself: that would keep nobody out."))
		kit.SetText(v.passNote, kit.T("There is none: whoever gets hold of this computer's disk can read everything."))
		v.set.SetText(kit.T("Set a passphrase…"))
	} else {
		v.lock.Enable()
		kit.SetText(v.lockNote, kit.T("Counted from the last key, click or movement of the pointer in this window. A collection that is being read keeps the vault open."))
		kit.SetText(v.passNote, kit.T("Copies of the vault made before a change still open with the old one."))
		v.set.SetText(kit.T("Change the passphrase…"))
	}
	if v.lock.SelectedIndex() != at {
		v.lock.Fill(v.lock.Options, at)
	}
	kit.Show(st.Passphrase, v.remove)
	v.buttons.Refresh() // their widths have changed
	kit.Show(st.Passphrase && !st.Remembered, v.remember)
	kit.Show(st.Remembered, v.unset)
	kit.SetText(v.keyringNote, keyringWords(st))
}

func keyringWords(st engine.Status) string {
	switch {
	case st.Remembered:
		return kit.T("The system's keyring holds the vault's key: whoever is logged in to this computer as you can open the vault without the passphrase.")
	case !st.Passphrase:
		return kit.T("Of no use without a passphrase.")
	}
	return kit.T("The keyring of this computer's system can hold the vault's key. Whoever is logged in as you could then open the vault without the passphrase.")
}

func (v *vaultSettings) lockAfter(prefs fyne.Preferences, d time.Duration) {
	prefs.SetInt(prefLock, int(d/time.Minute))
	kit.Run(v.locking, func(context.Context) (struct{}, error) {
		v.svc.LockAfter(d)
		return struct{}{}, nil
	}, func(struct{}, error) {
		if d == 0 {
			v.notice.Warn(kit.T("The vault stays open until you lock it or close the window."))
		} else {
			v.notice.Say(kit.T("The vault locks itself after {{.V}} without use.", kit.Field(kit.N("{{.N}} minutes", int(d/time.Minute)))))
		}
		v.changed()
	})
}

func (v *vaultSettings) forgetKey() {
	kit.Run(v.slot, func(ctx context.Context) (struct{}, error) { return struct{}{}, v.svc.Forget(ctx) },
		func(_ struct{}, err error) {
			v.tell(kit.T("The system's keyring no longer opens the vault."), err)
		})
}

// tell says what became of a change, and reads the vault's state anew.
func (v *vaultSettings) tell(done string, err error) {
	if err != nil {
		v.notice.Error(err)
	} else {
		v.notice.Say(done)
	}
	v.changed()
}

// passAct is what a passphrase is asked for.
type passAct int

const (
	passSet passAct = iota // set or change it
	passRemove
	passRemember
)

// changeProblem names what is wrong with a new passphrase, "" if nothing.
func changeProblem(first, second string) string {
	if first == "" {
		return kit.T("Type the new passphrase.")
	}
	return passphraseProblem(first, second)
}

// passDialog asks for passphrases.
type passDialog struct {
	v                  *vaultSettings
	act                passAct
	old, first, second *kit.Entry
	problem            *widget.Label
	ok                 *kit.Button
	hide               func()
	show               func()
}

func newPassDialog(v *vaultSettings, act passAct) *passDialog {
	p := &passDialog{v: v, act: act, problem: kit.NewText("")}
	p.problem.Importance = widget.DangerImportance
	title, label, text := p.words()
	rows := container.NewVBox()
	if text != "" {
		note := kit.NewText(text)
		if act == passRemove {
			note.Importance = widget.WarningImportance
		}
		rows.Add(note)
	}
	field := func(placeholder string) *kit.Entry {
		e := v.env.NewPasswordEntry(placeholder)
		rows.Add(e)
		return e
	}
	var fields []*kit.Entry
	if v.passphrase {
		p.old = field(kit.T("Present passphrase"))
		fields = append(fields, p.old)
	}
	if act == passSet {
		p.first, p.second = field(kit.T("New passphrase")), field(kit.T("The same again"))
		fields = append(fields, p.first, p.second)
	}
	rows.Add(p.problem)
	for i, e := range fields {
		e.OnSubmitted = func(string) {
			if i+1 < len(fields) {
				v.env.Focus(fields[i+1])
			} else {
				p.submit()
			}
		}
	}
	p.ok = v.env.NewMainButton(label, theme.ConfirmIcon(), p.submit)
	if act == passRemove {
		p.ok.Importance = widget.DangerImportance
	}
	d := v.env.NewDialog(title, kit.Sized(460, 0, rows))
	d.SetButtons([]fyne.CanvasObject{v.env.NewButton(kit.T("Cancel"), theme.CancelIcon(), d.Hide), p.ok})
	p.hide = d.Hide
	p.show = func() {
		v.env.Modal(d, func() {
			for _, e := range fields {
				e.SetText("")
			}
		})
		v.env.Focus(fields[0])
	}
	for i, e := range fields {
		v.env.Dump.Name("pass."+string(rune('1'+i)), e)
	}
	v.env.Dump.Name("pass.ok", p.ok)
	return p
}

func (p *passDialog) words() (title, label, text string) {
	switch p.act {
	case passRemove:
		return kit.T("Remove the passphrase"), kit.T("Remove it"),
			kit.T("Without a passphrase the key lies beside the data: whoever gets hold of this computer's disk can read everything. The title bar will say so.")
	case passRemember:
		return kit.T("Remember in the system's keyring"), kit.T("Remember"),
			kit.T("The keyring of this computer's system can hold the vault's key. Whoever is logged in as you could then open the vault without the passphrase.")
	}
	if p.v.passphrase {
		return kit.T("Change the passphrase"), kit.T("Change"), kit.T("Nobody can recover a lost passphrase. Copies of the vault made before a change still open with the old one.")
	}
	return kit.T("Set a passphrase"), kit.T("Set"), kit.T("Nobody can recover a lost passphrase. Copies of the vault made before it was set open without one.")
}

// submit does what was asked for; a wrong passphrase can be typed again.
func (p *passDialog) submit() {
	if p.ok.Disabled() {
		return
	}
	old, fresh := "", ""
	if p.old != nil {
		old = p.old.Text
	}
	if p.act == passSet {
		fresh = p.first.Text
		if problem := changeProblem(fresh, p.second.Text); problem != "" {
			kit.SetText(p.problem, problem)
			return
		}
	}
	act, svc := p.act, p.v.svc
	p.ok.Disable()
	kit.SetText(p.problem, "")
	kit.Run(p.v.slot, func(ctx context.Context) (struct{}, error) {
		if act == passRemember {
			return struct{}{}, svc.Remember(ctx, old)
		}
		return struct{}{}, svc.ChangePassphrase(ctx, old, fresh)
	}, func(_ struct{}, err error) {
		p.ok.SetEnabled(true)
		if err != nil {
			kit.SetText(p.problem, kit.Explain(err).String())
			return
		}
		p.hide()
		p.v.tell(p.done(), nil)
	})
}

func (p *passDialog) done() string {
	switch {
	case p.act == passRemove:
		return kit.T("The passphrase was removed.")
	case p.act == passRemember:
		return kit.T("The system's keyring now opens the vault.")
	case p.v.passphrase:
		return kit.T("The passphrase was changed.")
	}
	return kit.T("The passphrase was set.")
}
