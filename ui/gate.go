package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// gateStage tells what stands between the user and the screens.
type gateStage int

const (
	gateChecking gateStage = iota
	gateModels             // a model file is missing or altered
	gateCreate             // there is no vault yet
	gateUnlock             // the vault needs its passphrase
	gateHeld               // another process holds the vault
	gateBroken             // anything else
	gateClosed             // it was closed, and has no passphrase
	gateOpen
)

// stageOf decides from the state of the vault and the error of the last try.
func stageOf(state engine.VaultState, err error) gateStage {
	switch engine.CodeOf(err) {
	case "":
	case engine.CodeNoModel:
		return gateModels
	case engine.CodeLocked:
		return gateHeld
	case engine.CodeBadKey:
		return gateUnlock
	case engine.CodeNoVault:
		return gateCreate
	case engine.CodeUnavailable:
		if state == engine.VaultSealed { // the keyring or the disk failed: the passphrase may still open it
			return gateUnlock
		}
		return gateBroken
	default:
		return gateBroken
	}
	switch state {
	case engine.VaultMissing:
		return gateCreate
	case engine.VaultSealed:
		return gateUnlock
	case engine.VaultClosed:
		return gateClosed
	case engine.VaultOpen:
		return gateOpen
	}
	return gateChecking
}

// passphraseProblem names what is wrong with a new passphrase, "" if nothing.
func passphraseProblem(first, second string) string {
	switch {
	case first == "":
		return kit.T("Type a passphrase, or continue without one.")
	case len([]rune(first)) < 8:
		return kit.T("Use at least 8 characters.")
	case first != second:
		return kit.T("The two passphrases differ.")
	}
	return ""
}

// gate shows what is needed before the vault is open.
type gate struct {
	env    *kit.Env
	svc    Service
	slot   *kit.Slot
	opened func()
	note   string // why the vault has to be unlocked again; "" where that is plain

	body *fyne.Container
	root *fyne.Container
}

func newGate(env *kit.Env, svc Service, opened func()) *gate {
	g := &gate{env: env, svc: svc, slot: env.Slots.NewSlot(), opened: opened, body: container.NewStack()}
	g.root = container.NewCenter(kit.Fixed(460, g.body))
	return g
}

// check looks at the models and the vault, and opens a vault that needs no passphrase.
func (g *gate) check() {
	g.try(kit.T("Opening the vault…"), func(ctx context.Context) error {
		if err := g.svc.CheckModels(ctx); err != nil {
			return err
		}
		if g.svc.State() != engine.VaultClosed {
			return nil
		}
		return g.svc.Unlock(ctx, "")
	})
}

// lock closes the vault and says how it is opened again.
func (g *gate) lock() {
	g.try(kit.T("Locking the vault…"), func(context.Context) error { return g.svc.Lock() })
}

// locked says how a vault that locked itself is opened again.
func (g *gate) locked() {
	g.note = kit.T("The vault locked itself, as nobody used it.")
	g.try(kit.T("Locking the vault…"), func(context.Context) error { return nil })
}

func (g *gate) try(what string, do func(ctx context.Context) error) {
	g.busy(what)
	kit.Run(g.slot, func(ctx context.Context) (engine.Status, error) {
		if err := do(ctx); err != nil {
			st, failed := g.svc.Status(ctx)
			if failed != nil { // the first error says more
				st.Vault = g.svc.State()
			}
			return st, err
		}
		return g.svc.Status(ctx)
	}, g.show)
}

func (g *gate) show(st engine.Status, err error) {
	switch stageOf(st.Vault, err) {
	case gateOpen:
		g.note = ""
		g.set()
		g.opened()
	case gateCreate:
		g.showCreate()
	case gateUnlock:
		g.showUnlock(st, err)
	case gateClosed:
		g.showClosed()
	case gateModels:
		g.showTrouble(kit.T("A model file is needed"), err)
	case gateHeld:
		g.showTrouble(kit.T("The vault is in use"), err)
	default:
		if err == nil {
			err = engine.E(engine.CodeUnavailable, "ui.gate", "the vault could not be opened", nil)
		}
		g.showTrouble(kit.T("The vault could not be opened"), err)
	}
}

func (g *gate) set(objects ...fyne.CanvasObject) {
	g.body.Objects = []fyne.CanvasObject{container.NewVBox(objects...)}
	g.body.Refresh()
}

func (g *gate) head(icon fyne.Resource, title string) fyne.CanvasObject {
	label := kit.NewTitle(title)
	label.SizeName = theme.SizeNameHeadingText
	label.Alignment = fyne.TextAlignCenter
	label.Wrapping = fyne.TextWrapWord
	return container.NewVBox(container.NewCenter(kit.Sized(64, 64, widget.NewIcon(icon))), label)
}

func (g *gate) busy(what string) {
	bar := widget.NewProgressBarInfinite()
	text := kit.NewText(what)
	text.Alignment = fyne.TextAlignCenter
	g.set(text, bar)
}

