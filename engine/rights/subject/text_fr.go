package subject

import "maps"

// french is english in French; the sentence of the certificate is that of the facts sheet, 5.3.
func french() map[string]string {
	all := frenchAnswers()
	maps.Copy(all, frenchNotices())
	maps.Copy(all, frenchNames())
	return all
}

// frenchAnswers gives the paragraphs of acknowledgements, answers and their files.
func frenchAnswers() map[string]string {
	return map[string]string{
		"ref":      "Notre référence : {ref}",
		"reply-to": "À : {to}",
		"closing":  "Pour le responsable du traitement",
		"greeting": "Madame, Monsieur,",
		"regards":  "Nous vous prions d’agréer, Madame, Monsieur, l’expression de nos salutations distinguées.",

		"ack-subject":   "Votre demande du {received} nous est parvenue",
		"ack-1":         "Nous avons reçu votre demande ({rights}) le {received}. Elle porte le numéro {ref}.",
		"ack-2":         "Nous répondrons au plus tard le {due} (RGPD, article 12, paragraphe 3). S’il faut plus de temps, nous vous le dirons avant ce jour, avec les motifs.",
		"ack-3":         "Pour retrouver toutes les photos de vous, nous n’avons pas besoin de pièce d’identité. Un portrait de vous, ou des adresses de pages où vous apparaissez, nous aident à chercher ; un portrait ne sert qu’à votre demande et est supprimé à la fin.",
		"ack-estimated": "La date de réception est une estimation ; si vous la connaissez mieux, dites-le-nous.",

		"answer-subject":   "Vos données : réponse à votre demande d’accès ({ref})",
		"answer-yes":       "Nous confirmons que nous traitons des données à caractère personnel vous concernant (RGPD, article 15, paragraphe 1). Le {at}, nous détenions {photos} {photos:photo|photos} où vous apparaissez, votre visage y figurant {faces} fois, {templates} {templates:gabarit biométrique|gabarits biométriques} et {finds} {finds:adresse ou fichier|adresses ou fichiers} où {photos:elle a été trouvée|elles ont été trouvées}.",
		"answer-all":       "Une copie de l’ensemble se trouve dans ce dossier.",
		"answer-rest":      "Une copie s’en trouve dans ce dossier, gabarits exceptés.",
		"answer-copy":      "Vos données se trouvent dans le dossier data : records.json et records.csv énumèrent chaque enregistrement, images contient les images, templates.json les gabarits. Dans les images, tout est flouté sauf votre propre tête, car d’autres personnes, qui ont aussi des droits, peuvent y figurer (article 15, paragraphe 4) ; les fichiers des photos ne sont pas conservés, seulement des vignettes.",
		"answer-described": "Les gabarits sont décrits et non remis, comme vous le préférez. Vous pouvez les demander à tout moment.",
		"answer-template":  "Un gabarit est une donnée biométrique : il permet de retrouver votre visage dans d’autres collections. Gardez-le comme un mot de passe.",
		"answer-unsure":    "Pour {unsure} {unsure:autre image|autres images}, personne n’a pu dire avec certitude si {unsure:elle vous montre|elles vous montrent}. {unsure:Elle ne figure|Elles ne figurent} pas dans ce dossier, car {unsure:elle peut|elles peuvent} montrer quelqu’un d’autre. Un meilleur portrait nous aiderait à décider.",
		"answer-contents":  "Ce que dit ce dossier, et où : finalités et bases juridiques dans purposes.txt, catégories dans categories.txt, destinataires dans recipients.csv, durées dans retention.txt, vos droits et l’autorité dans rights.txt, sources dans sources.csv, comparaison des visages dans logic.txt, qui a recherché votre visage dans consultations.csv, qui répond des données dans controller.txt.",
		"answer-erase":     "Si vous avez aussi demandé l’effacement, il suit cette réponse, afin que vous puissiez d’abord voir ce qui était détenu.",
		"answer-check":     "manifest.json énumère chaque fichier avec son empreinte et compte les enregistrements de chaque système ; il est signé. La clé a l’empreinte {print}.",
		"answer-gap":       "Ne figure pas : {key}. Motif : {why}.",
		"answer-lack":      "Nous regrettons qu’il manque ici quelque chose que la loi demande : {gap}",

		"none-subject": "Aucune donnée vous concernant n’a été trouvée ({ref})",
		"none-1":       "Nous avons cherché des données vous concernant et n’en avons trouvé aucune. C’est notre réponse au titre de l’article 15, paragraphe 1, du RGPD.",
		"none-2":       "Comment nous avons cherché : le {at}, tous les visages ({held}) de toutes les photos ({photos}) de toutes les collections ({collections}) ont été parcourus, quelle que soit leur ancienneté et qu’une recherche puisse les trouver ou non. {compared} d’entre eux {compared:a été comparé|ont été comparés} à {faces} {faces:visage|visages} sur {portraits} {portraits:photo|photos} que vous avez {portraits:envoyée|envoyées}, jusqu’à une distance de {distance} ({model}) ; une recherche n’appelle même pas possible ce qui est plus loin que {possible}.",
		"none-other":   "{other} {other:visage n’a pas pu être comparé|visages n’ont pas pu être comparés}, parce qu’un autre programme avait calculé {other:son gabarit|leurs gabarits}.",
		"none-3":       "De plus, {urls} {urls:adresse que vous avez indiquée|adresses que vous avez indiquées} et {hashes} {hashes:fichier, par son empreinte exacte et par son aspect|fichiers, par leur empreinte exacte et par leur aspect} (jusqu’à {bits} bits différents sur 64), ont été comparés à toutes les photos. Le visage le plus proche était à une distance de {nearest}.",
		"none-looked":  "{candidates} {candidates:visage ou photo a été trouvé|visages ou photos ont été trouvés} ainsi. Des personnes {candidates:l’ont regardé et ont décidé qu’il|ont regardé chacun et ont décidé qu’il} ne vous montre pas.",
		"none-better":  "Une recherche de visage peut échouer : si un portrait est petit, ancien ou de profil, envoyez-nous-en un meilleur, ou plusieurs, ou l’adresse d’une page où vous apparaissez, et nous chercherons de nouveau.",

		"purposes":       "Collection « {name} » : {purpose}. Base juridique : RGPD, article {basis}. Condition pour les données biométriques : article {condition}. Ce qu’elle peut contenir : {scope}.",
		"purposes-none":  "Aucune collection ne contient de photo de vous.",
		"categories":     "images (petites images de photos, images de visages)\ndonnées biométriques (gabarits de visages ; RGPD, article 9, paragraphe 1)\ndonnées de localisation (où une photo a été prise, si le fichier l’indiquait)\ntextes (titres, légendes, auteurs, adresses de pages et d’images)\ndonnées calculées (position et qualité des visages, empreintes, groupes de visages qui se ressemblent)\ndonnées de journal (recherches qui ont trouvé votre visage, et leur finalité)",
		"retention":      "Collection « {name} » : les photos la quittent {days} jours après leur collecte.",
		"retention-rest": "Portraits que vous nous envoyez : jusqu’à la fin de votre demande, au plus 30 jours de plus que la réponse. Trace de votre demande : trois ans après sa fin. Journal des recherches : aussi longtemps que le coffre ; il désigne les visages par des numéros, qui ne veulent plus rien dire une fois les données effacées. Entrées qui empêchent le retour de fichiers effacés : trois ans.",
		"rights":         "Vous avez le droit de faire rectifier des données inexactes (article 16), à l’effacement (17), à la limitation (18), de vous opposer (21, paragraphe 1), et d’introduire une réclamation auprès d’une autorité de contrôle (77), en particulier là où vous vivez ou travaillez ; vous pouvez saisir un tribunal (79). Quiconque a reçu vos données est informé d’un effacement (19).\nLe droit d’opposition : vous pouvez vous opposer à tout moment, pour des raisons tenant à votre situation particulière, à un traitement fondé sur l’article 6, paragraphe 1, point e) ou f) (article 21, paragraphe 4).",
		"authority":      "Autorité de contrôle : {authority}",
		"logic":          "Un programme trouve des visages sur des photos et calcule un gabarit de chacun : 128 nombres, par un réseau de neurones ({model}). Deux gabarits sont comparés par leur distance. Une recherche énumère les visages jusqu’à une distance de {search} ; elle n’appelle même pas possible ce qui est plus loin que {possible}, et dit combien de visages d’inconnus sont à attendre aussi près. Pour votre demande, les visages jusqu’à {review} ont été regardés. Le programme se trompe : sur 10 000 paires de personnes différentes, environ deux sont plus proches que 0,5 ; sur 100 paires d’une même personne, environ cinq sont plus loin que 0,55, davantage pour les personnes que son apprentissage montre rarement, pour les enfants et pour les mauvaises images. Des personnes décident de ce que signifie une correspondance ; aucune décision vous concernant n’est prise par le programme seul (article 22).",
		"controller":     "Responsable du traitement : {controller}",
		"representative": "Représentant dans l’Union (article 27) : {representative}",
		"dpo":            "Délégué à la protection des données : {dpo}",
		"joint":          "Responsables conjoints : {joint}",
		"nobody":         "non enregistré",
	}
}

