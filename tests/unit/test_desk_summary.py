"""An agent sees at a glance what was asked, what the bot did not know, and which cases and appointments came by."""

from typing import Any

from bot.conversation import events
from bot.conversation.events import Event
from bot.desk import summary, words

TITLES = {"paspoort_aanvragen": "Paspoort aanvragen", "afspraak_maken": "Afspraak maken", "zaakstatus": "Stand van een zaak"}


def of(*bodies: Event) -> dict[str, Any]:
    return summary.of(list(enumerate(bodies, start=1)), TITLES.get, words.outcome)


def citizen(text: str) -> Event:
    return events.message("citizen", text)


def bot(turn: int, **meta: Any) -> Event:
    parts = meta.pop("parts", [])
    return events.message("bot", "Antwoord", turn=f"t_{turn}", meta=meta, parts=parts)


def test_what_was_asked_with_the_topic_it_was_taken_for() -> None:
    found = of(citizen("Wat kost een paspoort?"), bot(1, topic="paspoort_aanvragen", outcome="answered"))
    assert found["asked"] == [{"seq": 1, "said": "Wat kost een paspoort?", "topic": "Paspoort aanvragen"}]
    assert found["unsure"] == []


def test_small_talk_and_topics_without_a_name_are_no_questions() -> None:
    found = of(
        citizen("Hoi"), bot(1, topic="greet", outcome="smalltalk"), citizen("Dank"), bot(3, topic="thanks", outcome="answered"),
        citizen("Een medewerker graag"), bot(5, topic="paspoort_aanvragen", outcome="handover"),
    )
    assert found["asked"] == []


def test_the_steps_of_a_form_are_one_question() -> None:
    form = {"topic": "afspraak_maken", "outcome": "form"}
    found = of(
        citizen("Ik wil een afspraak"), bot(1, **form), citizen("Stadhuis"), bot(3, **form),
        citizen("Jan Jansen"), bot(5, **form),
        citizen("En wat kost een paspoort?"), bot(7, topic="paspoort_aanvragen", outcome="answered"),
        citizen("Nog een afspraak"), bot(9, **form),
    )
    assert [(row["seq"], row["topic"]) for row in found["asked"]] == [
        (1, "Afspraak maken"), (7, "Paspoort aanvragen"), (9, "Afspraak maken"),
    ]


def test_what_the_bot_was_unsure_about_with_what_was_said() -> None:
    found = of(
        citizen("Blauwe bak"), bot(1, outcome="fallback"), bot(1, outcome="fallback"), citizen("Iets met afval"),
        bot(4, outcome="suggested"), citizen("Wie wint er?"), bot(6, outcome="refused"),
        citizen("Hoe?"), bot(8, outcome="clarify"),
    )
    assert [(row["seq"], row["said"], row["outcome"]) for row in found["unsure"]] == [
        (1, "Blauwe bak", "fallback"), (4, "Iets met afval", "suggested"), (6, "Wie wint er?", "refused"), (8, "Hoe?", "clarify"),
    ]
    assert found["asked"] == []


def test_a_case_and_an_appointment_are_told_as_they_were_shown_last() -> None:
    case = {"kind": "case", "identificatie": "ZAAK-1", "zaaktype": "Vergunning", "status": "Ontvangen", "step": 1}
    visit = {"kind": "appointment", "reference": "A7K-2FQ9", "location": {"name": "Stadhuis"}}
    found = of(
        citizen("Mijn zaak"), bot(1, topic="zaakstatus", outcome="answered", parts=[case]),
        citizen("En nu?"),
        bot(3, parts=[case | {"status": "In behandeling"}, visit | {"start": "2026-12-01T09:20:00+01:00"}]),
        bot(3, parts=[visit | {"start": "2026-12-02T10:00:00+01:00"}]),
    )
    assert found["zaken"] == [{"identificatie": "ZAAK-1", "zaaktype": "Vergunning", "status": "In behandeling"}]
    assert found["appointments"] == [
        {"reference": "A7K-2FQ9", "start": "2026-12-02T10:00:00+01:00", "location": "Stadhuis"}
    ]


def test_what_was_redacted_or_has_faded_is_in_no_summary() -> None:
    case = {"kind": "case", "identificatie": "ZAAK-9", "zaaktype": "Bijstand", "status": "Ontvangen"}
    shown = bot(1, topic="zaakstatus", outcome="answered", parts=[case]) | {"_until": 1000.0}
    hidden = events.redacted(citizen("Mijn nummer is 0612345678"))
    found = of(hidden, events.faded(shown, 1001.0))
    assert found["zaken"] == []
    assert found["asked"] == [{"seq": 1, "said": events.HIDDEN, "topic": "Stand van een zaak"}]
    assert of(hidden, events.faded(shown, 999.0))["zaken"] != []


def test_earlier_hand_overs_are_told_with_agent_and_outcome() -> None:
    closing = events.handover("closed", agent={"name": "Sanne"}, outcome="niet_bereikt")
    found = of(citizen("Hallo"), events.handover("assigned", agent={"name": "Sanne"}), closing)
    assert found["earlier"] == [{"at": closing["at"], "agent": "Sanne", "outcome": "Inwoner niet bereikt"}]


def test_a_long_conversation_gives_the_newest_rows() -> None:
    answered = {"topic": "paspoort_aanvragen", "outcome": "answered"}
    said = [body for i in range(1, 101, 2) for body in (citizen(f"Vraag {i}"), bot(i, **answered))]
    found = of(*said)
    assert len(found["asked"]) == summary.MOST
    assert found["asked"][-1]["said"] == "Vraag 99"
