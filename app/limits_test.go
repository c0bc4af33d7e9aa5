package app_test

import (
	"testing"

	"gabarit/app"
)

func TestTheRoomOfTheIndexIsWhatIsAskedForOrAQuarterOfTheMemory(t *testing.T) {
	for _, c := range []struct {
		name   string
		config int64
		env    string
		want   int64
	}{
		{"nothing is said", 0, "", app.MachineMemory() / 4},
		{"the environment says it, in megabytes", 0, "300", 300 << 20},
		{"the environment says nonsense", 0, "much", app.MachineMemory() / 4},
		{"the environment says less than nothing", 0, "-3", app.MachineMemory() / 4},
		{"the program says it", 5000, "300", 5000},
	} {
		t.Setenv(app.EnvIndexMemory, c.env)
		a := app.New(app.Config{VaultDir: t.TempDir(), ModelsDir: t.TempDir(), StateDir: t.TempDir(), IndexMemory: c.config})
		if got := a.IndexRoom(); got != c.want {
			t.Errorf("%s: %d bytes, want %d", c.name, got, c.want)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}