func (g *gate) showTrouble(title string, err error) {
	why := kit.Explain(err)
	retry := g.env.NewMainButton(kit.T("Retry"), theme.ViewRefreshIcon(), g.check)
	objects := []fyne.CanvasObject{g.head(theme.WarningIcon(), title), kit.NewText(why.What)}
	if why.Detail != "" {
		detail := kit.NewText(why.Detail)
		detail.TextStyle.Monospace = true
		detail.Wrapping = fyne.TextWrapBreak
		detail.Selectable = true
		objects = append(objects, detail)
	}
	if why.Do != "" {
		objects = append(objects, kit.NewText(why.Do))
	}
	g.set(append(objects, container.NewCenter(retry))...)
	g.env.Dump.Name("gate.retry", retry)
	g.env.Focus(retry)
}

func (g *gate) showCreate() {
	first, second := g.env.NewPasswordEntry(kit.T("Passphrase")), g.env.NewPasswordEntry(kit.T("The same again"))
	problem := kit.NewText("")
	problem.Importance = widget.WarningImportance
	create := func() {
		if p := passphraseProblem(first.Text, second.Text); p != "" {
			kit.SetText(problem, p)
			if len(first.Text) == 0 || first.Text == second.Text {
				g.env.Focus(first)
			} else {
				g.env.Focus(second)
			}
			return
		}
		pass := first.Text
		g.try(kit.T("Creating the vault…"), func(ctx context.Context) error { return g.svc.CreateVault(ctx, pass) })
	}
	first.OnSubmitted = func(string) { g.env.Focus(second) }
	second.OnSubmitted = func(string) { create() }
	without := g.env.NewButton(kit.T("Continue without a passphrase"), nil, func() {
		g.try(kit.T("Creating the vault…"), func(ctx context.Context) error { return g.svc.CreateVault(ctx, "") })
	})
	button := g.env.NewMainButton(kit.T("Create the vault"), theme.ConfirmIcon(), create)
	g.set(g.head(theme.NewPrimaryThemedResource(theme.StorageIcon()), kit.T("A place for your index")),
		kit.NewText(kit.T("The vault is an encrypted folder on this computer. It holds the photos' finds, faces and letters, and opens only with your passphrase. Nobody can recover a lost one.")),
		first, second, problem, button, widget.NewSeparator(), without,
		kit.NewNote(kit.T("Without a passphrase the key lies beside the data: whoever gets hold of this computer's disk can read everything. The title bar will say so.")))
	g.env.Dump.Name("gate.passphrase", first)
	g.env.Dump.Name("gate.again", second)
	g.env.Dump.Name("gate.create", button)
	g.env.Dump.Name("gate.without", without)
	g.env.Focus(first)
}

// showUnlock asks for the passphrase, and offers the system's keyring where it holds the vault's key.
func (g *gate) showUnlock(st engine.Status, err error) {
	entry := g.env.NewPasswordEntry(kit.T("Passphrase"))
	unlock := func() {
		pass := entry.Text
		g.try(kit.T("Opening the vault…"), func(ctx context.Context) error { return g.svc.Unlock(ctx, pass) })
	}
	entry.OnSubmitted = func(string) { unlock() }
	button := g.env.NewMainButton(kit.T("Unlock"), theme.LoginIcon(), unlock)
	objects := []fyne.CanvasObject{g.head(theme.NewPrimaryThemedResource(theme.AccountIcon()), kit.T("Unlock the vault")), entry}
	if err != nil {
		why := kit.Explain(err)
		label := kit.NewText(why.What + " " + why.Do)
		label.Importance = widget.DangerImportance
		objects = append(objects, label)
		g.env.Dump.Name("gate.error", label)
	}
	for _, text := range []string{g.note, warningWords(st.Warnings)} { // of the locking
		if text != "" {
			objects = append(objects, kit.NewNote(text))
		}
	}
	objects = append(objects, button)
	if st.Remembered {
		keyring := g.env.NewButton(kit.T("Unlock with the system's keyring"), theme.ComputerIcon(), func() {
			g.try(kit.T("Opening the vault…"), g.svc.UnlockRemembered)
		})
		objects = append(objects, widget.NewSeparator(), keyring)
		g.env.Dump.Name("gate.keyring", keyring)
	}
	g.set(objects...)
	g.env.Dump.Name("gate.passphrase", entry)
	g.env.Dump.Name("gate.unlock", button)
	g.env.Focus(entry)
}

// showClosed stands before a vault that was locked although it has no passphrase.
func (g *gate) showClosed() {
	open := g.env.NewMainButton(kit.T("Open the vault"), theme.LoginIcon(), g.check)
	g.set(g.head(theme.NewPrimaryThemedResource(theme.StorageIcon()), kit.T("The vault is closed")),
		kit.NewText(kit.T("It has no passphrase: anybody who sits at this computer can open it. A passphrase can be set on the settings page.")), open)
	g.env.Dump.Name("gate.open", open)
	g.env.Focus(open)
}
