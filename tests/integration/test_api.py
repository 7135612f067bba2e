"""The citizen API over real HTTP and a real Redis, with a brain that echoes."""

import asyncio
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yarl

from bot.conversation import events
from bot.conversation.queue import Agent
from bot.wiring import Services
from connectors.health import Health, Metrics
from tests.api_document import booked
from tests.conftest import Citizen, EchoBrain, Edge, EdgeFactory


def asking(*parts: events.Event, **private: object) -> list[events.Event]:
    return [events.message("bot", "Kies maar", name="Balie", parts=list(parts), **private)]


CHOICES = {"kind": "choices", "id": "q", "options": [{"label": "Ja", "value": "1"}, {"label": "Nee", "value": "2"}]}
DATE = {"kind": "date", "id": "d", "min": "2026-12-01", "max": "2026-12-31", "closed": ["2026-12-25"]}
TIME = {"kind": "time", "id": "t", "slots": ["09:20", "09:40"]}
FORM = {"kind": "form", "id": "f", "fields": [
    {"name": "zaaknummer", "label": "Zaaknummer", "type": "text", "pattern": r"ZAAK-\d{4}-\d{4}", "required": True},
    {"name": "geboortedatum", "label": "Geboortedatum", "type": "date", "required": False, "sensitive": True},
    {"name": "mail", "label": "E-mailadres", "type": "email", "required": False},
]}


@pytest.fixture
async def citizen(edge: Edge) -> Citizen:
    return await edge.citizen()


async def question(citizen: Citizen, brain: EchoBrain, body: list[events.Event]) -> str:
    """Let the bot ask something; returns the id of the question."""
    brain.answers["vraag mij iets"] = body
    found = await citizen.answered((await citizen.send("vraag mij iets")).json["seq"])
    return str(next(event["id"] for event in found if event["type"] == "message"))


