"""The routes of the app, without a browser."""

import re

from tests.conftest import Edge, EdgeFactory

APP = "/app/voorbeeld/"


async def test_whoever_asks_for_the_app_comes_to_the_only_municipality_or_chooses_one(edge: Edge, make_edge: EdgeFactory) -> None:
    choice = await edge.call("GET", "/app")
    assert choice.status == 200
    assert [link in choice.text for link in (APP, "/app/weidedorp/")] == [True, True]
    alone = await make_edge(gemeenten="voorbeeld")
    reply = await alone.call("GET", "/app", allow_redirects=False)
    assert (reply.status, reply.headers["Location"]) == (302, APP)
    reply = await edge.call("GET", APP.rstrip("/"), allow_redirects=False)
    assert (reply.status, reply.headers["Location"]) == (301, APP)
    assert (await edge.call("GET", "/app/nergens/")).status == 404
    assert (await edge.call("GET", "/app/nergens/manifest.webmanifest")).status == 404


async def test_the_page_runs_nothing_but_the_apps_own_modules(edge: Edge) -> None:
    page = await edge.call("GET", APP)
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src", "worker-src", "manifest-src")} == {"'self'"}
    assert policy["require-trusted-types-for"] == "'script'" and policy["trusted-types"] == "balie-app"
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|javascript:", page.text)


async def test_files_are_kept_for_ever_and_only_by_their_own_version(edge: Edge) -> None:
    page = await edge.call("GET", APP)
    [root] = set(re.findall(r"/app/static/[0-9a-f]{16}/", page.text))
    assert page.headers["Balie-App-Version"] in root
    module = await edge.call("GET", f"{root}app/main.js")
    assert module.status == 200 and "immutable" in module.headers["Cache-Control"]
    assert module.headers["Content-Type"].startswith("text/javascript")
    assert (await edge.call("GET", f"/app/static/{'0' * 16}/app/main.js")).status == 404
    assert (await edge.call("GET", f"{root}app/../pages.py")).status == 404
    theme = await edge.call("GET", f"{root}theme/weidedorp.css", headers={"Accept-Encoding": "identity"})
    assert "--utrecht-button-primary-action-background-color" in theme.text


async def test_the_service_worker_may_serve_the_app_and_is_asked_for_each_time(edge: Edge) -> None:
    worker = await edge.call("GET", "/app/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/app/"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert (await edge.call("GET", APP)).headers["Balie-App-Version"] in worker.text
