"""Which question about a running case somebody asks: why so long, when, what to do, too late, what comes next, another case;
whether it was granted, whether what one did has arrived, and withdrawing it."""

import re

from bot.dutch.text import plain

# Slips and short forms of words that carry the question. Ordinary words that look like them ("waarop") stay as they are.
_SLIPS = {
    slip: word
    for word, slips in {
        "waarom": "wrm waarm waarrom warom waaorm waaom wrom wararom wrrom woarom waorom waarrm waarim",
        "wanneer": "wnr wnnr wanner waneer wneer wannneer wannear weneer wanr wenneer wanneeer waneeer wannerr",
        "duurt": "durt duurd duurdt dyurt duurrt duut duurtt duurde durrt",
        "lang": "lng lnag lagn lank",
        "moet": "mot mut mt moeten moeste moest",
        "hoor": "hoort horen hor hoorr",
        "volgende": "volgene volgnde vogende volgend",
        "iets": "iest ies its",
        "nog": "nogg ngo noch",
        "doen": "doe doene deon",
        "stap": "stapp satp",
        "termijn": "termein termijnen trmijn termeijn",
        "betalen": "betale betaalen betaln",
        "opsturen": "opsture opstuuren opstueren",
        "ik": "k",
        "het": "t dit da dat",
        "wat": "wa",
    }.items()
    for slip in slips.split()
}
_YOU = r"(?:jullie|julie|jij|je|u|ge|gij|de gemeente|ze)"
_ACT = (
    r"(?:doen|regelen|geven|(?:op ?|in|na|toe)?sture?n?|(?:in|aan)leveren|indienen|invullen|(?:onder)?tekenen|betalen|"
    r"ondernemen|reageren|(?:mee|binnen)brengen)"
)
_PAPERS = r"(?:iets|wat|niks|papieren|stukken|documenten|gegevens|bewijs\w*)"
_DONE = (
    r"(?:betaald|overgemaakt|voldaan|(?:op|in|na|toe|ver)?ge?stuurd|(?:in|aan|af)ge(?:leverd|geven|diend|vuld)|gemaild|"
    r"gegeven|afgegeven|binnengebracht|ingediend|ge-?upload)"
)
_VERY = r"(?:zo+|veel te|te|vreselijk|heel|erg|verdomd|echt)"
_SOME = r"(?:\S+ ){0,4}"

