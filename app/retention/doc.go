// Package retention keeps the open vault to its dates: it erases what was kept long enough, asks sources whether what was collected is still there
// and allowed, hides at once what is not, and erases that in time. Which is due, and why, engine/retention says; how an address is asked,
// engine/source/web; what is hidden, app/hidden; erasing is the program's, with its proof.
//
// All of it runs when somebody asks, and by itself once a day while the vault is open (KeepDaily). Nothing of it runs while the vault is locked, and
// what runs by itself does not count as somebody's use of the vault.
package retention
