// Package desk is the operator's side of the rights that people have: subject requests from their registration to the certificate (type Requests).
package desk
