"""A conversation that begins on a page about one topic, and what a topic is called."""

import pytest

from tests.conftest import Edge, echoing


async def test_the_first_message_says_what_the_page_is_about_and_its_choice_is_asked(edge: Edge) -> None:
    async with echoing(edge.services) as brain:
        citizen = await edge.citizen(topic="paspoort_aanvragen")
        (opening,) = await citizen.history()
        labels = [option["label"] for option in opening["parts"][0]["options"]]
        assert "U bekijkt nu: Paspoort aanvragen." in opening["text"] and "computer" in opening["text"]
        assert labels[0] == "Paspoort aanvragen" and len(labels) == len(set(labels))
        sent = await citizen.send(type="choice", value="1", reply_to="m_1")
        await citizen.answered(sent.json["seq"])
        assert brain.turns[0].event["_payload"] == "/paspoort_aanvragen"


@pytest.mark.parametrize("topic", [None, "", "bestaat_niet", "crisis", "smalltalk", "../paspoort_aanvragen", "x" * 5_000])
async def test_a_page_that_errs_costs_nobody_the_chat(edge: Edge, topic: str | None) -> None:
    citizen = await edge.citizen(topic=topic)
    (opening,) = await citizen.history()
    assert "U bekijkt nu" not in opening["text"]
    assert opening["parts"] == (await (await edge.citizen()).history())[0]["parts"]


async def test_a_topic_has_a_name_and_what_is_no_topic_has_none(edge: Edge) -> None:
    found = await edge.call("GET", "/v1/gemeenten/voorbeeld/topics/afspraak_maken")
    assert (found.status, found.json) == (200, {"topic": "afspraak_maken", "title": "Afspraak maken"})
    for path in ("voorbeeld/topics/crisis", "voorbeeld/topics/bestaat_niet", "elders/topics/afspraak_maken"):
        refused = await edge.call("GET", f"/v1/gemeenten/{path}")
        assert (refused.status, refused.kind) == (404, "not_found")
