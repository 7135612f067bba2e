
async def test_smoke(edge, echo_brain):
    c = await edge.citizen()
    r = await c.send("Hallo")
    assert r.status == 201, r.text
    print(await c.answered(r.json["seq"]))
    print(await c.history())
    async with c.stream() as s:
        print(await s.until(lambda e: e["type"] == "turn_done"))
    for f in ("txt", "html", "json"):
        print((await c.call("GET", f"/transcript?format={f}")).text)
    for p in ("/v1/docs", "/v1/openapi.json", "/live", "/ready", "/metrics", "/widget/balie.js", "/nope"):
        x = await edge.call("GET", p)
        print(p, x.status, x.headers, x.text[:300])
