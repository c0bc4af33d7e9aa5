package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
)

func settingsRig(t *testing.T, svc *fakeService) *rig {
	t.Helper()
	r := openRig(t, svc)
	r.shell.goTo(screenSettings)
	r.until("the status", func() bool {
		return r.has("Counted from the last key, click or movement of the pointer in this window. A collection that is being read keeps the vault open.") || svc.pass == ""
	})
	return r
}

func (r *rig) typeAll(words ...string) {
	for _, word := range words {
		for _, c := range word {
			r.typed(c)
		}
		r.press(fyne.KeyReturn)
	}
}

func TestTheTimeUntilTheLockIsKept(t *testing.T) {
	r := settingsRig(t, &fakeService{pass: "old secret"})
	if r.svc.after != defaultLock {
		t.Errorf("at the start the vault locks after %v", r.svc.after)
	}
	r.shell.settings.vault.lock.SetSelectedIndex(0)
	r.until("the answer", func() bool { return r.has("The vault locks itself after 1 minute without use.") })
	if r.svc.after != time.Minute || lockAfter(r.shell.app.Preferences()) != time.Minute {
		t.Errorf("locks after %v, kept %v", r.svc.after, lockAfter(r.shell.app.Preferences()))
	}
	r.shell.settings.vault.lock.SetSelectedIndex(5)
	r.until("the warning", func() bool { return r.has("The vault stays open until you lock it or close the window.") })
	if r.svc.after != 0 {
		t.Errorf("never became %v", r.svc.after)
	}
	r.shell.app.Preferences().SetInt(prefLock, -7)
	if lockAfter(r.shell.app.Preferences()) != defaultLock {
		t.Error("a time that cannot be chosen was taken from the preferences")
	}
}

func TestAVaultWithoutAPassphraseDoesNotLockItself(t *testing.T) {
	r := settingsRig(t, &fakeService{})
	r.until("the note", func() bool {
		return r.has("A vault without a passphrase does not lock itself: that would keep nobody out.")
	})
	if !r.shell.settings.vault.lock.Disabled() || r.shell.settings.vault.lock.Selected != "Never" {
		t.Error("a time can be chosen")
	}
	if r.has("Remove the passphrase…") || r.has("Remember in the system's keyring…") {
		t.Error("a passphrase that is not there can be removed or remembered")
	}
	test.Tap(r.button("Set a passphrase…"))
	r.typeAll("new secret", "new secret")
	r.until("the answer", func() bool { return r.has("The passphrase was set.") && r.has("Change the passphrase…") })
	if r.svc.pass != "new secret" || r.shell.win.Title() != "Gabarit" {
		t.Errorf("passphrase %q, title %q", r.svc.pass, r.shell.win.Title())
	}
}

func TestThePassphraseIsChanged(t *testing.T) {
	r := settingsRig(t, &fakeService{pass: "old secret"})
	test.Tap(r.button("Change the passphrase…"))
	r.typeAll("wrong", "new secret", "other")
	if !r.has("The two passphrases differ.") {
		t.Fatalf("the dialog says: %v", r.words())
	}
	r.press(fyne.KeyEscape)
	test.Tap(r.button("Change the passphrase…"))
	r.typeAll("wrong", "new secret", "new secret")
	r.until("the error", func() bool {
		return r.has("The passphrase is wrong. Check capital letters and the keyboard layout, then type it again.")
	})
	if len(r.svc.changes) != 0 {
		t.Error("changed with a wrong passphrase")
	}
	r.press(fyne.KeyEscape)
	test.Tap(r.button("Change the passphrase…"))
	r.typeAll("old secret", "new secret", "new secret")
	r.until("the answer", func() bool { return r.has("The passphrase was changed.") })
	if r.svc.pass != "new secret" || r.shell.env.Busy() {
		t.Errorf("passphrase %q", r.svc.pass)
	}
}

func TestRemovingThePassphraseWarns(t *testing.T) {
	r := settingsRig(t, &fakeService{pass: "old secret"})
	test.Tap(r.button("Remove the passphrase…"))
	if !r.has("Without a passphrase the key lies beside the data: whoever gets hold of this computer's disk can read everything. The title bar will say so.") {
		t.Errorf("no warning: %v", r.words())
	}
	r.typeAll("old secret")
	r.until("the answer", func() bool {
		return r.has("The passphrase was removed.") && r.shell.win.Title() == "Gabarit – no passphrase"
	})
	if r.svc.pass != "" {
		t.Error("the passphrase stays")
	}
}

func TestTheKeyringCanBeUsedAndLeft(t *testing.T) {
	r := settingsRig(t, &fakeService{pass: "old secret"})
	test.Tap(r.button("Remember in the system's keyring…"))
	r.typeAll("old secret")
	r.until("the answer", func() bool {
		return r.has("The system's keyring now opens the vault.") && r.has("Take it out of the system's keyring")
	})
	test.Tap(r.button("Take it out of the system's keyring"))
	r.until("the answer", func() bool {
		return r.has("The system's keyring no longer opens the vault.") && r.has("Remember in the system's keyring…")
	})
	if r.svc.remembered {
		t.Error("the keyring still holds the key")
	}
	if stageOf(engine.VaultSealed, engine.E(engine.CodeUnavailable, "x", "", nil)) != gateUnlock {
		t.Error("without a keyring the passphrase can't be typed")
	}
}
