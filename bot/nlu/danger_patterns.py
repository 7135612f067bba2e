"""What danger sounds like in Dutch, and what only sounds like it. Read `danger.py` for how these are used.

All patterns match a reading in lower case without accents or punctuation, in which slips have been mended: "mij" and
"mn" read "me" and "mijn", "wou" and "wilt" read "wil", "eind" reads "einde".
"""

MANY = (
    r"(?:(?:ik|hij|ze|je|gewoon|echt|alleen|maar|nu|liever|het|liefst|eigenlijk|wel|ook|zo|graag|heel|toch|nog|vandaag|"
    r"morgen|soms|altijd|vaak|weer|dan|er|hier|t|een|beetje|even|niks|anders|als|meer|langer|verder) )*"
)
SOME = r"(?:\w+ ){0,3}?"
PERSON = (
    r"(?:hij|ze|zij|iemand|vader|moeder|man|vrouw|vriend|vriendin|ex|partner|broer|zus|zusje|zoon|dochter|buurman|"
    r"buurvrouw|"
    r"stiefvader|stiefmoeder|ouders|oom|tante|oma|opa|baas|papa|mama|vent|kind|kinderen|meisje|jongen)"
)
SELF = "(?:mezelf|zichzelf|zich|haarzelf|hemzelf)"
VICTIM = r"(?:me|ons|haar|hem|mijn \w+|zijn \w+|de kinderen|een kind|het kind|kinderen)"
BEATS = r"(?:slaat|slaan|schopt|mishandelt|mishandelen|bedreigt|wurgt|misbruikt|verkracht|vermoordt|stalkt|steekt)"
BEATEN = (
    r"(?:geslagen|mishandeld|bedreigd|verkracht|aangerand|gestalkt|misbruikt|geschopt|gestoken|gewurgd|neergestoken|"
    r"aangevallen|opgesloten)"
)
KILL = r"(?:vermoorden|doodmaken|doodslaan|doodsteken|doodschieten|neersteken|neerschieten|dood maken)"
PLACE = r"(?:trein|metro|tram|brug|flat|dak|balkon|toren|spoor|vrachtwagen|viaduct)"
PILLS = r"(?:pillen|medicijnen|tabletten|slaappillen|paracetamol)"

# Taken out of the reading before anything is looked for.
FIGURES = (
    # "ik schaam me dood", "we hebben ons kapot gelachen", "al sla je me dood"
    r"\b(?:me|mezelf|ons|je|zich|u) (?:\w+ ){0,2}(?:dood|kapot|rot) ?(?:schamen|lachen|vervelen|ergeren|schrikken|"
    r"werken|"
    r"zoeken|betalen|wachten|geschaamd|gelachen|verveeld|geergerd|geschrokken|gewerkt|gezocht)\b",
    r"\b(?:schaam|lach|verveel|erger|schrik|schrok|werk|zoek|betaal|wacht|zweet)\w* (?:\w+ ){0,2}?"
    r"(?:me|mezelf|ons|je|zich|u|er) (?:\w+ ){0,2}?(?:dood|kapot)\b",
    r"\b(?:al )?sla (?:je |u )?me dood\b",
    r"\bsla\w* (?:me|ons|je|hem|haar) (?:om de oren|lam|met stomheid|er doorheen)\b",
    r"\bsla (?:me|er) (?:er )?(?:\w+ )?doorheen\b",
    r"\bdood ?(?:moe|op|graag|simpel|eenvoudig|leuk|normaal|gewoon|saai|stil|zonde|eng|eerlijk|gelukkig|ziek van|"
    r"bang voor)\b",
    # dead animals and wood are reported to the street's repair desk
    r"\bdood (?:hout|dier|dieren|beest|konijn|kat|hond|vogel\w*|schaap|egel|spoor|water|punt|gewicht|stuk|boom|eind\w*|"
    r"gevonden|melden|aangeven|verklaren|verklaard|van (?:schaamte|het lachen|verveling|de hitte|ergernis))\b",
    r"\bniet dood(?:gaan)?\b",
    r"\bmoord(?:griet|wijf|vent|gozer|gast|zaak|tent)\b",
    r"\bmoord en brand\b",
    r"\bover mijn lijk\b",
    r"\b(?:kost|kostte) (?:me|ons|je) (?:\w+ )?kop\b",
    r"\bkapot ?geslagen\b",
    r"\bin brand (?:geweest|gestoken|gezet|gestaan)\b",
    r"\bbrand(?:gang|trap|kraan|veilig\w*|stapel\w*|vergunning\w*|melder\w*|hout|stof|weer kazerne)\b",
    r"\b(?:bedreigd|bedreigt) (?:\w+ ){0,2}?(?:met|door) (?:een |de |het )?(?:boete|deurwaarder|uithuiszetting|"
    r"ontruiming|"
    r"incasso\w*|dwangsom|rekening|aanmaning)\b",
    r"\bbedreigde (?:dier|plant)\w*\b",
    # what happens in a game or a film
    r"\bin (?:die|deze|dat|dit|een|het|mijn) (?:game|spel|computerspel|videospel|film|serie|boek)\b.*",
    # "leven" for living somewhere, or of something
    r"\b(?:hier|daar) (?:\w+ )?niet (?:meer|langer|verder) (?:\w+ )?leven\b",
    r"\bleven (?:hier|in (?!deze wereld)|op (?!deze|aarde)|"
    r"van|beteren|zo lang)\b",
    r"\b(?:zelfmoord|suicide|zelfdoding) (?:gepleegd|pleegde|preventie|cijfers|statistiek)\b",
    r"\bgasl(?:ek|ucht) (?:\w+ )?(?:gerepareerd|verholpen|geweest)\b",
)

