package papers

// table gives the records as heads and rows, in the order of article 30(1).
func (r Records) table(say Say) (head []string, rows [][]string) {
	head = []string{say("Activity"), say("Controller and contact"), say("Joint controllers"), say("Representative"), say("Data protection officer"), say("Purposes"),
		say("Legal basis (article 6)"), say("Condition (article 9(2))"), say("People concerned"), say("Categories of data"), say("Biometric data"), say("Recipients"),
		say("Third countries and safeguards"), say("Time limits"), say("Security measures"), say("Processors"), say("Impact assessment"), say("Last review")}
	for _, a := range r.Activities {
		biometric := say("no")
		if a.Biometric {
			biometric = say("yes")
		}
		rows = append(rows, []string{a.Name, a.Controller, a.Joint, a.Representative, a.DPO, a.Purposes, a.Basis, a.Condition, a.Subjects, a.Categories,
			biometric, a.Recipients, a.Transfers, a.Retention, a.Measures, a.Processors, a.DPIA, a.Reviewed})
	}
	return head, rows
}

// CSV gives the records as a table with a heading row. A cell that a spreadsheet would take for a formula begins with an apostrophe.
func (r Records) CSV(say Say) ([]byte, error) {
	head, rows := r.table(say)
	return writeCSV(append([][]string{head}, rows...))
}

// Sheet gives the records as a paper.
func (r Records) Sheet(lang string, k Known, say Say) Sheet {
	head, rows := r.table(say)
	s := Sheet{Lang: lang, Title: say("Records of processing activities (GDPR article 30)"), Date: r.At, Author: oneLine(k.Profile.Name), Blocks: gapBlocks(say, k)}
	s.Blocks = append(s.Blocks, Block{Text: say("Filled in from what the vault knows; the operator answers for its completeness. Legal periods are proposals and are to be checked by a lawyer.")})
	s.Blocks = append(s.Blocks, tableBlock(say("Processing activities"), head, rows)...)
	return s
}
