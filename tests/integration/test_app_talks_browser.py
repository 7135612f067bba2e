"""Conversations in the app: side by side, without a network, with notifications, and erased."""

import json
import time
from typing import Any

from playwright.async_api import BrowserContext, expect

from bot.conversation import events
from bot.conversation.queue import Agent
from tests import app_fixtures as fixtures
from tests.app_fixtures import GEMEENTE, App, devtools
from tests.conftest import EdgeFactory
from tests.desk_fixtures import until
from tests.handover_fixtures import CHAT, Counter, counter
from tests.stubs import push as stubs

browser, context, edge, brain, app = fixtures.browser, fixtures.context, fixtures.edge, fixtures.brain, fixtures.app

SANNE = Agent("sanne", "Sanne")
# A browser without its maker's push service can't subscribe; this one has a subscription at the push service of the tests.
SUBSCRIBED = """PushManager.prototype.subscribe = async function (options) {
  globalThis.subscribedWith = options;
  const given = { toJSON: () => (%s), unsubscribe: async () => { PushManager.prototype.getSubscription = async () => null; } };
  PushManager.prototype.getSubscription = async () => given;
  return given;
};"""
RESUBSCRIBED = "resubscribed({ newSubscription: { toJSON: () => (%s) } })"


async def test_several_conversations_live_side_by_side_and_are_read_without_a_network(app: App) -> None:
    page = app.page
    await app.start()
    await app.ask("Wat kost een paspoort?")
    await app.look("talk")
    await app.back()
    await app.ask("Ik ga verhuizen")
    await app.back()
    await expect(app.get("app-talk")).to_have_count(2)
    await expect(app.get("app-talk").first).to_contain_text("Ik ga verhuizen")  # the newest first
    await app.look("list")

    await app.open("Wat kost een paspoort?")
    await app.say("En een kinderpaspoort?")
    await app.answered("En een kinderpaspoort?")
    await expect(app.get("balie-log")).not_to_contain_text("verhuizen")
    assert await app.said("Wat kost een paspoort?") == ["Wat kost een paspoort?", "En een kinderpaspoort?"]

    await page.go_back()  # the button or the gesture of the phone
    await expect(page.locator("balie-panel")).to_have_count(0)
    await expect(app.talk("Wat kost een paspoort?")).to_be_focused()
    await expect(app.get("app-talk").first).to_contain_text("Wat kost een paspoort?")
    assert await page.title() == "Uw gesprekken – Gemeente Voorbeeld"

    # A day later the token is changed for a new one, and the conversation goes on.
    record = await app.record("Ik ga verhuizen")
    key = f"balie:app:{GEMEENTE}:{record['id']}:conversation"
    before = await page.evaluate(
        """(key) => {
          const kept = JSON.parse(localStorage[key]);
          localStorage[key] = JSON.stringify({ ...kept, since: kept.since - 9e7 });
          return kept.token;
        }""", key,
    )
    async with page.expect_response(lambda response: response.url.endswith("/token")) as renewed:
        await app.open("Ik ga verhuizen")
    assert (await renewed.value).status == 200
    await app.say("Naar een ander huis")
    await app.answered("Naar een ander huis")
    assert await page.evaluate("(key) => JSON.parse(localStorage[key]).token", key) != before

    # Without a network: everything can be read, and what is written goes out once when the network is back.
    await app.worker()
    await app.offline(True)
    await app.say("Dit schrijf ik in de trein")
    await expect(app.get("balie-log")).to_contain_text("Nog niet verstuurd")
    await app.look("unsent")
    await page.reload()
    await expect(app.get("balie-log")).to_contain_text("echo: Naar een ander huis")
    await expect(app.get("balie-log")).to_contain_text("Dit schrijf ik in de trein")
    await app.back()
    await expect(app.talk("Ik ga verhuizen")).to_contain_text("Nog niet verstuurd")
    await app.look("list-offline")
    await app.open("Wat kost een paspoort?")
    await expect(app.get("balie-log")).to_contain_text("echo: En een kinderpaspoort?")
    await app.back()
    await app.get("app-new").click()
    await app.say("Een nieuwe vraag in de trein")
    await expect(app.get("balie-log")).to_contain_text("Nog niet verstuurd")
    await expect(app.get("balie-log")).to_contain_text("Een nieuwe vraag in de trein")
    await app.back()
    await app.offline(False)
    await expect(app.talk("Ik ga verhuizen")).to_contain_text("echo: Dit schrijf ik in de trein")
    await expect(app.talk("Een nieuwe vraag in de trein")).to_contain_text("echo: Een nieuwe vraag in de trein")
    assert await app.said("Ik ga verhuizen") == ["Ik ga verhuizen", "Naar een ander huis", "Dit schrijf ik in de trein"]
    assert await app.said("Een nieuwe vraag in de trein") == ["Een nieuwe vraag in de trein"]

    # Retention: the municipality has it no more, the phone has.
    await app.edge.services.store.erase(await app.conversation("Wat kost een paspoort?"))
    await app.open("Wat kost een paspoort?")
    await expect(app.get("app-ended")).to_contain_text("Dit gesprek is afgelopen")
    await expect(app.get("balie-log")).to_contain_text("echo: En een kinderpaspoort?")
    await expect(app.get("balie-input")).to_be_hidden()
    await expect(app.page.locator(".ask:not([data-retired])")).to_have_count(0)
    await app.look("ended")
    await app.back()
    await expect(app.talk("Wat kost een paspoort?")).to_contain_text("Afgelopen")
    await erasing(app)


