// Command gabarit is the window. It joins the application and the window, and starts the face engine's worker when
// the program runs itself again for that; it holds no other code.
package main

import (
	"context"
	"fmt"
	"os"

	"gabarit/app"
	"gabarit/ui"
)

func main() {
	if code, worker := app.RunWorker(os.Args); worker {
		os.Exit(code)
	}
	vault, models := app.DefaultPaths()
	var opts ui.Options
	if len(os.Args) > 1 {
		opts.Photo = os.Args[1]
	}
	if err := ui.Run(context.Background(), app.New(app.Config{VaultDir: vault, ModelsDir: models, Daily: true}), opts); err != nil {
		fmt.Fprintln(os.Stderr, "gabarit:", err)
		os.Exit(1)
	}
}
