"""From what Rasa said to events: nothing of the payloads is shown, what actions tell the brain is not said to the citizen."""

from bot.brain.answers import collect
from bot.conversation import events


def test_buttons_become_choices_and_their_payloads_stay_private() -> None:
    said = collect([{"text": "Kies", "buttons": [{"title": "Ja", "payload": "/affirm"}]}], "t_4", 0.5)
    body = said.events[0]
    assert body["parts"][0]["options"] == [{"label": "Ja", "value": "1"}]
    assert body["_payloads"] == ["/affirm"]
    assert "affirm" not in str(events.public(body, 5))


def test_the_source_of_an_answer_is_a_link_and_in_its_meta() -> None:
    metadata = {"topic": "bijstand", "source": "https://www.rijksoverheid.nl/x", "source_label": "Rijksoverheid"}
    body = collect([{"text": "Tekst", "metadata": metadata}], "t_4", 0.91234).events[0]
    assert body["parts"] == [{"kind": "link", "label": "Rijksoverheid", "url": "https://www.rijksoverheid.nl/x"}]
    assert body["meta"] == {
        "outcome": "answered", "topic": "bijstand", "source": "https://www.rijksoverheid.nl/x", "confidence": 0.912,
    }


def test_what_an_action_tells_the_brain_is_no_message() -> None:
    said = collect([{"custom": {"hide": [7], "forget": True, "handover": {"topic": "bijstand"}}}], "t_4", 1.0)
    assert said.events == []
    assert (said.hide, said.forget, said.handover) == ([7], True, {"topic": "bijstand"})


def test_an_event_of_an_action_carries_its_turn() -> None:
    said = collect([{"text": "In de rij", "custom": {"event": events.handover("queued", position=2)}}], "t_9", 1.0)
    assert [body["type"] for body in said.events] == ["message", "handover"]
    assert said.events[1]["turn"] == "t_9" and said.events[1]["position"] == 2


def test_what_is_true_of_one_thing_is_said_in_one_message() -> None:
    said = collect([
        {"text": "Stap 2.", "custom": {"parts": [{"kind": "case"}], "forget": True},
         "buttons": [{"title": "A", "payload": "/a"}]},
        {"text": "Te laat.", "custom": {"joins": True}, "metadata": {"source": "https://a.example/x"},
         "buttons": [{"title": "B", "payload": "/b"}]},
        {"text": "Iets anders."},
    ], "t_4", 0.9)
    assert [body["text"] for body in said.events] == ["Stap 2.\nTe laat.", "Iets anders."]
    assert [part["kind"] for part in said.events[0]["parts"]] == ["case", "choices", "link"]
    assert said.events[0]["_payloads"] == ["/a", "/b"] and said.forget
