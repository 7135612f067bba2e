/**
 * The citizen protocol, version 1, without a screen: starts or resumes the conversation, keeps the outbox, and hands
 * over every event exactly once and in order. It lives as long as the page. Its CustomEvents, with their `detail`:
 *   started {reason: new|resumed|expired|restarted|elsewhere} · history {events, more, older, fresh} · event (durable)
 *   · typing {role, ttl_s} · read {role, seq} · outbox {item, state, problem} · connection {state, title} · erased
 *   · service: how the municipality is reached, its notice, whether the chat is on (GET /v1/gemeenten/…), kept up to date
 *   · renewed: `conversation` has another token
 *   · ended: the server doesn't know the conversation any more, and with `ends` no other one is begun in its place
 */
import { Outbox, Store, newId } from './outbox.js';
import { Session } from './session.js';
import { Api, Problem, backoff, pause } from './transport.js';

const MOST_RENEWALS = 2; // new conversations in a row without one message accepted
const TOKEN_AGE = 86_400_000; // ms after which a token is renewed, by the time that went by on this device
const SERVICE_AGE = 3_600_000; // ms after which opening hours of today are asked for again

export class Client extends EventTarget {
  #details;
  #api;
  #store;
  #outbox;
  #session = null;
  #starting = null;
  #renewals = 0;
  #erasing = false; // then it is no news that the conversation is gone, whoever tells first
  #service = {};
  #line = ''; // how the connection is
  #asked = 0; // when the municipality told how it is reached
  #sleep = new AbortController();
  #closed = new AbortController();
  #kept;
  #ends;

  /**
   * For an app with several conversations: `area`, where this one is kept on the device; `kept()` promises the events that
   * the device has of it, in order, to be shown before there is a connection; `ends`: true, see the event `ended`;
   * `observe(client)` is called with every new client.
   * @param {{server: string, gemeente: string, channel?: string, locale?: string, page?: string, topic?: string, area?: string,
   *   kept?: () => Promise<object[]>, ends?: boolean, observe?: (client: Client) => void}} options
   */
  constructor({
    server, gemeente, channel = 'website', locale = 'nl', page, topic, area = gemeente, kept, ends = false, observe,
  }) {
    super();
    this.#details = { gemeente, channel, locale, page, topic };
    this.#kept = kept ?? (async () => []);
    this.#ends = ends;
    this.#api = new Api(server);
    this.#store = new Store(area);
    this.#outbox = new Outbox(this.#store, (message) => this.#post(message), (item, state, problem) =>
      this.#emit('outbox', { item, state, problem }));
    const { signal } = this.#closed;
    this.#store.watch(() => this.#changedElsewhere(), signal);
    for (const change of ['online', 'offline']) addEventListener(change, () => this.wake(true), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.wake(), { signal });
    observe?.(this);
  }

  /** Lets go of the connection and of the page; what the device keeps stays there. */
  close() {
    this.#closed.abort();
    this.#sleep.abort();
    this.#session?.close();
    this.#session = null;
  }

  /** Aborted by `close()`: for listeners that are not to outlive it. */
  get closed() {
    return this.#closed.signal;
  }

  /** The key of the conversation on this device, or null: {conv, token, expires_at}. */
  get conversation() {
    return this.#store.conversation;
  }