# In order: the first that fits counts. "Why" brings the dates too, so it goes before "when". Each between word boundaries.
_QUESTIONS = {
    "andere": (
        r"(?:andere?|2e|tweede|volgende) (?:\w+ )?(?:zaak|zaken|aanvra\w+|dossier|zaaknummer|melding|bezwaar|procedure)",
        r"(?:nog (?:een|1)|een andere?) (?:zaak|zaaknummer|dossier)",
        r"(?:en|hoe zit het met) (?:die|dat|de|mijn) andere?(?=\W*$)", "van zaak (?:wisselen|veranderen)",
    ),
    "te_laat": (
        rf"(?:\w*termijn|deadline|tijd|datum) {_SOME}(?:voorbij|verstreken|verlopen|overschreden|om|over)",
        "(?:verstreken|verlopen|overschreden) (?:termijn|datum)", "(?:over|buiten) (?:de|jullie|uw) (?:termijn|datum|deadline)",
        "in ?gebreke(?:stelling)?", "dwangsom", rf"{_YOU} (?:zijn|is|bent|komen) (?:\w+ )?te laat", r"te laat (?:met )?besl\w*",
        r"(?:zaak|aanvraag|dossier|besluit) (?:is|komt) (?:\w+ )?te laat",
        r"had(?:den)? (?:\S+ ){0,4}(?:al ?lang|al|eigenlijk) (?:\S+ ){0,3}(?:moet|beslist|klaar)", r"datum (?:\S+ ){0,6}geweest",
        r"(?:wat|kan) .*(?:doen|beginnen) (?:als|tegen|aan) .*(?:laat|lang|termijn)",
        "(?:kan|mag) ik (?:er )?(?:(?:iets|wat) )?(?:er ?)?(?:tegen|aan) doen", "wat (?:zijn|heb ik) (?:mijn|voor) rechten",
        r"op tijd beslis\w*", rf"wat (?:gaan|gaat|doen) {_YOU} (?:er|daar) ?(?:aan|mee|tegen)",
        r"krijg ik (?:dan|daarvoor|er) (?:\w+ )?(?:geld|vergoeding|schadevergoeding)",
    ),
    "gedaan": (
        rf"(?:ik|we|wij) (?:heb|hebben) {_SOME}(?:al|allang|reeds|gisteren|vorige week|vandaag|toch) {_SOME}{_DONE}"
        r"(?!.*\b(?:moet|hoef)\b)",
        rf"heb(?:ben)? {_YOU} {_SOME}(?:ontvangen|gekregen|binnen(?:gekregen)?)",
        r"(?:is|zijn) (?:\S+ ){0,5}(?:aangekomen|binnengekomen)",
    ),
    "intrekken": ("intrekken|ingetrokken", rf"trek {_SOME}in(?=\W*$)"),
    "doen": (
        rf"(?:wat|welke \w+) (?:moet|kan|dien|hoor) (?:ik|we|wij|er) {_SOME}{_ACT}",
        rf"moet (?:ik|we|wij|er) {_SOME}{_PAPERS} (?:\S+ ){{0,2}}(?:{_ACT}|gebeuren|bij)",
        rf"moet (?:ik|we) {_SOME}{_PAPERS}(?=\W*$)", rf"moet (?:ik|we) (?:nu |nog |zelf )+(?:\S+ )?{_ACT}",
        rf"ik {_SOME}moet {_SOME}{_ACT}", rf"nog {_PAPERS} (?:te )?{_ACT}",
        r"hoeft? (?:ik|we) (?:\w+ )?(?:niks|niets|nog|verder|iets)",
        rf"(?:wat|welke \w+) (?:hebben|heeft|heb|mis|missen|verwacht\w*|willen|wil) {_YOU} .*(?:nodig|nog|van mij|van me|weten)",
        rf"(?:mis|missen|mist|ontbreekt|ontbreken) (?:er |ik |u |jullie )?(?:nog )?{_PAPERS}", "wat (?:ontbreekt|mist|mankeert)",
        rf"{_PAPERS} (?:\w+ )?(?:nodig|missen|ontbreken)", r"wat wordt? er (?:\w+ )?van (?:mij|me) verwacht",
        r"(?:ben|heb) ik (?:\w+ )?(?:iets|wat) vergeten", "aan zet", r"ligt (?:\S+ ){0,3}(?:bij|aan) mij",
        "bij jullie of bij mij", "bij mij of bij jullie", r"betaling|betaald",
    ),
    "waarom": (
        "waarom", "hoe ?zo", "hoe ?komt", "reden", "oorzaak", "vanwaar", rf"{_VERY} (?:lang|traag)", r"vertrag\w*", "uitgesteld",
        "verlengd", r"waar (?:ligt|lig|hangt|zit|wacht\w*|loopt) (?:\S+ ){0,3}(?:aan|op|vast)", rf"waar wacht\w* {_YOU}",
        r"op wie (?:of wat )?wacht\w*", r"(?:staat|ligt) (?:\S+ ){0,3}stil", r"schiet (?:\w+ )?(?:\w+ )?niet op",
        "gebeurt er niks", rf"houdt {_SOME}(?:op|tegen)", r"opgeschort|opschorting",
        "wat is (?:er |het )?(?:probleem|aan de hand|mis)",
        rf"(?:kan|gaat) {_SOME}nie?t? (?:wat |iets )?(?:sneller|vlugger|rapper)",
    ),
    "stap": (
        r"volgende (?:stap\w*|fase)", "wat (?:gebeurt|volgt|komt) (?:er )?(?:nu|dan|hierna|daarna|verder|na)",
        r"wat gebeurt er (?:\w+ )*mee", r"hoe (?:gaat|moet|loopt) (?:het )?(?:nu |dan |hier )?verder", "hoe nu verder",
        r"en (?:wat )?(?:dan|daarna|nu)(?=\W*$)", "(?:hoeveel|welke) stap(?:pen)?", "hierna", "vervolg",
    ),
    "besluit": (
        r"(?:goed|af)gekeurd|toegekend|verleend|afgewezen|geweigerd|ingewilligd|toegewezen",
        rf"(?:wat|hebben) {_SOME}(?:besloten|beslist)", r"(?:is|was) (?:er )?(?:\w+ )?(?:besluit|beslissing) genomen",
    ),
    "wanneer": (
        "wanneer", "hoe ?lang", "nog lang", "lang nog", "hoe snel", r"hoe ?veel (?:dag|week|weken|maand|tijd)\w*", r"\w*termijn",
        "welke (?:datum|dag|week|maand)", r"hoor (?:ik|we|wij) (?:\w+ ){0,3}(?:iets|wat|nog|niks|meer)", "duurt het nog",
        "waar blijft", "(?:verwachte|uiterste|uiterlijke|eind) ?datum", "datum (?:van )?(?:het )?besluit",
        r"krijg (?:ik|we) (?:\w+ ){0,3}(?:bericht|antwoord|uitslag|brief|besluit|reactie)", "(?:niks|niets) (?:meer )?gehoord",
        "opschieten", r"komt (?:er |het |de |mijn )?(?:nog |al )?(?:\w+ )?(?:besluit|brief|beslissing|antwoord|uitslag)",
    ),
}
_PATTERNS = {name: re.compile(rf"\b(?:{'|'.join(patterns)})\b") for name, patterns in _QUESTIONS.items()}
_WORD = re.compile(r"[^\W\d_]+")


def find_zaakvraag(text: str) -> str | None:
    """`andere`, `te_laat`, `gedaan`, `intrekken`, `doen`, `waarom`, `stap`, `besluit` or `wanneer`; None when the text asks how
    things are in general.

    It reads what is asked, not whether it is about a case: that is for the intent to say.
    """
    words = _WORD.sub(lambda match: _SLIPS.get(match.group(), match.group()), plain(text))
    reading = " ".join(words.replace("'", "").split())
    return next((name for name, pattern in _PATTERNS.items() if pattern.search(reading)), None)
