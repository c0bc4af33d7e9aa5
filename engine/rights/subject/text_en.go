package subject

import "maps"

// english gives the paragraphs of what people are sent. {x} are filled in. The model sentence of the certificate is that of the facts sheet, 5.3.
func english() map[string]string {
	all := englishAnswers()
	maps.Copy(all, englishNotices())
	return all
}

// englishAnswers gives the paragraphs of acknowledgements, answers and their files.
func englishAnswers() map[string]string {
	return map[string]string{
		"ref":      "Our reference: {ref}",
		"reply-to": "To: {to}",
		"closing":  "For the controller",
		"greeting": "Dear Sir or Madam,",
		"regards":  "Yours faithfully,",

		"ack-subject":   "Your request of {received} has been received",
		"ack-1":         "We have received your request ({rights}) on {received}. It has the number {ref}.",
		"ack-2":         "We answer by {due} at the latest (GDPR, article 12(3)). If that takes longer we tell you before that day, with the reasons.",
		"ack-3":         "To find all photos of you we need no identity document. A portrait of you, or addresses of pages that show you, help us to search; a portrait is used for your request only and is deleted at its end.",
		"ack-estimated": "The day of receipt is an estimate; if you know better, tell us.",

		"answer-subject":   "Your data: answer to your request for access ({ref})",
		"answer-yes":       "We confirm that we process personal data about you (GDPR, article 15(1)). On {at} we held {photos} {photos:photo that shows|photos that show} you, in which your face appears {faces} {faces:time|times}, {templates} biometric {templates:template|templates}, and {finds} {finds:address or file|addresses or files} where {photos:it was|they were} found.",
		"answer-all":       "A copy of all of it is in this package.",
		"answer-rest":      "A copy of it, but for the templates, is in this package.",
		"answer-copy":      "Your data are in the folder data: records.json and records.csv list every record, images holds the pictures, templates.json the templates. In the pictures everything but your own head is blurred, because other people may be seen who have rights too (article 15(4)); the photo files themselves are not kept, only small pictures of them.",
		"answer-described": "The templates are described and not delivered, as you prefer. You may ask for them at any time.",
		"answer-template":  "A template is biometric data: with it your face can be found in other collections. Keep it as you would keep a password.",
		"answer-unsure":    "For {unsure} further {unsure:picture|pictures} nobody could say with certainty whether {unsure:it shows|they show} you. {unsure:It is|They are} not in this package, because {unsure:it|they} may show somebody else. A better portrait would help us to decide.",
		"answer-contents":  "What this package says, and where: purposes and legal bases in purposes.txt, categories in categories.txt, recipients in recipients.csv, periods in retention.txt, your rights and the authority in rights.txt, sources in sources.csv, how faces are compared in logic.txt, who searched for you in consultations.csv, who answers for the data in controller.txt.",
		"answer-erase":     "If you asked for erasure too, it follows after this answer, so that you can see first what was held.",
		"answer-check":     "manifest.json lists every file with its hash and counts the records of every store; it is signed. The key has the fingerprint {print}.",
		"answer-gap":       "Not contained: {key}. Reason: {why}.",
		"answer-lack":      "To our regret something is lacking of what the law wants to be said here: {gap}",

		"none-subject": "No data about you were found ({ref})",
		"none-1":       "We have searched for data about you and found none. That is our answer under article 15(1) of the GDPR.",
		"none-2":       "How we searched: on {at} all {held} faces in {photos} {photos:photo|photos}, of every collection ({collections}), were looked through, whatever their age and whether or not a search may find them. {compared} of them {compared:was|were} compared with {faces} {faces:face|faces} on {portraits} {portraits:photo|photos} that you sent, up to a distance of {distance} ({model}); a search calls nothing farther than {possible} even possible.",
		"none-other":   "{other} {other:face|faces} could not be compared, because another program had made {other:its template|their templates}.",
		"none-3":       "Besides, {urls} {urls:address|addresses} that you named, and {hashes} {hashes:file, by its exact hash and its look|files, by their exact hash and their look} (up to {bits} different bits of 64), were compared with all photos. The nearest face had a distance of {nearest}.",
		"none-looked":  "{candidates} {candidates:face or photo was|faces or photos were} found in these ways. People looked at {candidates:it|each} and decided that it does not show you.",
		"none-better":  "A face search can fail: if a portrait is small, old or turned away, send us a better one, or several, or the address of a page that shows you, and we search again.",

		"purposes":       "Collection \"{name}\": {purpose}. Legal basis: GDPR article {basis}. Condition for biometric data: article {condition}. What it may contain: {scope}.",
		"purposes-none":  "No collection holds a photo of you.",
		"categories":     "images (small pictures of photos, pictures of faces)\nbiometric data (templates of faces; GDPR article 9(1))\nlocation data (where a photo was taken, if the file told)\ntext (titles, captions, authors, addresses of pages and images)\ncomputed data (position and quality of faces, hashes, groups of faces that look alike)\nlog data (searches that returned you, and their purpose)",
		"retention":      "Collection \"{name}\": photos leave it {days} days after they were collected.",
		"retention-rest": "Portraits that you send us: until your request ends, at most 30 days longer than the answer takes. The record of your request: three years after its end. The log of searches: as long as the vault; it names faces by numbers, which mean nothing once the data are erased. Entries that keep erased files from coming back: three years.",
		"rights":         "You have the right to have wrong data put right (article 16), to erasure (17), to restriction (18), to object (21(1)), and to complain to a supervisory authority (77), in particular where you live or work; you may go to court (79). Whoever received your data is told of an erasure (19).\nThe right to object: you may object at any time, for reasons of your particular situation, to processing that rests on article 6(1)(e) or (f) (article 21(4)).",
		"authority":      "Supervisory authority: {authority}",
		"logic":          "A program finds faces in photos and computes a template of each: 128 numbers, by a neural network ({model}). Two templates are compared by their distance. A search lists faces up to a distance of {search}; it calls none farther than {possible} even possible, and tells how many faces of strangers are to be expected that near. For your request faces up to {review} were looked at. The program errs: among 10,000 pairs of different people some two are nearer than .5, among 100 pairs of one person some five are farther than .55, more for people whom its training shows seldom, for children and for poor pictures. People decide what a match means; no decision about you is made by the program alone (article 22).",
		"controller":     "Controller: {controller}",
		"representative": "Representative in the Union (article 27): {representative}",
		"dpo":            "Data protection officer: {dpo}",
		"joint":          "Joint controllers: {joint}",
		"nobody":         "not recorded",
	}
}