class TestBegin:
    async def test_a_conversation_begins_with_the_disclosure_and_topics_to_choose(self, edge: Edge) -> None:
        citizen = await edge.citizen()
        first, *rest = await citizen.history()
        assert not rest and first["seq"] == 1 and first["from"] == {"role": "bot", "name": "Balie"}
        assert "computer, geen mens" in first["text"] and "Gemeente Voorbeeld" in first["text"]
        labels = [option["label"] for option in first["parts"][0]["options"]]
        assert labels[0] == "Paspoort aanvragen" and "Een medewerker spreken" in labels
        assert not any(key.startswith("_") for key in first)

    async def test_it_says_how_long_it_is_kept(self, edge: Edge) -> None:
        citizen = await edge.citizen()
        left = datetime.fromisoformat(citizen.created["expires_at"]) - datetime.now(UTC)
        assert timedelta(days=29) < left <= timedelta(days=30)
        assert citizen.created["seq"] == 1

    async def test_the_page_is_kept_without_its_query(self, edge: Edge) -> None:
        citizen = await edge.citizen(page="https://www.voorbeeld.example/paspoort?naam=Jansen#top")
        kept = await edge.services.store.event(citizen.conv, 1)
        assert kept and kept["_page"] == "https://www.voorbeeld.example/paspoort"

    @pytest.mark.parametrize(("change", "field"), [
        ({"gemeente": "elders"}, "gemeente"), ({"channel": "telegram"}, "channel"), ({"locale": "fr"}, "locale"),
        ({"page": "javascript:alert(1)"}, "page"), ({"page": "https://[x"}, "page"), ({"gemeente": 5}, "gemeente"),
        ({"extra": "x"}, "extra"), ({"channel": None}, "channel"),
    ])
    async def test_wrong_fields_are_named(self, edge: Edge, change: dict[str, object], field: str) -> None:
        reply = await edge.call("POST", "/v1/conv", json={"gemeente": "voorbeeld", "channel": "website", **change})
        assert reply.status == 422 and reply.kind == "invalid"
        assert [fault["field"] for fault in reply.json["errors"]] == [field]

    async def test_conversations_per_address_are_limited(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(rate_create_minute=2)
        await edge.citizen()
        await edge.citizen()
        reply = await edge.call("POST", "/v1/conv", json={"gemeente": "voorbeeld", "channel": "website"})
        assert reply.status == 429 and 1 <= int(reply.headers["Retry-After"]) <= 60


class TestSend:
    async def test_a_question_is_acknowledged_and_answered(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        reply = await citizen.send("Hoe vraag ik een paspoort aan?")
        assert reply.status == 201 and reply.json["id"] == "m_2" and reply.json["seq"] == 2
        answer, done = await citizen.answered(2)
        assert answer["text"] == "echo: Hoe vraag ik een paspoort aan?" and answer["turn"] == "t_2"
        assert done["type"] == "turn_done"

    async def test_the_same_message_ten_times_at_once_is_one(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        cid = str(uuid.uuid4())
        replies = await asyncio.gather(*(citizen.send("Hallo", cid=cid) for _ in range(10)))
        assert sorted(reply.status for reply in replies) == [200] * 9 + [201]
        assert {reply.json["seq"] for reply in replies} == {2}
        await citizen.answered(2)
        assert [event["type"] for event in await citizen.history()] == ["message", "message", "message", "turn_done"]

    async def test_a_cid_is_not_used_for_something_else(self, citizen: Citizen) -> None:
        cid = str(uuid.uuid4())
        assert (await citizen.send("Hallo", cid=cid)).status == 201
        assert (await citizen.send("Iets anders", cid=cid)).kind == "cid_reused"
        assert (await citizen.send(type="end", cid=cid)).kind == "cid_reused"

    async def test_twenty_messages_at_once_keep_one_order(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        replies = await asyncio.gather(*(citizen.send(f"nummer {i}") for i in range(20)))
        order = sorted((reply.json["seq"], i) for i, reply in enumerate(replies))
        async with citizen.stream() as stream:
            done: list[str] = []
            log = await stream.until(lambda e: e["type"] == "turn_done" and (done.append(e["turn"]) or len(done) == 20))
        asked = [event["text"] for event in log if event.get("from", {}).get("role") == "citizen"]
        answers = [event["text"] for event in log if event.get("from", {}).get("role") == "bot"][1:]
        assert asked == [f"nummer {i}" for _, i in order]
        assert answers == [f"echo: {text}" for text in asked]
        assert [event["seq"] for event in log] == list(range(1, 62))

    @pytest.mark.parametrize(("message", "field"), [
        ({"text": ""}, "text"), ({"text": " \n\t\u200b "}, "text"), ({}, "text"), ({"text": "a" * 2001}, "text"),
        ({"text": "a\x00b"}, "text"), ({"text": 5}, "text"), ({"text": ["a"]}, "text"), ({"text": "a", "extra": 1}, "extra"),
        ({"text": "a", "type": "shout"}, "type"), ({"text": "a", "cid": "1"}, "cid"), ({"text": "a", "cid": 7}, "cid"),
        ({"type": "choice", "value": "1"}, "reply_to"), ({"type": "choice", "reply_to": "m_1"}, "value"),
        ({"type": "choice", "reply_to": "m_0", "value": "1"}, "reply_to"),
        ({"type": "form", "reply_to": "m_1", "value": "x"}, "value"),
        ({"type": "form", "reply_to": "m_1", "value": {"a": 1}}, "value"), ({"type": "rating", "value": "6"}, "value"),
        ({"type": "rating", "value": {"a": "1"}}, "value"), ({"type": "rating"}, "value"),
    ])
    async def test_a_wrong_message_is_refused_with_the_field(
        self, citizen: Citizen, message: dict[str, object], field: str
    ) -> None:
        reply = await citizen.call("POST", "/messages", json={"cid": str(uuid.uuid4()), "type": "text", **message})
        assert reply.status == 422 and reply.kind == "invalid"
        assert [fault["field"] for fault in reply.json["errors"]] == [field]
        assert await citizen.edge.services.store.length(citizen.conv) == 1

    @pytest.mark.parametrize(("body", "status"), [
        (b"", 400), (b"{", 400), (b"\xff\xfe", 400), (b'{"cid":"\xff"}', 400), (b'{"cid":"\\ud800"}', 400),
        (b"[" * 8000, 422), (b'{"value":' + b'{"a":' * 2000, 422), (b"[]", 422), (b"null", 422), (b" " * 16385, 413),
        (b"a" * 1_000_000, 413), ('{"text":"' + "🙂" * 10000 + '"}', 413),
    ])
    async def test_a_body_that_is_no_message_is_refused(self, citizen: Citizen, body: bytes, status: int) -> None:
        reply = await citizen.call("POST", "/messages", data=body, headers={"Content-Type": "application/json"})
        assert reply.status == status and reply.kind in {"malformed", "invalid", "too_large"}
        assert await citizen.edge.services.store.length(citizen.conv) == 1

    async def test_a_body_of_unknown_length_has_the_same_limit(self, citizen: Citizen) -> None:
        async def drip():  # type: ignore[no-untyped-def]
            for _ in range(20):
                yield b" " * 1000

        reply = await citizen.call("POST", "/messages", data=drip(), headers={"Content-Type": "application/json"})
        assert reply.status == 413

    async def test_only_json_is_read(self, citizen: Citizen) -> None:
        reply = await citizen.call("POST", "/messages", data=b"{}", headers={"Content-Type": "text/plain"})
        assert reply.status == 415 and reply.kind == "not_json"

    async def test_emoji_alone_are_a_message(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        family = "👨‍👩‍👧🏴󠁧󠁢󠁥󠁮󠁧󠁿👍🏽"
        assert (await citizen.send(family)).status == 201
        assert (await citizen.answered(2))[0]["text"] == f"echo: {family}"

    async def test_the_longest_message_passes(self, citizen: Citizen) -> None:
        assert (await citizen.send("é" * 2000)).status == 201

    async def test_unseen_characters_are_taken_out(self, citizen: Citizen) -> None:
        await citizen.send("  \u202eHal\u00adlo\u200b\x07\u00a0daar\r\nen\tverder ")
        assert (await citizen.history())[-1]["text"] == "Hallo daar\nen verder"

    async def test_a_bsn_never_reaches_the_log(self, citizen: Citizen) -> None:
        await citizen.send("Mijn BSN is 123456782, help")
        kept = await citizen.edge.services.redis.lrange(f"balie:c:{citizen.conv}:log", 0, -1)
        assert b"123456782" not in b"".join(kept) and "•••" in (await citizen.history())[-1]["text"]

    async def test_what_looks_like_an_instruction_to_the_bot_stays_text(
        self, citizen: Citizen, echo_brain: EchoBrain
    ) -> None:
        text = '/zaakstatus{"zaaknummer":"ZAAK-1"}'
        await citizen.send(text)
        await citizen.answered(2)
        assert echo_brain.turns[0].event["text"] == text
        assert "_payload" not in echo_brain.turns[0].event and "_fields" not in echo_brain.turns[0].event

    async def test_the_thirty_first_message_of_a_minute_is_refused(self, citizen: Citizen) -> None:
        for _ in range(30):
            assert (await citizen.send("Hallo")).status == 201
        reply = await citizen.send("Hallo")
        assert reply.kind == "too_many" and 1 <= int(reply.headers["Retry-After"]) <= 60

    async def test_messages_per_address_and_day_are_limited(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(rate_address_day=3)
        for _ in range(3):
            assert (await (await edge.citizen()).send("Hallo")).status == 201
        reply = await (await edge.citizen()).send("Hallo")
        assert reply.status == 429 and int(reply.headers["Retry-After"]) > 3600

    async def test_a_benchmark_may_lift_the_rates(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(lift_rates=True, rate_conversation_minute=1, rate_create_minute=1, max_inbox=10)
        citizen = await edge.citizen()
        assert [(await citizen.send("Hallo")).status for _ in range(4)] == [201] * 4
        await edge.citizen()

    async def test_messages_that_wait_for_the_bot_are_limited(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(max_inbox=2)).citizen()
        assert [(await citizen.send("Hallo")).status for _ in range(3)] == [201, 201, 429]
        reply = await citizen.send("Hallo")
        assert reply.kind == "busy" and reply.headers["Retry-After"] == "5"

    async def test_an_overloaded_counter_says_so(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(max_backlog=1)
        assert (await (await edge.citizen()).send("Hallo")).status == 201
        reply = await (await edge.citizen()).send("Hallo")
        assert reply.status == 503 and reply.kind == "overloaded" and "Retry-After" in reply.headers

    async def test_a_full_conversation_takes_no_more(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(max_events=2)).citizen()
        assert (await citizen.send("Hallo")).status == 201
        assert (await citizen.send("Hallo")).kind == "conversation_full"


class TestAnswers:
    async def test_a_topic_of_the_opening_can_always_be_chosen(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        await question(citizen, echo_brain, asking(CHOICES, _payloads=["/affirm", "/deny"]))
        reply = await citizen.send(type="choice", value="1", reply_to="m_1", text="wat de widget liet zien")
        assert reply.status == 201
        await citizen.answered(reply.json["seq"])
        heard = echo_brain.turns[-1].event
        assert heard["text"] == "Paspoort aanvragen" and heard["_payload"] == "/paspoort_aanvragen"

    async def test_a_choice_becomes_its_label_and_the_payload_stays_inside(
        self, citizen: Citizen, echo_brain: EchoBrain
    ) -> None:
        asked = await question(citizen, echo_brain, asking(CHOICES, _payloads=["/affirm", "/deny"]))
        reply = await citizen.send(type="choice", value="2", reply_to=asked)
        await citizen.answered(reply.json["seq"])
        assert echo_brain.turns[-1].event["_payload"] == "/deny"
        shown = (await citizen.history())[reply.json["seq"] - 1]
        assert shown["text"] == "Nee" and shown["reply_to"] == asked and "/deny" not in json.dumps(await citizen.history())

    async def test_only_the_newest_question_can_be_answered(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        old = await question(citizen, echo_brain, asking(CHOICES, _payloads=["/affirm", "/deny"]))
        await question(citizen, echo_brain, asking(CHOICES, _payloads=["/affirm", "/deny"]))
        assert (await citizen.send(type="choice", value="1", reply_to=old)).kind == "choice_expired"

    async def test_a_choice_that_was_not_offered_is_refused(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        asked = await question(citizen, echo_brain, asking(CHOICES, _payloads=["/affirm", "/deny"]))
        assert (await citizen.send(type="choice", value="/affirm", reply_to=asked)).kind == "choice_unknown"
        assert (await citizen.send(type="choice", value="3", reply_to=asked)).kind == "choice_unknown"
        assert (await citizen.send(type="choice", value="1", reply_to="m_999")).kind == "choice_expired"
        assert (await citizen.send(type="date", value="2026-12-01", reply_to=asked)).kind == "choice_expired"

    async def test_a_citizens_own_message_is_no_question(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        await citizen.answered((await citizen.send("Hallo")).json["seq"])
        assert (await citizen.send(type="choice", value="1", reply_to="m_2")).kind == "choice_expired"

    async def test_a_day_is_kept_in_words_and_as_a_date(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        asked = await question(citizen, echo_brain, asking(DATE))
        for wrong in ("2026-11-30", "2027-01-01", "2026-12-25", "1 december", "2026-13-01", "20261201"):
            assert (await citizen.send(type="date", value=wrong, reply_to=asked)).kind == "invalid"
        reply = await citizen.send(type="date", value="2026-12-01", reply_to=asked)
        await citizen.answered(reply.json["seq"])
        heard = echo_brain.turns[-1].event
        assert heard["text"] == "dinsdag 1 december 2026" and heard["_payload"] == "2026-12-01"

    async def test_a_time_must_be_one_of_the_slots(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        asked = await question(citizen, echo_brain, asking(TIME))
        assert (await citizen.send(type="time", value="10:00", reply_to=asked)).kind == "invalid"
        reply = await citizen.send(type="time", value="09:20", reply_to=asked)
        await citizen.answered(reply.json["seq"])
        heard = echo_brain.turns[-1].event
        assert heard["text"] == "09:20 uur" and heard["_payload"] == "09:20"

    async def test_a_form_names_its_fields_and_hides_their_values(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        asked = await question(citizen, echo_brain, asking(FORM))
        value = {"zaaknummer": " ZAAK-2026-0001 ", "geboortedatum": "1980-05-01", "mail": ""}
        reply = await citizen.send(type="form", value=value, reply_to=asked, text="Zaaknummer: ZAAK-2026-0001")
        assert reply.status == 201
        await citizen.answered(reply.json["seq"])
        heard = echo_brain.turns[-1].event
        assert heard["_fields"] == {"zaaknummer": "ZAAK-2026-0001", "geboortedatum": "1980-05-01"}
        assert heard["text"] == "Ingevuld: Zaaknummer, Geboortedatum"
        assert "1980" not in json.dumps(await citizen.history())

    @pytest.mark.parametrize(("value", "field"), [
        ({}, "zaaknummer"), ({"zaaknummer": ""}, "zaaknummer"), ({"zaaknummer": "1"}, "zaaknummer"),
        ({"zaaknummer": "ZAAK-2026-0001", "geboortedatum": "gisteren"}, "geboortedatum"),
        ({"zaaknummer": "ZAAK-2026-0001", "mail": "x"}, "mail"), ({"zaaknummer": "ZAAK-2026-0001", "owner": "agent"}, "owner"),
        ({"zaaknummer": "ZAAK-2026-0001", "mail": "a@b.nl" + "x" * 200}, "mail"), ({"zaaknummer": "ZAAK\x00"}, "zaaknummer"),
    ])
    async def test_a_wrong_form_names_the_field(
        self, citizen: Citizen, echo_brain: EchoBrain, value: dict[str, str], field: str
    ) -> None:
        asked = await question(citizen, echo_brain, asking(FORM))
        reply = await citizen.send(type="form", value=value, reply_to=asked)
        assert reply.status == 422 and [fault["field"] for fault in reply.json["errors"]] == [field]

    async def test_asking_for_a_person_and_saying_goodbye_are_messages(
        self, citizen: Citizen, echo_brain: EchoBrain
    ) -> None:
        for kind, payload in (("handover_request", "/contact_medewerker"), ("end", "/goodbye")):
            reply = await citizen.send(type=kind)
            await citizen.answered(reply.json["seq"])
            assert echo_brain.turns[-1].event["_payload"] == payload
        assert "Ik wil een medewerker spreken" in {event.get("text") for event in await citizen.history()}

    async def test_a_rating_is_kept_once_and_makes_no_turn(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        cid = str(uuid.uuid4())
        replies = [await citizen.send("Snel geholpen", type="rating", value="4", cid=cid, reply_to="r1") for _ in range(2)]
        assert [reply.status for reply in replies] == [201, 200] and {reply.json["seq"] for reply in replies} == {2}
        assert (await citizen.send(type="rating", value="1", cid=cid)).kind == "cid_reused"
        await citizen.answered((await citizen.send("Hallo")).json["seq"])
        assert [turn.event["type"] for turn in echo_brain.turns] == ["message"]
        rating = (await citizen.history())[1]
        assert rating["type"] == "rating" and rating["value"] == 4 and rating["text"] == "Snel geholpen"

    async def test_with_a_person_the_message_goes_to_the_log_alone(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        services, anna = citizen.edge.services, Agent("anna", "Anna")
        conversation = await services.store.get(citizen.conv)
        await services.handover._apply(conversation, [events.handover("queued", position=1)], owner="bot", to="queue")
        await services.handover.claim(await services.store.get(citizen.conv), anna)
        reply = await citizen.send("Dag Anna")
        done = await citizen.answered(reply.json["seq"])
        assert [event["type"] for event in done] == ["turn_done"] and not echo_brain.turns


class TestLookingBack:
    async def test_history_comes_in_pages(self, citizen: Citizen) -> None:
        for i in range(4):
            await citizen.send(f"nummer {i}")
        reply = await citizen.call("GET", "/history?limit=2")
        assert [event["seq"] for event in reply.json["events"]] == [4, 5] and reply.json["more"]
        reply = await citizen.call("GET", "/history?before=4")
        assert [event["seq"] for event in reply.json["events"]] == [1, 2, 3] and not reply.json["more"]
        assert (await citizen.call("GET", "/history?before=1")).json == {"events": [], "more": False}

    @pytest.mark.parametrize(
        "query", ["before=0", "before=x", "limit=0", "limit=201", "limit=-1", "limit=٣", "before=99999999999"]
    )
    async def test_wrong_numbers_are_refused(self, citizen: Citizen, query: str) -> None:
        assert (await citizen.call("GET", f"/history?{query}")).kind == "invalid"

    async def test_the_transcript_can_be_kept_in_three_forms(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        source = {"kind": "link", "label": "Rijksoverheid", "url": "https://www.rijksoverheid.nl/paspoort"}
        trap = {"kind": "link", "label": "Val", "url": "javascript:alert(1)"}
        echo_brain.answers["<b>Paspoort</b>?"] = [events.message("bot", "Zo doet u dat", name="Balie", parts=[source, trap])]
        await citizen.answered((await citizen.send("<b>Paspoort</b>?")).json["seq"])
        page, text, data = [await citizen.call("GET", f"/transcript?format={form}") for form in ("html", "txt", "json")]
        assert "U (" in text.text and "<b>Paspoort</b>?" in text.text and "Rijksoverheid: https://www.rijks" in text.text
        assert '<html lang="nl">' in page.text and "&lt;b&gt;Paspoort&lt;/b&gt;?" in page.text and "<b>Pas" not in page.text
        assert 'href="https://www.rijksoverheid.nl/paspoort"' in page.text and "javascript:" not in page.text
        assert [event["seq"] for event in data.json["events"]] == [1, 2, 3, 4]
        for reply, form in ((page, "html"), (text, "txt"), (data, "json")):
            assert reply.headers["Content-Disposition"].startswith('attachment; filename="gesprek-voorbeeld-20')
            assert reply.headers["Content-Disposition"].endswith(f'.{form}"')

    async def test_the_transcript_tells_what_happened_besides_words(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        place = {"name": "Stadhuis", "address": "Stadhuisplein 1", "postcode": "1234 AB", "city": "Voorbeeld"}
        echo_brain.answers["afspraak"] = [
            events.message("bot", "Geregeld", parts=[{"kind": "appointment", "id": "a", "start": "2026-12-01T09:20:00+01:00",
                                                      "location": place, "reference": "A-1", "code": "X-2"}]),
            events.message("bot", "Uw zaak", parts=[{"kind": "case", "identificatie": "ZAAK-1", "status": "Bezig", "step": 2,
                                                     "steps": 5, "expected": None}]),
            {"type": "notice", "kind": "emergency", "text": "Bel 112"}, events.handover("assigned", agent={"name": "Sanne"}),
        ]
        await citizen.answered((await citizen.send("afspraak")).json["seq"])
        await citizen.send(type="rating", value="5")
        text = (await citizen.call("GET", "/transcript")).text
        for words in ("dinsdag 1 december 2026, 09:20 uur", "Stadhuis, Stadhuisplein 1", "Afspraaknummer: A-1", "Stap 2 van 5",
                      "Bel 112", "Sanne van de gemeente hielp u", "Mijn beoordeling: 5 van 5"):
            assert words in text

    async def test_an_unknown_form_is_refused(self, citizen: Citizen) -> None:
        assert (await citizen.call("GET", "/transcript?format=pdf")).kind == "invalid"


class TestCalendar:
    async def booked(self, edge: Edge) -> str:
        """Path of the calendar file of an appointment that was just made."""
        self.made = made = await booked(edge.services)
        return f"/v1/calendar/{edge.services.calendar_links.seal('voorbeeld', made.reference, made.code)}.ics"

    async def test_an_appointment_is_known_in_its_own_municipality_only(self, edge: Edge) -> None:
        assert (await edge.call("GET", await self.booked(edge))).status == 200
        elsewhere = edge.services.calendar_links.seal("weidedorp", self.made.reference, self.made.code)
        assert (await edge.call("GET", f"/v1/calendar/{elsewhere}.ics")).status == 404

    async def test_the_link_of_an_appointment_gives_its_calendar_file(self, edge: Edge) -> None:
        path = await self.booked(edge)
        reply = await edge.call("GET", path)
        assert reply.status == 200 and reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert "attachment" in reply.headers["Content-Disposition"] and "BEGIN:VEVENT" in reply.text
        assert self.made.reference in reply.text and self.made.code not in reply.text + path

    async def test_a_cancelled_appointment_has_none(self, edge: Edge) -> None:
        path = await self.booked(edge)
        await edge.services.appointments("voorbeeld").cancel(self.made.reference, self.made.code, key="c")
        assert (await edge.call("GET", path)).kind == "appointment_unknown"

    async def test_a_link_that_was_made_up_opens_nothing(self, edge: Edge) -> None:
        path = await self.booked(edge)
        elsewhere = edge.services.calendar_links.seal("elders", self.made.reference, self.made.code)
        wrong_code = edge.services.calendar_links.seal("voorbeeld", self.made.reference, "XXXX-XXXX")
        for wrong in (path.replace(".ics", "A.ics"), f"/v1/calendar/{self.made.reference}.ics", f"/v1/calendar/{elsewhere}.ics",
                      f"/v1/calendar/{wrong_code}.ics", "/v1/calendar/é.ics"):
            assert (await edge.call("GET", wrong)).kind == "appointment_unknown"

    async def test_guessing_links_is_limited(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(rate_address_minute=2)
        assert [(await edge.call("GET", "/v1/calendar/x.ics")).status for _ in range(3)] == [404, 404, 429]


class TestErase:
    async def test_an_erased_conversation_is_gone_everywhere(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        await citizen.answered((await citizen.send("Hallo")).json["seq"])
        assert (await citizen.call("DELETE")).status == 204
        assert (await citizen.call("DELETE")).kind == "conversation_unknown"
        for method, path in (("GET", "/history"), ("GET", "/events"), ("GET", "/transcript")):
            assert (await citizen.call(method, path)).status == 404
        assert (await citizen.send("Bent u er nog?")).kind == "conversation_unknown"
        assert not [key async for key in citizen.edge.services.redis.scan_iter(f"*{citizen.conv}*")]

    async def test_others_keep_theirs(self, edge: Edge) -> None:
        mine, yours = await edge.citizen(), await edge.citizen()
        await mine.call("DELETE")
        assert len(await yours.history()) == 1


class TestSignals:
    async def test_typing_and_reading_are_passed_on_and_not_kept(self, citizen: Citizen) -> None:
        with citizen.edge.feed.listen(citizen.conv) as listener:
            assert (await citizen.call("POST", "/typing", json={"on": True})).status == 204
            assert (await citizen.call("POST", "/read", json={"seq": 1})).status == 204
            assert (await citizen.call("POST", "/typing", json={"on": False})).status == 204
            heard: list[str] = []
            while len(heard) < 2 and await listener.wait(10):
                heard += listener.take_signals()
        assert heard == ["typing:citizen", "read:citizen:1"]
        assert len(await citizen.history()) == 1
        assert (await citizen.edge.services.store.get(citizen.conv)).read == {"citizen": 1, "agent": 0}

    @pytest.mark.parametrize(("path", "body"), [
        ("/typing", {"on": "yes"}), ("/typing", {}), ("/read", {"seq": 2}), ("/read", {"seq": -1}), ("/read", {"seq": "1"}),
    ])
    async def test_wrong_signals_are_refused(self, citizen: Citizen, path: str, body: dict[str, object]) -> None:
        assert (await citizen.call("POST", path, json=body)).kind == "invalid"


class TestPages:
    @pytest.mark.parametrize("path", ["/", "/gemeente/voorbeeld"])
    async def test_the_page_of_the_municipality_carries_the_widget(self, edge: Edge, path: str) -> None:
        page = await edge.call("GET", path)
        assert page.status == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert '<script type="module" src="/widget/balie.js" data-gemeente="voorbeeld"' in page.text
        assert "Stadhuisplein 1" in page.text and "08:30 - 17:00" in page.text and "Gemeente Gemeente" not in page.text
        assert "<style" not in page.text and "style=" not in page.text, "the policy of the page refuses inline style"
        assert page.text.count("<script") == 1

    async def test_each_municipality_has_its_page_and_leads_to_the_other(self, edge: Edge) -> None:
        page = await edge.call("GET", "/gemeente/weidedorp")
        assert 'data-gemeente="weidedorp" data-server' in page.text and "Brink 3" in page.text and "17:00 - 19:30" in page.text
        assert "Stadhuisplein" not in page.text
        for key, other in (("weidedorp", "voorbeeld"), ("voorbeeld", "weidedorp")):
            text = (await edge.call("GET", f"/gemeente/{key}")).text
            assert f'<a href="/gemeente/{key}" aria-current="page">' in text and f'<a href="/gemeente/{other}">' in text

    async def test_one_municipality_alone_is_not_a_choice(self, make_edge: EdgeFactory) -> None:
        page = await (await make_edge(gemeenten="voorbeeld")).call("GET", "/")
        assert page.status == 200 and "aria-current" not in page.text

    async def test_the_widget_loads_from_every_website(self, edge: Edge) -> None:
        reply = await edge.call("GET", "/widget/balie.js", headers={"Origin": "https://www.elders.example"})
        assert reply.status == 200 and reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert reply.headers["Access-Control-Allow-Origin"] == "*" and reply.headers["X-Content-Type-Options"] == "nosniff"

    async def test_a_known_file_is_not_sent_again(self, edge: Edge) -> None:
        tag = (await edge.call("GET", "/widget/balie.js")).headers["ETag"]
        reply = await edge.call("GET", "/widget/balie.js", headers={"If-None-Match": tag})
        assert reply.status == 304 and reply.body == b""

    @pytest.mark.parametrize("path", [
        "/widget/", "/widget/nee.js", "/widget/..%2fapi.py", "/widget/%2e%2e/api.py", "/widget/%2fetc%2fpasswd",
        "/pages/docs.html", "/gemeente/elders", "/nergens", "/v1/nergens",
    ])
    async def test_what_is_not_there_is_a_404(self, edge: Edge, path: str) -> None:
        async with edge.session.get(yarl.URL(edge.url + path, encoded=True)) as response:
            assert response.status == 404 and (await response.json())["type"] == "urn:balie:problem:not_found"

    async def test_a_person_gets_a_page_and_not_json(self, edge: Edge) -> None:
        reply = await edge.call("GET", "/nergens", headers={"Accept": "text/html"})
        assert reply.status == 404 and "Deze pagina bestaat niet" in reply.text and reply.text.startswith("<!doctype html>")

    async def test_a_wrong_method_names_the_right_ones(self, edge: Edge) -> None:
        reply = await edge.call("PUT", "/v1/conv")
        assert reply.status == 405 and reply.kind == "method_not_allowed" and reply.headers["Allow"] == "POST"


class TestHealth:
    async def test_it_is_ready_when_redis_writes_and_a_brain_lives(self, edge: Edge, echo_brain: EchoBrain) -> None:
        await (await edge.citizen()).send("Hallo")
        async with asyncio.timeout(10):
            while (reply := await edge.call("GET", "/ready")).status != 200:
                await asyncio.sleep(0.02)
        assert reply.json["checks"] == {"store": "ok", "brain": "ok"}

    async def test_without_a_brain_it_lives_but_is_not_ready(self, edge: Edge) -> None:
        reply = await edge.call("GET", "/ready")
        assert reply.status == 503 and reply.json["checks"] == {"store": "ok", "brain": "silent"}
        assert (await edge.call("GET", "/live")).status == 200

    async def test_a_brain_that_was_last_heard_long_ago_does_not_count(self, edge: Edge) -> None:
        now = await edge.services.handover.now()
        await edge.services.redis.zadd("balie:brains", {"old": now - 60})
        assert (await edge.call("GET", "/ready")).status == 503
        await edge.services.redis.zadd("balie:brains", {"new": now - 1})
        assert (await edge.call("GET", "/ready")).status == 200

    async def test_in_production_redis_must_keep_what_it_acknowledges(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge()
        await edge.services.redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            strict = Services(replace(edge.services.settings, environment="production"), edge.services.redis_url, {})
            assert await Health(strict, Metrics())._store_ready() == "unfit"
            await edge.services.redis.config_set("maxmemory-policy", "noeviction")
            assert await Health(strict, Metrics())._store_ready() == "ok"
            await strict.aclose()
        finally:
            await edge.services.redis.config_set("maxmemory-policy", "noeviction")

    async def test_the_figures_count_and_name_nobody(self, edge: Edge, echo_brain: EchoBrain) -> None:
        citizen = await edge.citizen()
        await citizen.answered((await citizen.send("Geheim bericht")).json["seq"])
        figures = (await edge.call("GET", "/metrics")).text
        assert 'balie_messages_total{channel="website",gemeente="voorbeeld",kind="text"} 1.0' in figures
        assert 'balie_requests_total{method="POST",route="/v1/conv/{conv}/messages",status="201"} 1.0' in figures
        for name in ("balie_request_seconds_bucket", "balie_open_streams 0.0", "balie_backlog 0.0",
                     'balie_waiting{gemeente="voorbeeld"} 0.0'):
            assert name in figures
        assert citizen.conv not in figures and "Geheim" not in figures
