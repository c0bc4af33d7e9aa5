// Package matter holds the types of the two kinds of matters that rights make: cases, which a person sends out, and subject requests,
// which an operator receives. It says what they are made of and in which states they can be; rules (deadlines, letters,
// completeness) are in engine/rights and its neighbours, which all speak in these types, and screens show them.
package matter