  /** Resumes the stored conversation or creates one; tries until it works or is refused. */
  start(reason = 'new') {
    this.#starting ??= this.#begin(reason).finally(() => {
      this.#starting = null;
      if (this.#session) this.#changedElsewhere(); // two tabs that began at once: both go on with the one that is kept
    });
    return this.#starting;
  }

  /** @param {{type: string, text?: string, value?: unknown, reply_to?: string}} message */
  send(message) {
    this.#outbox.add(message);
    if (this.#session) return;
    this.#sleep.abort();
    this.start(); // it was erased, or refused: who asks again begins anew
  }

  /** Try now: the network is back (or gone: then that is known at once), the page is in view again, or the citizen asks. */
  wake(renew) {
    this.#sleep.abort();
    this.#session?.wake(renew);
    this.#freshToken();
    if (Date.now() - this.#asked > SERVICE_AGE) this.#ask();
    if (this.#session) this.#outbox.flush();
  }

  /** Asks for the events before the first one; they come as `history` with `older`. Throws when they can't be had. */
  async older() {
    await this.#session.older();
  }

  typing(on) {
    this.#tell('typing', { on });
  }

  /** Number of the last event that was seen on this device. */
  get seen() {
    return this.#store.read;
  }

  /** Whether a person is wanted or there: then the next page of the site follows the conversation without being asked to. */
  set withPerson(value) {
    this.#store.person = value;
  }

  /** Everything up to the last event has been seen; `tell` the other side. */
  read(tell) {
    const seq = this.#session?.seq ?? 0;
    if (seq <= this.#store.read) return;
    this.#store.read = seq;
    if (tell) this.#tell('read', { seq });
  }

  /** The conversation as an HTML file; throws when it can't be had. @returns {Promise<Blob>} */
  transcript() {
    return this.#api.transcript(this.#session?.conversation);
  }

  /** Erases the conversation everywhere; throws when the server didn't. */
  async erase() {
    const conversation = this.#session?.conversation ?? this.#store.conversation;
    this.#erasing = true;
    try {
      if (conversation) await this.#api.erase(conversation).catch((error) => error.gone || Promise.reject(error));
    } finally {
      this.#erasing = false;
    }
    this.#leave();
    this.#emit('erased');
  }

  /** Leaves this conversation (telling the server, if it can be reached) and starts another. */
  async restart() {
    this.#tell('messages', { cid: newId(), type: 'end' });
    this.#leave();
    await this.start('restarted');
  }

  async #begin(reason) {
    this.#emit('connection', { state: 'connecting' });
    this.#ask();
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#open(reason);
      } catch (error) {
        if (this.#closed.signal.aborted) return undefined;
        if (error instanceof Problem && error.gone && this.#store.conversation) {
          if (this.#ends) return this.#end();
          this.#unsent('refused', new Problem(410));
          this.#leave();
          reason = 'expired';
        } else if (error instanceof Problem && !error.passing) {
          return this.#emit('connection', { state: 'refused', title: error.title });
        } else {
          this.#offBy(error);
          this.#emit('connection', { state: error.off ? 'off' : 'retrying' });
          this.#unsent('waiting', error);
          this.#sleep = new AbortController();
          await pause(error.wait ?? backoff(tries), this.#sleep.signal);
        }
      }
    }
  }

  async #open(reason) {
    const stored = this.#store.conversation;
    const kept = stored ? await this.#kept() : [];
    const conversation = stored ?? await this.#create();
    const session = new Session(this.#api, conversation, (name, detail) => this.#hear(name, detail), () => this.#renew());
    const events = kept.length ? kept : await session.load().catch((error) => {
      session.close();
      throw error;
    });
    if (this.#closed.signal.aborted) return session.close();
    this.#session = session;
    this.#emit('started', { reason: stored && reason === 'new' ? 'resumed' : reason });
    session.begin(events, !stored);
    this.#resend(events);
    this.#freshToken();
    return undefined;
  }

  /** What the session tells. What waits is sent at once when the line is back. */
  #hear(name, detail) {
    if (name === 'service') return this.#told(detail);
    if (name === 'connection') {
      if (detail.state === 'live' && this.#line !== 'live') this.#outbox.flush();
      this.#line = detail.state;
    }
    return this.#emit(name, detail);
  }

  async #create() {
    if (this.#service.off) await this.#ask();
    if (this.#service.off) throw new Problem(503, { type: 'switched_off', title: this.#service.off_text });
    const { conv, token, expires_at } = await this.#api.create(this.#details);
    this.#store.conversation ??= { conv, token, expires_at, since: Date.now() }; // another tab may have been first
    return this.#store.conversation;
  }

  /** Changes a token that is a day old for a new one. The old one goes on working for a while: nothing is lost if this fails. */
  async #freshToken() {
    const session = this.#session;
    if (!session || Math.abs(Date.now() - (this.#store.conversation?.since ?? 0)) < TOKEN_AGE) return;
    try {
      const { token, expires_at } = await this.#api.renew(session.conversation);
      if (session !== this.#session) return;
      this.#store.conversation = { conv: session.conversation.conv, token, expires_at, since: Date.now() };
      session.conversation.token = token;
      this.#emit('renewed');
    } catch {
      // the next time
    }
  }

  /** How the municipality is reached and whether the chat is on; where that can't be had, the stream tells, or the next time. */
  async #ask() {
    const { gemeente } = this.#details;
    await this.#api.gemeente(gemeente).then((state) => {
      this.#asked = Date.now();
      this.#told(state);
    }).catch(() => {});
  }

  #told(state) {
    const { off } = this.#service;
    this.#service = this.#store.service = { ...this.#service, ...state };
    this.#emit('service', this.#service);
    if (off && !state.off) this.wake();
  }

  #offBy(error) {
    if (error.off) this.#told({ off: true, off_text: error.title });
  }

  /** Messages that were written but never acknowledged: those that did arrive are done, the others go out again. */
  #resend(events) {
    const arrived = new Set(events.map((event) => event.cid));
    for (const item of this.#store.outbox) {
      if (arrived.has(item.message.cid)) this.#store.drop(item.message.cid);
      else this.#emit('outbox', { item, state: 'sending' });
    }
    this.#outbox.flush();
  }

  async #post(message) {
    const session = this.#session;
    if (!session) return null; // starting will send it
    try {
      const receipt = await this.#api.send(session.conversation, message);
      this.#renewals = 0;
      session.expect(receipt.seq);
      return receipt;
    } catch (error) {
      this.#offBy(error);
      if (!(error instanceof Problem && error.gone)) throw error;
      if (session === this.#session) this.#renew();
      return null;
    }
  }

  #tell(what, body) {
    if (this.#session) this.#api.tell(this.#session.conversation, what, body).catch(() => {}); // it may get lost
  }

  /** The server no longer knows us. Say so, keep what wasn't sent in view, and start anew; but never in a loop. */
  #renew() {
    if (this.#erasing) return;
    if (this.#ends) return void this.#end();
    this.#unsent('refused', new Problem(410));
    this.#leave();
    this.#renewals += 1;
    if (this.#renewals > MOST_RENEWALS) this.#emit('connection', { state: 'refused', title: '' });
    else this.start('expired');
  }

  /** How it is with the messages that the server doesn't have. */
  #unsent(state, problem) {
    for (const item of this.#store.outbox) this.#emit('outbox', { item, state, problem });
  }

  /** What the device has of the conversation stays, until it is erased there. */
  #end() {
    this.#unsent('refused', new Problem(410));
    for (const { message: { cid } } of this.#store.outbox) this.#store.drop(cid);
    this.#session?.close();
    this.#session = null;
    this.#emit('ended');
  }

  #leave() {
    this.#session?.close();
    this.#session = null;
    this.#store.forget();
  }

  #changedElsewhere() {
    const stored = this.#store.conversation;
    const here = this.#session?.conversation;
    if (stored && stored.conv === here?.conv) here.token = stored.token; // renewed in another tab
    if (this.#starting || stored?.conv === here?.conv) return;
    this.#session?.close();
    this.#session = null;
    if (stored) this.start('elsewhere');
    else this.#emit('erased');
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
