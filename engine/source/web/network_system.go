//go:build !uitest

package web

// defaultNetwork is the system's; see network_uitest.go.
func defaultNetwork() Network { return systemNetwork{} }
