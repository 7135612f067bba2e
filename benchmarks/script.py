"""What the citizens of the benchmark say: the same messages, in the same order, on both sides.

No sentence of tests/topics, which are for measuring understanding only. None of these begins a form: the answer to a message
doesn't depend on the messages before it, so both sides have the same to do however fast they are.
"""

QUESTIONS = (
    "ik wil een nieuw paspoort aanvragen", "wat kost een paspoort?", "hoe lang is een paspoort geldig?",
    "ik wil een identiteitskaart aanvragen", "wat kost een id-kaart?",
    "ik heb met spoed een paspoort nodig", "kan ik een spoedpaspoort krijgen?", "ik vlieg morgen en mijn paspoort is verlopen",
    "ik ben mijn paspoort kwijt", "mijn identiteitskaart is gestolen",
    "ik wil mijn rijbewijs verlengen", "hoe verleng ik mijn rijbewijs?", "wat kost een nieuw rijbewijs?",
    "ik ga verhuizen", "hoe geef ik mijn verhuizing door?", "ik wil mijn nieuwe adres doorgeven",
    "ik wil een uittreksel uit de brp", "hoe vraag ik een uittreksel aan?", "ik heb een bewijs van inschrijving nodig",
    "mijn kind is geboren, hoe doe ik aangifte?", "geboorteaangifte doen", "binnen hoeveel dagen moet ik de geboorte aangeven?",
    "ik wil een parkeervergunning aanvragen", "wat kost een parkeervergunning?", "hoe krijg ik een parkeervergunning?",
    "ik wil grofvuil laten ophalen", "waar kan ik mijn oude bank brengen?", "wanneer wordt het grofvuil opgehaald?",
    "er ligt een stoeptegel los in mijn straat", "de lantaarnpaal voor mijn huis is kapot", "ik wil een losse tegel melden",
    "hoe vraag ik digid aan?", "ik wil digid aanvragen",
    "ik wil bijstand aanvragen", "heb ik recht op een uitkering?", "hoe hoog is de bijstand?",
    "hoe vraag ik studiefinanciering aan?", "ik wil studiefinanciering",
    "wat zijn de openingstijden?", "hoe laat gaat het gemeentehuis open?",
)

# Each of these is answered by a custom action. One message in eleven.
ACTIONS = (
    "ik wil een medewerker spreken", "mag ik een medewerker spreken?", "ik wil met een mens praten",
    "kan ik een medewerker aan de lijn krijgen?",
)

EVERY = len(QUESTIONS) // len(ACTIONS)
MESSAGES = tuple(
    text for i, action in enumerate(ACTIONS) for text in (*QUESTIONS[i * EVERY : (i + 1) * EVERY], action)
)

# For the cost of a turn by the length of a conversation: each window of turns holds each of these twice.
CYCLE = (*QUESTIONS[:36:4], ACTIONS[0])
