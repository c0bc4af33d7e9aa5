// Package bench measures on this machine what the README claims, with what it is compared to in the same run. It is apart from app because it does what nothing
// else may: it runs dlib's own code in the program's own process, on pictures that the user named.
package bench