// frenchNotices gives those of extensions, refusals, notices and certificates.
func frenchNotices() map[string]string {
	return map[string]string{
		"ext-subject": "Votre demande {ref} : il nous faut plus de temps",
		"ext-1":       "Nous ne pouvons pas répondre à votre demande du {received} pour le {due}. Nous prolongeons le délai de deux mois, jusqu’au {until} (RGPD, article 12, paragraphe 3), pour les motifs suivants :",
		"ext-2":       "Vous pouvez introduire une réclamation auprès d’une autorité de contrôle (article 77) et saisir un tribunal (article 79).",

		"refuse-subject":              "Votre demande {ref} est refusée",
		"refuse-1":                    "Nous ne donnons pas suite à votre demande du {received}. Motif : {ground} (RGPD, article 12, paragraphe 5).",
		"refuse-manifestly-unfounded": "elle est manifestement infondée",
		"refuse-excessive":            "elle est excessive",
		"refuse-2":                    "Nos raisons :",
		"refuse-3":                    "Il nous incombe de le démontrer. Vous pouvez introduire une réclamation auprès d’une autorité de contrôle (article 77) et former un recours juridictionnel (article 79) ; les deux vous sont ouverts dès maintenant (article 12, paragraphe 4).",

		"notice-subject": "Effacement de données à caractère personnel que vous avez reçues ({ref})",
		"notice-1":       "D’après nos registres, vous avez reçu de nous des données à caractère personnel : {what}. À la demande d’une personne concernée, nous avons effacé des données la concernant le {at}. Nous vous le notifions au titre de l’article 19 du RGPD.",
		"notice-2":       "Merci d’effacer ce que vous détenez de ces données, avec les copies, les liens et tout ce qui en est dérivé, y compris gabarits et empreintes, et de nous le confirmer. Les enregistrements concernés portaient ces numéros : {photos}.",

		"restricted-subject": "Limitation du traitement de données à caractère personnel que vous avez reçues ({ref})",
		"restricted-1":       "D’après nos registres, vous avez reçu de nous des données à caractère personnel : {what}. À la demande d’une personne concernée, nous avons limité le traitement de données la concernant depuis le {at} (RGPD, article 18). Nous vous le notifions au titre de l’article 19 du RGPD.",
		"restricted-2":       "Merci de conserver ce que vous détenez de ces données sans l’utiliser ni le communiquer, jusqu’à nouvel avis de notre part. Les enregistrements concernés portent ces numéros : {photos}.",

		"cert-subject":       "Certificat d’effacement {ref}",
		"cert-received":      "Demandé le {received}, achevé le {at}, certificat délivré le {issued}.",
		"cert-model":         "Le {at}, nous avons effacé {photos} {photos:image|images}, {crops} {crops:recadrage|recadrages} et {thumbnails} {thumbnails:vignette|vignettes}, {templates} {templates:gabarit biométrique|gabarits biométriques} et {templates} {templates:entrée|entrées} d’index vous concernant dans les systèmes indiqués ci-dessous. Les copies présentes dans les sauvegardes seront écrasées au plus tard le {backups} et ne seront pas réutilisées. {search} Nous conservons la trace de votre demande jusqu’au {until} afin de pouvoir démontrer son traitement (article 5, paragraphe 2), ainsi que {suppressions} {suppressions:entrée de blocage calculée|entrées de blocage calculées} à partir d’adresses web et de fichiers d’image, sans donnée biométrique. {suppressions:Elle empêche|Elles empêchent} une nouvelle collecte des mêmes fichiers ; {suppressions:elle ne peut|elles ne peuvent} pas reconnaître une autre photographie de vous.",
		"cert-not-sent":      "l’avis est fait et pas encore envoyé",
		"cert-needless":      "non informé : {reason}",
		"semicolon":          " ; ",
		"cert-deleted":       "{portraits:Ce portrait a été supprimé|Ces portraits ont été supprimés} le {deleted}.",
		"cert-search-none":   "Une nouvelle recherche avec {portraits:le portrait fourni|les portraits fournis} n’a donné aucun résultat.",
		"cert-search-rest":   "Une nouvelle recherche avec {portraits:le portrait fourni|les portraits fournis} n’a donné que {rejected} {rejected:visage que des personnes avaient déjà distingué|visages que des personnes avaient déjà distingués} de vous.",
		"cert-search-no":     "Il n’y avait pas de portrait pour chercher de nouveau ; un parcours à la recherche des enregistrements effacés n’en a trouvé aucun.",
		"cert-looks":         "Par votre choix ({chosen}), les fichiers d’aspect semblable sont refusés aussi : pour cela une empreinte de l’image est conservée, qui ne dit rien de votre visage.",
		"cert-counts":        "Effacé, par nature : {counts}.",
		"cert-partly":        "{partly} {partly:photo montre|photos montrent} aussi d’autres personnes : {partly:elle reste|elles restent}, sans votre visage, qui y est rendu méconnaissable. {partly:Son titre et son adresse restent|Leurs titres et adresses restent} aussi et peuvent vous nommer ; dites-le-nous si c’est le cas.",
		"cert-systems":       "Système : {system}. Effacé : {count}. Comment : {method}.",
		"cert-verified":      "Vérifié le {verified} : une recherche avec {portraits} {portraits:visage|visages} de vos portraits jusqu’à une distance de {distance} parmi {compared} {compared:visage|visages} en a trouvé {hits} de vous ; un parcours complet à la recherche des enregistrements effacés en a trouvé {scan} ; {records} {records:enregistrement a été lu|enregistrements ont été lus} dans toutes les versions que la base contient encore : de ce qui a été effacé il reste {left}, {keys} {keys:clé détruite est revenue|clés détruites sont revenues}, {index} {index:visage effacé est|visages effacés sont} dans l’index, {pending} {pending:effacement est inachevé|effacements sont inachevés}.",
		"cert-recipients":    "Destinataires, et quand ils ont été informés (article 19) : {recipients}.",
		"cert-no-recipients": "Aucun destinataire de vos données n’est enregistré ; personne n’était à informer (article 19).",
		"cert-public":        "Le programme ne publie rien : il n’a rendu publique aucune copie (article 17, paragraphe 2).",
		"cert-cases":         "{cases} {cases:dossier|dossiers} de l’exploitant lui-même {cases:mentionne|mentionnent} encore des adresses de vos photos ; {cases:il est conservé|ils sont conservés} pour la défense de droits en justice (article 17, paragraphe 3, point e)).",
		"cert-kept":          "Conservé : {what} ({count}). Pourquoi : {why}. Base juridique : {basis}. Jusqu’au {until}.",
		"cert-kept-log":      "Conservé : {what} ({count}). Pourquoi : {why}. Base juridique : {basis}. Aussi longtemps que le journal, qui est d’un seul tenant ; les numéros n’y désignent plus rien.",
		"cert-limits":        "Ce que cela ne fait pas : la même photo, recompressée ou recadrée, ou une autre photo de vous, n’est pas reconnue si elle est collectée de nouveau. Nous ne gardons pas de gabarit de vous comme liste de blocage : pour s’en servir, il faudrait d’abord calculer un gabarit de chaque personne collectée et le comparer au vôtre.",
		"cert-remedies":      "Si vous pensez qu’il reste quelque chose, dites-le-nous. Vous pouvez introduire une réclamation auprès d’une autorité de contrôle (article 77) et saisir un tribunal (article 79).",
		"cert-signed":        "La version JSON de ce certificat est signée ; la clé a l’empreinte {print}.",

		"right-access": "accès", "right-erasure": "effacement", "right-restriction": "limitation", "right-objection": "opposition",
		"kept-request": "la trace de votre demande", "kept-request-why": "pour pouvoir démontrer son traitement", "kept-suppressions": "entrées de blocage", "kept-suppressions-why": "pour empêcher une nouvelle collecte des mêmes adresses et fichiers",
		"kept-log": "entrées du journal qui désignent des enregistrements effacés par leur numéro", "kept-log-why": "pour pouvoir démontrer qui a cherché, et que l’effacement a eu lieu",
		"annex": "Fichiers de ce dossier", "annex-note": "Chaque fichier est énuméré dans manifest.json avec son SHA-256.",
		"annex-cert": "Signature", "annex-cert-note": "Le texte ci-dessus dit la même chose que le fichier JSON signé qui l’accompagne.",
	}
}