async def test_what_only_a_login_shows_is_hidden_after_its_time_also_on_the_phone(app: App, brain: Counter) -> None:
    secret = "Uw zaak is klaar"
    brain.answers["Mijn zaken"] = [events.message("bot", secret, name="Balie", _until=time.time() + 4)]
    await app.start()
    await app.get("app-new").click()
    await app.say("Mijn zaken")
    await expect(app.get("balie-log")).to_contain_text(secret)
    await app.back()
    await expect(app.talk("Mijn zaken")).to_contain_text("Verborgen voor uw privacy")
    await app.worker()
    await app.offline(True)

    async def hidden() -> bool:
        await app.open("Mijn zaken")
        await expect(app.get("balie-message")).to_have_count(3)
        found = await app.get("balie-log").inner_text()
        await app.back()
        return "Verborgen voor uw privacy" in found and secret not in found

    await until(hidden)
    assert secret not in str([*await app.kept("events"), *await app.kept("conversations")])


# Another window of the app that hears only now that a conversation was erased, with a message on its way.
LATE = """async (id) => {
  const { Device } = await import(new URL('device.js', document.querySelector('script').src).href);
  await new Device('voorbeeld', () => {}).unsent(id, 'cid', { message: { text: 'Nog iets' }, order: 1 });
}"""


async def erasing(app: App) -> None:
    """One conversation from the list, another from its own menu, and then all that is left: here and at the municipality."""
    gone, record = await app.conversation("Ik ga verhuizen"), await app.record("Ik ga verhuizen")
    forget = "(key) => localStorage.removeItem(key)"  # as a browser does that is short of room: the key is in the database too
    await app.page.evaluate(forget, f"balie:app:{GEMEENTE}:{record['id']}:conversation")
    await app.page.get_by_role("button", name="Gesprek wissen: Ik ga verhuizen").click()
    await app.look("erase")
    await app.get("balie-confirm").get_by_role("button", name="Gesprek wissen").click()
    await expect(app.talk("Ik ga verhuizen")).to_have_count(0)
    await expect(app.get("app-bar")).to_have_text("Het gesprek is gewist.")
    assert not await app.edge.services.store.length(gone.id)

    await app.open("Een nieuwe vraag in de trein")
    other = await app.conversation("Een nieuwe vraag in de trein")
    await app.get("balie-menu").click()
    await app.get("balie-erase").click()
    await app.get("balie-confirm").get_by_role("button", name="Gesprek wissen").click()
    await expect(app.page.locator("balie-panel")).to_have_count(0)
    await expect(app.get("app-talk")).to_have_count(1)
    assert not await app.edge.services.store.length(other.id)

    await app.ask("Nog iets")
    await app.back()
    last = await app.conversation("Nog iets")
    await app.get("app-settings-link").click()
    await app.look("settings")
    await app.get("app-erase-all").click()
    await app.offline(True)
    await app.get("balie-confirm").get_by_role("button", name="Alles wissen").click()
    await expect(app.get("app-bar")).to_contain_text("1 gesprek is niet gewist")  # the key to it is not thrown away
    await app.offline(False)
    await app.page.evaluate("(key) => localStorage.setItem(key, '{}')", f"balie:app:{GEMEENTE}:lost:conversation")
    await app.get("app-settings-link").click()
    await app.get("app-erase-all").click()
    await app.get("balie-confirm").get_by_role("button", name="Alles wissen").click()
    await expect(app.get("app-bar")).to_have_text("Al uw gesprekken zijn gewist.")
    await expect(app.get("app-talk")).to_have_count(0)
    assert not await app.edge.services.store.length(last.id)
    await app.page.evaluate(LATE, last.id)
    for store in ("conversations", "events", "outbox"):
        assert await app.kept(store) == []
    assert await app.page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':app:'))") == []


