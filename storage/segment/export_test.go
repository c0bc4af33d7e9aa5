package segment

// HeadOf gives the head of a state of n blocks.
func HeadOf(of Origin, n int) []byte {
	st := state{origin: of, pieces: 3, index: []byte("index")}
	for i := range n {
		st.blocks = append(st.blocks, &block{size: int64(i)})
	}
	return st.appendHead(nil)
}

// HeadAgain reads a head and writes it again.
func HeadAgain(b []byte) ([]byte, bool) {
	st, err := parseHead(b)
	if err != nil {
		return nil, false
	}
	return st.appendHead(nil), true
}