// englishNotices gives those of extensions, refusals, notices and certificates.
func englishNotices() map[string]string {
	return map[string]string{
		"ext-subject": "Your request {ref}: we need more time",
		"ext-1":       "Your request of {received} can't be answered by {due}. We extend the time by two months, to {until} (GDPR, article 12(3)), for these reasons:",
		"ext-2":       "You may complain to a supervisory authority (article 77) and go to court (article 79).",

		"refuse-subject":              "Your request {ref} is refused",
		"refuse-1":                    "We do not act on your request of {received}. Ground: {ground} (GDPR, article 12(5)).",
		"refuse-manifestly-unfounded": "it is manifestly unfounded",
		"refuse-excessive":            "it is excessive",
		"refuse-2":                    "Our reasons:",
		"refuse-3":                    "It is for us to prove this. You may complain to a supervisory authority (article 77) and seek a judicial remedy (article 79); both are open to you now (article 12(4)).",

		"notice-subject": "Erasure of personal data that you received ({ref})",
		"notice-1":       "According to our records you received personal data from us: {what}. At the request of a person concerned we erased data of theirs on {at}. We notify you of that under article 19 of the GDPR.",
		"notice-2":       "Please erase what you hold of these data, with copies, links and everything derived from it, templates and hashes too, and tell us that you did. The records concerned had these numbers: {photos}.",

		"restricted-subject": "Restriction of the processing of personal data that you received ({ref})",
		"restricted-1":       "According to our records you received personal data from us: {what}. At the request of a person concerned we have restricted the processing of data of theirs since {at} (GDPR, article 18). We notify you of that under article 19 of the GDPR.",
		"restricted-2":       "Please store what you hold of these data, and do not use or disclose it until you hear from us. The records concerned have these numbers: {photos}.",

		"cert-subject":       "Certificate of erasure {ref}",
		"cert-received":      "Requested on {received}, completed on {at}, certificate issued on {issued}.",
		"cert-model":         "On {at} we erased {photos} {photos:image|images}, {crops} face {crops:crop|crops} and {thumbnails} {thumbnails:thumbnail|thumbnails}, {templates} biometric {templates:template|templates} and {templates} index {templates:entry|entries} relating to you from the systems listed below. Copies in backups will be overwritten by {backups} and will not be restored into use. {search} We keep the record of your request until {until} to be able to show that we complied (Article 5(2)), and {suppressions} suppression {suppressions:entry|entries} made from web addresses and image files, which {suppressions:contains|contain} no biometric data. {suppressions:It prevents|They prevent} the same files from being collected again; {suppressions:it|they} cannot recognise a different photograph of you.",
		"cert-not-sent":      "the notice is made and not sent yet",
		"cert-needless":      "not told: {reason}",
		"semicolon":          "; ",
		"cert-deleted":       "{portraits:That portrait was|Those portraits were} deleted on {deleted}.",
		"cert-search-none":   "A new search with the {portraits:portrait|portraits} you supplied returned no result.",
		"cert-search-rest":   "A new search with the {portraits:portrait|portraits} you supplied returned nothing but {rejected} {rejected:face|faces} that people had already told apart from you.",
		"cert-search-no":     "There was no portrait to search with again; a scan for the erased records found none.",
		"cert-looks":         "By your choice ({chosen}) files that look alike are refused, too: for that a fingerprint of the picture is kept, which says nothing of your face.",
		"cert-counts":        "Erased, by kind: {counts}.",
		"cert-partly":        "{partly} {partly:photo shows|photos show} other people too: {partly:it stays|they stay}, without your face, which is made unrecognisable in {partly:it|them}. {partly:Its title and address stay|Their titles and addresses stay}, too, and may name you; tell us if they do.",
		"cert-systems":       "System: {system}. Erased: {count}. How: {method}.",
		"cert-verified":      "Verified on {verified}: a search with {portraits} {portraits:face|faces} of your portraits up to a distance of {distance} through {compared} {compared:face|faces} found {hits} of you; a full scan for the erased records found {scan}; {records} stored {records:record was|records were} read in all versions that the database still has: {left} of what was erased {left:is|are} left, {keys} destroyed {keys:key is|keys are} there again, {index} erased {index:face is|faces are} in the index, {pending} {pending:erasure is|erasures are} unfinished.",
		"cert-recipients":    "Recipients, and when they were informed (article 19): {recipients}.",
		"cert-no-recipients": "No recipient of your data is recorded; nobody had to be informed (article 19).",
		"cert-public":        "The program publishes nothing: no copy was made public by it (article 17(2)).",
		"cert-cases":         "{cases} of the operator's own case files still {cases:lists|list} addresses of your photos; {cases:it is|they are} kept for legal claims (article 17(3)(e)).",
		"cert-kept":          "Kept: {what} ({count}). Why: {why}. Legal basis: {basis}. Until {until}.",
		"cert-kept-log":      "Kept: {what} ({count}). Why: {why}. Legal basis: {basis}. As long as the log, which is of one piece; the numbers in it stand for nothing any more.",
		"cert-limits":        "What this does not do: the same photo, recompressed or cropped, or another photo of you, is not recognised when it is collected again. We do not keep a template of you as a block list: to use one, a template of everybody collected would have to be computed first and compared with yours.",
		"cert-remedies":      "If you think that something was left, tell us. You may complain to a supervisory authority (article 77) and go to court (article 79).",
		"cert-signed":        "The JSON version of this certificate is signed; the key has the fingerprint {print}.",

		"right-access": "access", "right-erasure": "erasure", "right-restriction": "restriction", "right-objection": "objection",
		"kept-request": "the record of your request", "kept-request-why": "to be able to show that we complied", "kept-suppressions": "suppression entries", "kept-suppressions-why": "to keep the same addresses and files from being collected again",
		"kept-log": "entries of the log that name erased records by number", "kept-log-why": "to be able to show who searched, and that it was erased",
		"annex": "Files of this package", "annex-note": "Every file is listed in manifest.json with its SHA-256.",
		"annex-cert": "Signature", "annex-cert-note": "The text above says the same as the signed JSON file beside it.",
	}
}