async def test_what_was_written_goes_out_after_the_app_was_closed_and_once(app: App) -> None:
    """Background Sync: the service worker sends it; the app, opened again, sends nothing new."""
    await app.start()
    await app.ask("Eerst dit")
    await app.worker()
    session, registration = await devtools(app)
    await app.offline(True)
    await app.say("En dan dit")
    await expect(app.get("balie-log")).to_contain_text("Nog niet verstuurd")
    await until(lambda: app.kept("outbox"))
    conv = (await app.record("Eerst dit"))["conv"]
    other = await app.page.context.new_page()
    await app.page.close()
    await other.context.set_offline(False)
    session = await other.context.new_cdp_session(other)
    await other.goto(f"{app.edge.url}/app")  # a page of the app's own scope, without the app
    await session.send("ServiceWorker.enable")
    await session.send("ServiceWorker.dispatchSyncEvent", {
        "origin": app.edge.url, "registrationId": registration, "tag": "balie-outbox", "lastChance": True,
    })

    async def arrived() -> bool:
        found = await app.edge.services.store.read(conv, 0)
        return any(body.get("text") == "En dan dit" for _, body in found)

    await until(arrived)
    app = App(other, app.edge)
    await app.start()
    await app.open("Eerst dit")
    await app.answered("En dan dit")
    await app.say("Klaar")
    await app.answered("Klaar")
    assert await app.said("Eerst dit") == ["Eerst dit", "En dan dit", "Klaar"]


async def test_a_notification_tells_of_an_answer_without_its_words_and_opens_it(
    context: BrowserContext, make_edge: EdgeFactory
) -> None:
    async with stubs.serving() as service:
        edge = await make_edge(
            desk_undo_seconds=0.0, push_hosts=service.url, push_delay_seconds=0.0, push_poll_seconds=0.05
        )
        await context.grant_permissions(["notifications"], origin=edge.url)
        key = edge.services.push_key(GEMEENTE)
        assert key

        async def told() -> bool:
            return bool(device.received)

        device = service.subscribe(key)
        await context.add_init_script(SUBSCRIBED % json.dumps(device.subscription(service.url)))
        async with counter(edge.services):
            app = App(await context.new_page(), edge)
            await app.start()
            await app.ask("Wat kost een paspoort?")
            await expect(app.get("app-push")).to_have_count(0)  # nothing to wait for yet
            await app.get("balie-menu").click()
            await app.get("balie-person").click()
            await app.page.get_by_role("button", name=CHAT).click()
            await expect(app.get("balie-queue")).to_contain_text("Nummer")
            await app.look("offer")
            await app.get("app-push").click()
            await expect(app.get("app-push-said")).to_contain_text("Meldingen staan aan")
            await app.look("pushed")
            assert (await app.record("Wat kost een paspoort?"))["pushed"]
            await app.back()
            await expect(app.talk("Wat kost een paspoort?")).to_contain_text("U wacht op een medewerker")
            await edge.services.handover.claim(await app.conversation("Wat kost een paspoort?"), SANNE)
            await edge.services.handover.say(await app.conversation("Wat kost een paspoort?"), SANNE, "Dag, hier ben ik", "1")
            await until(told)
            await notified(app, device.received[-1])
            # The browser gets another address for notifications: they come there from now on.
            moved = service.subscribe(key)
            await (await app.worker()).evaluate(RESUBSCRIBED % json.dumps(moved.subscription(service.url)))
            await edge.services.handover.say(await app.conversation("Wat kost een paspoort?"), SANNE, "En nog iets", "2")

            async def told_there() -> bool:
                return bool(moved.received)

            await until(told_there)
            assert len(device.received) == 1
            await app.get("app-settings-link").click()
            await expect(app.get("app-push-state")).to_contain_text("Meldingen staan aan")
            await app.get("app-push-switch").click()
            await expect(app.get("app-push-state")).to_contain_text("Meldingen staan uit")
            assert not (await app.record("Wat kost een paspoort?"))["pushed"]
        assert service.faults == []


async def notified(app: App, payload: dict[str, Any]) -> None:
    """What the push service has for the browser comes to the app, and is pressed."""
    worker = await app.worker()
    session, registration = await devtools(app)
    await session.send("ServiceWorker.deliverPushMessage", {
        "origin": app.edge.url, "registrationId": registration, "data": json.dumps(payload),
    })
    shown: list[dict[str, str]] = []

    async def there() -> bool:
        shown[:] = await worker.evaluate(
            "registration.getNotifications().then((all) => all.map(({title, body, lang}) => ({title, body, lang})))"
        )
        return bool(shown)

    await until(there)
    assert shown == [{"title": "Gemeente Voorbeeld", "body": "U heeft een nieuw bericht van Gemeente Voorbeeld.", "lang": "nl"}]
    await expect(app.talk("Wat kost een paspoort?")).to_contain_text("nieuw bericht")
    await app.look("unread")
    await worker.evaluate(
        """registration.getNotifications().then(([notification]) => {
          try {
            self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
          } catch {
            // an event of our own may not move the focus of the browser
          }
        })"""
    )
    await expect(app.get("balie-heading")).to_have_text("Wat kost een paspoort?")
    await expect(app.get("balie-log")).to_contain_text("Dag, hier ben ik")
    await app.back()
    await expect(app.talk("Wat kost een paspoort?")).not_to_contain_text("nieuw bericht")