SUICIDE = (
    r"\b(?:wil|ga|gaat|zou|overweeg|overweegt|denk|dacht|denken|denkt|gedachten|gedachtes|plannen|plan|om|pleeg|"
    r"plegen|aan|"
    rf"over|je) {MANY}(?:zelfmoord|suicide|zelfdoding)\b",
    r"\b(?:zelfmoord|suicide|zelfdoding) (?:ga |wil )?(?:pleeg|plegen|doen|gedachten|gedachtes|neigingen|plannen)\b",
    r"^(?:help )?(?:ik )?(?:ben )?(?:zelfmoord|suicide|zelfdoding|suicidaal|levensmoe)$",
    r"\bsuicidaal gedacht\w+",
    r"\bzelfmoord(?:gedacht\w+|poging\w*|plannen|neiging\w*)\b",
    r"\b(?:ben|is|am|voel me|word) (?:\w+ ){0,2}(?:suicidaal|levensmoe)\b",
    rf"\bwil {MANY}(?:dood|sterven|doodgaan)\b(?! (?:maken|hebben|regelen|voor me))",
    r"\bikwil(?:niet(?:meer)?leven|dood)",
    rf"\b(?:hij|ze|zij|ik|die|moeder|vader|zoon|dochter|vriend|vriendin|man|vrouw) {MANY}dood wil\b",
    rf"\b(?:was|ben|wens|hoop|wil dat) ik {MANY}dood\b(?! (?:voor|op))",
    r"\bals ik dood ben zou niemand\b",
    r"\bmissen als ik (?:er niet meer|dood) ben\b",
    r"\bbeter (?:af )?(?:\w+ )?als ik er (?:\w+ )?niet meer ben\b",
    rf"\bliever {MANY}dood\b(?! (?:dan|als) )",
    r"\bnet zo goed dood (?:zijn|gaan|wezen)\b",
    r"\bga dood en dat wil ik\b",
    rf"\bwil {MANY}niet {MANY}(?:leven|bestaan|wakker worden)\b",
    rf"\ber {MANY}niet meer (?:wil zijn|willen zijn)\b",
    r"\bwil (?:\w+ )?(?:er )?niet meer zijn\b(?! (?:inge|gebonden|lid))",
    r"\bniet meer (?:willen|wil) leven\b",
    r"\bniet meer wakker (?:worden|wil worden)\b",
    r"\bkan (?:zo )?niet meer (?:verder )?leven\b",
    r"\bwaarom zou ik nog leven\b",
    r"\bgeen (?:zin|reden) meer (?:in (?:het|mijn|dit) leven|om (?:voor )?te leven)\b",
    r"\b(?:het|mijn) leven (?:\w+ ){0,2}(?:niet meer zitten|beu|zat)\b",
    r"\btrek het leven niet\b",
    r"\bleven (?:heeft|hoeft) (?:voor me )?(?:echt )?(?:geen zin|niet meer)\b",
    r"\b(?:heeft|hebben) (?:het|mijn) leven nog voor zin\b",
    r"\b(?:einde|punt) (?:\w+ )?(?:te )?(?:maken )?aan (?:mijn|dit|het|haar|zijn) (?:eigen )?leven\b",
    r"\b(?:van het leven beroven|weg uit dit leven|uit het leven stap\w*)\b",
    r"\bmaakt? (?:ik |hij |ze )?er (?:\w+ ){0,2}einde aan\b(?! (?:mijn|het|de|dit) (?!leven))",
    r"\ber (?:\w+ ){0,2}einde aan (?:\w+ ){0,2}(?:te )?maken\b",
    r"\bwil (?:\w+ ){0,2}eruit ?stappen\b(?= *$)",
    rf"\b(?:{SELF}|ik (?:\w+ ){{0,2}}?me) (?:\w+ ){{0,3}}?(?:ophangen|verhangen|verdrinken|van kant|"
    r"iets aan ?(?:te )?do\w+|"
    r"wat aan ?(?:te )?do\w+|"
    r"doodschieten|doodmaken|vermoorden|doden|dood maken|verwonden|snijden|pijn (?:te )?(?:doen|moet doen))\b",
    r"\b(?:snij|snijdt|hang|verhang|verdrink|vermoord) (?:mezelf|zichzelf)\b",
    rf"\b(?:spring\w*|gooi\w* (?:me|mezelf)|werp\w* (?:me|mezelf)) (?:\w+ ){{0,2}}?(?:voor|onder|van|uit) (?:de|een|"
    rf"het) {PLACE}\b",
    rf"\b(?:voor|van|onder) (?:de|een|het) {PLACE} (?:af )?(?:te )?(?:springen|gooien)\b",
    rf"\b(?:te ?veel|alle|handvol|al mijn|strip|doosje|doos|berg) (?:\w+ ){{0,2}}?{PILLS} (?:in)?(?:genomen|geslikt|"
    r"slikken|nemen)\b",
    rf"^ik heb {PILLS} (?:geslikt|ingenomen)\b",
    r"\boverdosis\b",
    r"\bafscheidsbrie\w+",
    r"\b113 (?:bellen|nodig)\b",
    r"\b(?:kill(?:ing)? me|kill mezelf|kill myself|want to die|end my life|suicidal|commit suicide|"
    r"don t want to live)\b",
)

