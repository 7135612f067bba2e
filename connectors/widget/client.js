/**
 * The citizen protocol, version 1, without a screen: starts or resumes the conversation, keeps the outbox, and hands
 * over every event exactly once and in order. It lives as long as the page. Its CustomEvents, with their `detail`:
 *   started {reason: new|resumed|expired|restarted|elsewhere} · history {events, more, older, fresh} · event (durable)
 *   · typing {role, ttl_s} · read {role, seq} · outbox {item, state, problem} · connection {state, title} · erased
 */
import { Outbox, Store, newId } from './outbox.js';
import { Session } from './session.js';
import { Api, Problem, backoff, pause } from './transport.js';

const MOST_RENEWALS = 2; // new conversations in a row without one message accepted

export class Client extends EventTarget {
  #details;
  #api;
  #store;
  #outbox;
  #session = null;
  #starting = null;
  #renewals = 0;
  #sleep = new AbortController();

  /** @param {{server: string, gemeente: string, channel?: string, locale?: string, page?: string}} options */
  constructor({ server, gemeente, channel = 'website', locale = 'nl', page }) {
    super();
    this.#details = { gemeente, channel, locale, page };
    this.#api = new Api(server);
    this.#store = new Store(gemeente);
    this.#outbox = new Outbox(this.#store, (message) => this.#post(message), (item, state, problem) =>
      this.#emit('outbox', { item, state, problem }));
    this.#store.watch(() => this.#changedElsewhere());
    addEventListener('online', () => this.wake(true));
    document.addEventListener('visibilitychange', () => document.hidden || this.wake());
  }

  /** Resumes the stored conversation or creates one; tries until it works or is refused. */
  start(reason = 'new') {
    this.#starting ??= this.#begin(reason).finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** @param {{type: string, text?: string, value?: unknown, reply_to?: string}} message */
  send(message) {
    this.#outbox.add(message);
  }

  /** Try now: the network is back, the page is in view again, or the citizen asks. */
  wake(renew) {
    this.#sleep.abort();
    this.#session?.wake(renew);
    if (this.#session) this.#outbox.flush();
  }

  /** Asks for the events before the first one; they come as `history` with `older`. */
  async older() {
    await this.#session?.older();
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
    if (conversation) await this.#api.erase(conversation).catch((error) => error.gone || Promise.reject(error));
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
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#open(reason);
      } catch (error) {
        if (error instanceof Problem && error.gone && this.#store.conversation) {
          this.#dropUnsent();
          this.#leave();
          reason = 'expired';
        } else if (error instanceof Problem && !error.passing) {
          return this.#emit('connection', { state: 'refused', title: error.title });
        } else {
          this.#emit('connection', { state: 'retrying' });
          this.#sleep = new AbortController();
          await pause(error.wait ?? backoff(tries), this.#sleep.signal);
        }
      }
    }
  }

  async #open(reason) {
    const stored = this.#store.conversation;
    const conversation = stored ?? await this.#create();
    const emit = (name, detail) => this.#emit(name, detail);
    const session = new Session(this.#api, conversation, emit, () => this.#renew());
    const events = await session.load().catch((error) => {
      session.close();
      throw error;
    });
    this.#session = session;
    this.#emit('started', { reason: stored && reason === 'new' ? 'resumed' : reason });
    session.begin(events, !stored);
    this.#resend(events);
  }

  async #create() {
    const { conv, token, expires_at } = await this.#api.create(this.#details);
    this.#store.conversation ??= { conv, token, expires_at }; // another tab may have been first
    return this.#store.conversation;
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
    this.#dropUnsent();
    this.#leave();
    this.#renewals += 1;
    if (this.#renewals > MOST_RENEWALS) this.#emit('connection', { state: 'refused', title: '' });
    else this.start('expired');
  }

  #dropUnsent() {
    const problem = new Problem(410);
    for (const item of this.#store.outbox) this.#emit('outbox', { item, state: 'refused', problem });
  }

  #leave() {
    this.#session?.close();
    this.#session = null;
    this.#store.forget();
  }

  #changedElsewhere() {
    const stored = this.#store.conversation;
    if (this.#starting || stored?.conv === this.#session?.conversation.conv) return;
    this.#session?.close();
    this.#session = null;
    if (stored) this.start('elsewhere');
    else this.#emit('erased');
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
