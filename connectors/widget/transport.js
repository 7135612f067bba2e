/** The way to the server and back: requests, and events by a fetch-streamed SSE or by long polling. */

/** An answer that is not a success (RFC 9457); any other error means that there was no usable answer at all. */
export class Problem extends Error {
  /** `wait`: milliseconds the server asks us to wait, or null. */
  constructor(status, { type = '', title = '', errors } = {}, retryAfter = null) {
    super(`HTTP ${status}`);
    title = errors?.[0]?.message ?? title; // which field is wrong says more than that one is
    const wait = retryAfter && Number(retryAfter) >= 0 ? Math.min(retryAfter, 300) * 1000 : null;
    Object.assign(this, { status, type, title, wait });
  }

  /** The conversation or our right to it is gone. */
  get gone() {
    return [401, 403, 404, 410].includes(this.status);
  }

  /** The chat is switched off; `title` is what is said about that. */
  get off() {
    return this.type.endsWith('switched_off');
  }

  /** Trying the same again later can work. */
  get passing() {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const TIMEOUT = 15_000; // ms; an answer to a request that is not a stream
const POLL_WAIT = 25; // s; how long the server may hold a long poll

export class Api {
  #base;

  constructor(server) {
    this.#base = `${server.replace(/\/$/, '')}/v1/`;
  }

  /** How the municipality is reached, its emergency notice, and whether the chat is on. */
  async gemeente(gemeente) {
    return (await this.#call('GET', `gemeenten/${encodeURIComponent(gemeente)}`, {})).json();
  }

  /** @returns {Promise<{conv: string, token: string, expires_at: string, seq: number}>} */
  async create(details) {
    return (await this.#call('POST', 'conv', { body: details })).json();
  }

  async send(conversation, message) {
    return (await this.#call('POST', '/messages', { conversation, body: message })).json();
  }

  /** Small news that may get lost: `typing` and `read`, or a last message when the citizen leaves. */
  async tell(conversation, what, body) {
    await this.#call('POST', `/${what}`, { conversation, body, keepalive: true });
  }

  /** @returns {Promise<object[]>} durable events in order, the last `limit` before `before` */
  async history(conversation, { before, limit = 50 } = {}) {
    const query = new URLSearchParams({ limit, ...(before && { before }) });
    return listed(await this.#call('GET', `/history?${query}`, { conversation }));
  }

  stream(conversation, after, signal) {
    return this.#call('GET', `/events?after=${after}`, { conversation, signal, accept: 'text/event-stream' });
  }

  async poll(conversation, after, signal) {
    const timeout = AbortSignal.timeout(POLL_WAIT * 1000 + 10_000);
    const path = `/events?after=${after}&wait=${POLL_WAIT}`;
    return listed(await this.#call('GET', path, { conversation, signal: AbortSignal.any([signal, timeout]) }));
  }

  async transcript(conversation) {
    return (await this.#call('GET', '/transcript?format=html', { conversation, accept: '*/*' })).blob();
  }

  async erase(conversation) {
    await this.#call('DELETE', '', { conversation });
  }

  /** Another token for the same conversation. @returns {Promise<{token: string, expires_at: string}>} */
  async renew(conversation) {
    return (await this.#call('POST', '/token', { conversation })).json();
  }

  async #call(method, path, { conversation, body, signal, keepalive, accept = 'application/json' }) {
    const headers = { Accept: accept };
    if (conversation) headers.Authorization = `Bearer ${conversation.token}`;
    if (body) headers['Content-Type'] = 'application/json';
    const address = this.#base + (conversation ? `conv/${conversation.conv}` : '') + path;
    const options = {
      method, headers, keepalive, signal: signal ?? AbortSignal.timeout(TIMEOUT),
      body: body && JSON.stringify(body), cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
    };
    const response = await fetch(address, options);
    if (response.ok) return response;
    throw new Problem(response.status, await response.json().catch(() => ({})), response.headers.get('Retry-After'));
  }
}

/** A list of events, bare or as `{"events": […]}`. */
async function listed(response) {
  const body = await response.json();
  return Array.isArray(body) ? body : body.events ?? [];
}

/** All in milliseconds. */
export const TIMES = {
  silence: 35_000, // no ping for this long: the connection is dead
  firstByte: 20_000, // an open stream that says nothing (pings come every 15 s): something holds it back
  retryFirst: 1_000,
  retryMost: 30_000,
  polling: 600_000, // how long to poll, once a stream has shown that it doesn't deliver
  pollingAfterFailures: 60_000, // the same when streams only failed: it may have been the server
  stale: 20_000, // waking up after more silence than this: don't trust the connection
};

/** Milliseconds to wait after try number `tries` (from 0): doubles up to the most, with jitter. */
export function backoff(tries, times = TIMES) {
  const most = Math.min(times.retryMost, times.retryFirst * 2 ** tries);
  return most / 2 + Math.random() * (most / 2);
}

/** Waits, or less when `signal` says so. */
export function pause(wait, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, wait);
    signal?.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
  });
}

/** Reads a `text/event-stream` into events; `alive` is called for every piece of it. */
async function* readEvents(body, alive) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    const frames = (rest + value).split(/\r?\n\r?\n/);
    rest = frames.pop();
    for (const frame of frames) {
      const lines = frame.split(/\r?\n/).filter((line) => line.startsWith('data:'));
      if (lines.length) yield JSON.parse(lines.map((line) => line.slice(5)).join('\n'));
    }
  }
}

/** Receives events, by polling when streams don't get through. Never gives up by itself. */
export class Connection {
  #api;
  #conversation;
  #hooks;
  #times;
  #attempt = new AbortController();
  #sleep = new AbortController();
  #stopped = false;
  #pollUntil = 0;
  #heard = 0; // performance.now() of the last sign of life: a wrong or changed clock doesn't matter

  constructor(api, conversation, hooks, times = TIMES) {
    this.#api = api;
    this.#conversation = conversation;
    this.#hooks = hooks;
    this.#times = times;
  }

  /** Runs until stopped or until the conversation is gone. */
  async run() {
    for (let failures = 0; !this.#stopped;) {
      const started = performance.now();
      this.#attempt = new AbortController();
      try {
        const polls = started < this.#pollUntil || (failures >= 3 && failures % 2 === 1);
        await (polls ? this.#poll() : this.#stream());
        if (failures >= 3) this.#pollUntil = performance.now() + this.#times.pollingAfterFailures;
        failures = 0;
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof Problem && error.gone) return void this.#hooks.gone();
        failures = this.#heard > started ? 1 : failures + 1;
        await this.#recover(error, failures);
      }
    }
  }

  stop() {
    this.#stopped = true;
    this.#attempt.abort();
    this.#sleep.abort();
  }

  /** Don't sit out the pause; replace a connection that has been silent for a while, or with `renew` any. */
  wake(renew) {
    this.#sleep.abort();
    if (renew || performance.now() - this.#heard > this.#times.stale) this.#attempt.abort();
  }

  /** The stream doesn't deliver what the server has: poll for a while. */
  distrust() {
    this.#pollUntil = performance.now() + this.#times.polling;
    this.#attempt.abort();
    this.#sleep.abort();
  }

  async #recover(error, failures) {
    if (failures === 1 && performance.now() < this.#pollUntil) return; // just distrusted: poll at once
    this.#hooks.state('retrying');
    this.#sleep = new AbortController();
    await pause(error.wait ?? backoff(failures - 1, this.#times), this.#sleep.signal);
  }

  #alive(deadline) {
    this.#heard = performance.now();
    this.#hooks.state('live');
    clearTimeout(deadline.timer);
    deadline.timer = setTimeout(() => this.#attempt.abort(), this.#times.silence);
  }

  async #stream() {
    const deadline = { timer: setTimeout(() => this.distrust(), this.#times.firstByte) };
    try {
      const response = await this.#api.stream(this.#conversation, this.#hooks.after(), this.#attempt.signal);
      for await (const event of readEvents(response.body, () => this.#alive(deadline))) {
        await this.#hooks.deliver(event);
      }
    } finally {
      clearTimeout(deadline.timer);
    }
    throw new Error('the stream ended'); // a server that restarts: come back after a short pause
  }

  async #poll() {
    const started = performance.now();
    const events = await this.#api.poll(this.#conversation, this.#hooks.after(), this.#attempt.signal);
    this.#heard = performance.now();
    this.#hooks.state('live');
    for (const event of [...events, { type: 'ping' }]) await this.#hooks.deliver(event);
    const soon = started + this.#times.retryFirst - performance.now();
    if (soon > 0) await pause(events.length ? 200 : soon, this.#attempt.signal); // a server that doesn't hold the poll
  }
}