VIOLENCE = (
    rf"\b{PERSON} (?:\w+ ){{0,2}}?{BEATS} (?:\w+ )?{VICTIM}\b",
    rf"\b{BEATS} (?:mijn )?{PERSON} (?:me|ons|mijn|haar)\b",
    r"\b(?:gaat|wil|zal|komt) (?:me|ons|haar|mijn \w+) (?:\w+ )?(?:slaan|mishandelen|verkrachten|steken|wurgen)\b",
    rf"\b(?:ik|me|wij|we|mijn \w+|kind) (?:word|werd|ben|wordt|worden|zijn|heb|heeft) {SOME}{BEATEN}\b",
    rf"^(?:word|werd) {SOME}{BEATEN}\b",
    rf"\bword ik {SOME}{BEATEN}\b",
    rf"\b{PERSON} (?:\w+ ){{0,2}}?(?:heeft|hebben) {SOME}(?:me|ons|haar|hem|mijn \w+) {SOME}{BEATEN}\b",
    rf"\b{PERSON} (?:\w+ ){{0,2}}?(?:wordt|worden|werd|is) {SOME}{BEATEN}\b",
    rf"\b(?:wordt|worden) (?:er )?{SOME}(?:iemand|kind|kinderen|vrouw|meisje|jongen|oma|opa|moeder) {SOME}{BEATEN}\b",
    rf"\b{PERSON} (?:die |dat )?{BEATEN} (?:wordt|worden|is)\b",
    r"\bthuis wordt er geslagen\b",
    rf"\b{PERSON} (?:\w+ ){{0,2}}?(?:gaat|wil|zal|komt|dreigt|kan) {SOME}(?:me|ons|haar|"
    rf"mijn \w+) {SOME}(?:te )?{KILL}\b",
    rf"\b{PERSON} (?:me|ons) (?:\w+ )?(?:vermoordt|doodmaakt|doodslaat)\b",
    r"\bwil (?:me|ons) dood\b",
    rf"\b{PERSON} (?:\w+ ){{0,3}}?(?:me|ons|haar) {SOME}(?:iets|wat) aan ?(?:te )?do\w+",
    rf"\b(?:ga|zal|wil|kom) (?:\w+ ){{0,2}}?(?:hem|haar|jullie|hen|je|u|iemand|iedereen|allemaal|"
    rf"mijn {PERSON}) {SOME}{KILL}\b",
    r"\bik (?:maak|schiet|steek|sla) (?:hem|haar|jullie|je|u|iedereen|hen) (?:\w+ )?(?:dood|neer)\b",
    r"\b(?:huiselijk geweld|geweld thuis|geweld in huis|kindermishandeling|eerwraak|eergerelateerd geweld)\b",
    r"^(?:help )?(?:mishandeling|verkrachting|aanranding)$",
    r"\bblijf van mijn lijf\w*",
    r"\buithuwelijken\b",
    r"\b(?:gedwongen|dwingen|dwingt) (?:me |\w+ )?(?:om )?(?:te|tot|in het buitenland te) (?:trouwen|seks|huwelijk)\b",
    rf"\b{PERSON} (?:\w+ ){{0,2}}?(?:heeft|staat|zwaait|dreigt|komt) (?:\w+ ){{0,5}}?(?:mes|pistool|wapen|bijl|"
    r"geweer)\b",
    r"\b(?:zit|zat) aan (?:me|mijn (?:kind|dochter|zoon|zusje|broertje))\b",
    r"\bbij (?:de|haar|mijn) keel (?:heeft )?(?:ge)?(?:pakt|grijpt|grepen)\b",
    r"\b(?:niet veilig (?:\w+ )?(?:thuis|in mijn (?:eigen )?huis|bij (?:mijn|hem|haar))|thuis niet veilig)\b",
    r"\bbang (?:voor|van|dat) (?:mijn (?:man|vriend|ex|vader|partner|zoon|broer|vrouw)|hij)\b",
    r"\bdurf niet naar huis\b",
    rf"\b{PERSON} doet (?:me|ons) (?:\w+ )?pijn\b",
    rf"\b{PERSON} sluit (?:me|ons) op\b",
    r"\b(?:vluchten|gevlucht) (?:voor|van) mijn (?:man|vriend|ex|vader|familie|ouders)\b",
    r"\b(?:husband|boyfriend|wife|father|ex|he) (?:\w+ )?(?:hits|hit|beats|beat|hurts|threatens) (?:me|us)\b",
    r"\b(?:going to kill|wants to kill) (?:me|us)\b",
    r"\bi am (?:in danger|afraid to go home)\b",
)