// frenchNames gives what stands in places of the paragraphs; in English each is its own text.
func frenchNames() map[string]string {
	return map[string]string{
		// phrases that gaps are told by
		whyEmptyItem: "la réponse ne dit rien sur ce point", whyEmptyStore: "le coffre n’en contient pas", whyMissing: "le dossier ne contient pas tout ce que le coffre contient",
		whyNew: "des visages sont arrivés depuis l’examen des candidats : cherchez de nouveau", whyUndecided: "des candidats ne sont pas encore décidés",
		Scanned: "un parcours complet de chaque système n’en a trouvé aucun", NothingHeld: "aucune donnée concernant la personne n’a été trouvée", Undelivered: "décrits et non remis, comme la personne le préfère",

		// systems and methods of a certificate
		"records of photos and where they were found": "enregistrements des photos et des endroits où elles ont été trouvées", "pictures of faces": "images de visages",
		"small pictures of photos": "petites images de photos", "templates": "gabarits", "index in memory and on disk": "index en mémoire et sur disque",
		"groups of faces by person": "groupes de visages par personne", "keys": "clés", "overwritten in place": "écrasées sur place",
		"records deleted, their keys destroyed, their bytes removed from the database's files, all of it read through afterwards": "enregistrements supprimés, leurs clés détruites, leurs octets retirés des fichiers de la base, le tout relu ensuite",
		"as above; of photos that stay, made anew without the face":                                                               "comme ci-dessus ; pour les photos qui restent, refaites sans le visage",
		"rows removed; what is saved written anew without them, the old files' keys destroyed":                                    "lignes retirées ; ce qui est enregistré est réécrit sans elles, les clés des anciens fichiers sont détruites",
		"computed from the index, which no longer has the faces; decisions about them deleted with them":                          "calculés à partir de l’index, qui n’a plus les visages ; les décisions à leur sujet sont supprimées avec eux",
		"GDPR":         "RGPD",
		"whole photos": "photos entières", "photos that stay without a face": "photos qui restent sans un visage", "thumbnails removed or made anew": "vignettes supprimées ou refaites",
		"face crops": "recadrages de visages", "templates, and rows of the index": "gabarits et lignes de l’index", "places where they were found": "endroits où elles ont été trouvées",
		"records of items": "enregistrements d’éléments", "records of runs": "enregistrements de collectes", "collections": "collections", "finds taken out of cases": "trouvailles retirées de dossiers",
		"keys destroyed": "clés détruites", "entries against collecting again": "entrées contre une nouvelle collecte",
		"It is not recorded who the controller is (GDPR article 14(1)(a)).":                           "Il n’est pas enregistré qui est le responsable du traitement (RGPD, article 14, paragraphe 1, point a)).",
		"The controller can't be written to: neither an address nor an e-mail address is recorded.":   "On ne peut pas écrire au responsable du traitement : ni adresse ni adresse électronique n’est enregistrée.",
		"It is not recorded why the GDPR applies, or does not (article 3).":                           "Il n’est pas enregistré pourquoi le RGPD s’applique ou non (article 3).",
		"No representative in the Union is designated, although article 27 of the GDPR requires one.": "Aucun représentant dans l’Union n’est désigné, bien que l’article 27 du RGPD l’exige.",
	}
}
