package matter

// Words names what happened, in English: the key of its translation, as with the other words here.
func (k EventKind) Words() string {
	return map[EventKind]string{
		EventDrafted:       "letter chosen",
		EventSent:          "letter sent",
		EventReceived:      "letter arrived",
		EventIdentityAsked: "asked for identity",
		EventIdentityGiven: "question about identity answered",
		EventExtended:      "notice of extension",
		EventAnswered:      "answer",
		EventReminded:      "reminder sent",
		EventComplained:    "complaint to an authority",
		EventToController:  "complaint to the controller",
		EventAuthority:     "authority informed",
		EventClosed:        "closed",
		EventAbandoned:     "abandoned",
		EventReopened:      "opened again",
	}[k]
}

// Words names a part of an answer.
func (m AnswerPart) Words() string {
	return map[AnswerPart]string{"a": "purposes", "b": "categories of data", "c": "recipients or their categories", "d": "storage period", "e": "rights to rectification, erasure, restriction and objection",
		"f": "right to complain", "g": "source of the data", "h": "automated decisions", "copy": "copy of the data", "templates": "templates and derived data",
		"recipients": "recipients by name", "art14": "information of article 14"}[m]
}

// Words names the ground of a refusal.
func (r Refusal) Words() string {
	return map[Refusal]string{RefusalNone: "no ground given", RefusalIdentity: "cannot identify the person", RefusalUnfounded: "manifestly unfounded",
		RefusalExcessive: "excessive", RefusalCap: "a limit of time or number", RefusalException: "an exception of the law",
		RefusalNotBound: "says that the law does not bind it", RefusalSecret: "secret or rights of others", RefusalOther: "another ground"}[r]
}

// Words names a channel so that "by" can stand before it.
func (c Channel) Words() string {
	return map[Channel]string{ChannelEmail: "e-mail", ChannelForm: "web form", ChannelPost: "post", ChannelTracked: "post with proof of delivery",
		ChannelHand: "hand delivery"}[c]
}