EMERGENCY = (
    r"\b(?:huis|woning|flat|schuur|keuken|buren|auto|gebouw|appartement|container) (?:\w+ ){0,3}?(?:staat|"
    r"is) (?:\w+ ){0,2}in brand\b",
    r"\bstaat (?:\w+ ){0,4}?in brand\b",
    r"^(?:help )?(?:er is )?brand(?: help)?$",
    r"\b(?:er is|hier is|help) (?:\w+ ){0,2}?brand\b(?! (?:geweest|gemeld))",
    r"\b(?:ruik\w*|ruikt|hangt|sterke) (?:\w+ ){0,3}?(?:gas|gaslucht)\b",
    r"\bgas(?:lek|lucht)\b",
    r"\b(?:ligt|is|raakt) (?:\w+ ){0,4}?(?:bewusteloos|buiten bewustzijn|niet aanspreekbaar)\b",
    r"\b(?:ademt|beweegt) (?:\w+ )?niet(?: meer)?\b",
    r"\b(?:krijg|krijgt) geen (?:lucht|adem)\b",
    r"\b(?:heeft|krijgt|heb|krijg) (?:\w+ ){0,2}?(?:hartaanval|hartstilstand|beroerte)\b(?! (?:gehad|gekregen))",
    r"^(?:help |spoed )?(?:hartaanval|ambulance|reanimatie|levensgevaar|acuut gevaar|noodgeval)$",
    r"\b(?:ambulance|brandweer) (?:nu |snel |direct |meteen )?(?:nodig|sturen|komen)\b",
    r"\bpolitie (?:nu |snel |meteen )nodig\b",
    r"\b(?:bel|stuur) (?:\w+ ){0,2}?(?:112|ambulance|brandweer|ziekenwagen)\b",
    r"\binbreker (?:\w+ )?(?:in|is|binnen|nu)\b",
    r"\b(?:er wordt|wordt er) (?:\w+ )?(?:geschoten|gestoken|geschoten)\b",
    r"\bhelp (?:\w+ )?(?:ik )?ga (?:\w+ )?dood\b",
    r"\b(?:ben|verkeer) (?:\w+ )?in (?:groot |acuut |direct )?gevaar\b",
    r"\bbloedt? (?:\w+ )?(?:heel )?(?:erg|hard|dood)\b",
    r"\bongeluk (?:\w+ ){0,4}?gewonden?\b",
)
