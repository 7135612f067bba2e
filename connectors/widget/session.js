/** One conversation in this tab: every event once, in order, without gaps, whichever way it came. */
import { Connection } from './transport.js';

const PAGE = 50; // events per request for history
const MOST_MISSING = 200; // more than this missing: show the latest instead of filling the gap
const OVERDUE = 4_000; // ms between a receipt and its event, after which the stream is distrusted
const DEAF = 45_000; // ms a tab that doesn't lead hears nothing before it connects by itself

export class Session {
  #api;
  #emit;
  #gone;
  #tabs;
  #connection = null;
  #running = null;
  #open = true;
  #heard = performance.now();
  #ready; // resolves the start of the queue
  #queue = new Promise((resolve) => {
    this.#ready = resolve;
  });
  #first = 0;
  #listening = setInterval(() => this.#listenMyself(), 5_000);

  /** Number of the last event handed over. */
  seq = 0;

  /** `emit(name, detail)`: see client.js; `gone()`: the server doesn't know the conversation any more. */
  constructor(api, conversation, emit, gone) {
    this.#api = api;
    this.conversation = conversation;
    this.#emit = (name, detail) => this.#open && emit(name, detail);
    this.#gone = gone;
    this.#tabs = new Tabs(conversation.conv, (event) => this.#hear(event)); // before history: nothing slips between
  }

  load() {
    return this.#api.history(this.conversation, { limit: PAGE });
  }

  /** Hands over the loaded events and goes live. */
  begin(events, fresh) {
    this.#batch(events, { fresh });
    this.#ready();
    this.#tabs.lead(() => this.#open && this.#connect());
  }

  async older() {
    const events = await this.#api.history(this.conversation, { before: this.#first, limit: PAGE });
    this.#batch(events, { older: true });
  }

  wake(renew) {
    this.#connection?.wake(renew);
  }

  /** The server says that event `seq` is in the log. If it stays away, the stream is held up somewhere: poll. */
  expect(seq) {
    setTimeout(() => {
      if (!this.#open || this.seq >= seq) return;
      this.#connect();
      this.#connection.distrust();
    }, OVERDUE);
  }

  close() {
    this.#open = false;
    clearInterval(this.#listening);
    this.#connection?.stop();
    this.#tabs.close();
  }

  #connect() {
    if (this.#connection) return this.#running;
    this.#connection = new Connection(this.#api, this.conversation, {
      after: () => this.seq,
      deliver: (event) => {
        this.#tabs.tell(event.type === 'ping' ? { type: 'ping', last: this.seq } : event);
        return this.#hear(event);
      },
      state: (state) => {
        if (state !== 'live') this.#tabs.tell({ type: 'connection', state });
        this.#emit('connection', { state });
      },
      gone: () => this.#open && this.#gone(),
    });
    this.#running = this.#connection.run();
    return this.#running;
  }

  #listenMyself() {
    if (this.#connection || document.hidden || performance.now() - this.#heard < DEAF) return;
    this.#connect();
  }

  /** Takes events one after the other, also while a gap is being filled. */
  #hear(event) {
    this.#heard = performance.now();
    if (event.type === 'connection') this.#emit('connection', event);
    else if (!this.#connection) this.#emit('connection', { state: 'live' });
    this.#queue = this.#queue.then(() => this.#open && this.#take(event)).catch(() => this.#connection?.wake(true));
    return this.#queue;
  }

  async #take(event) {
    if (!event.id) return this.#passing(event);
    if (event.seq <= this.seq) return undefined;
    if (event.seq > this.seq + 1) await this.#fill(event.seq);
    return this.#pass(event);
  }

  #pass(event) {
    if (event.seq <= this.seq) return;
    this.seq = event.seq;
    this.#emit('event', event);
  }

  #passing(event) {
    if (['typing', 'read', 'service'].includes(event.type)) this.#emit(event.type, event);
    if (event.type === 'ping' && event.last > this.seq) return this.#fill(event.last + 1);
    if (event.type !== 'reset') return undefined;
    return event.reason === 'expired' ? this.#gone() : this.#reload();
  }

  /** Fetches what is missing before number `next`. What even the history doesn't have is really gone. */
  async #fill(next) {
    const missing = next - this.seq - 1;
    if (missing > MOST_MISSING) return this.#reload();
    const events = await this.#api.history(this.conversation, { before: next, limit: missing });
    return events.forEach((event) => this.#pass(event));
  }

  async #reload() {
    const events = await this.load();
    this.seq = 0;
    this.#emit('started', { reason: 'resumed' });
    this.#batch(events, {});
  }

  #batch(events, { older = false, fresh = false }) {
    if (events.length) this.#first = events[0].seq;
    if (!older) this.seq = events.at(-1)?.seq ?? 0;
    this.#emit('history', { events, more: events.length > 0 && this.#first > 1, older, fresh });
  }
}

/**
 * One of the tabs of a browser holds the connection and tells the others: a browser allows only six HTTP/1.1
 * connections to a host. Thrift, not correctness: a tab that hears nothing connects by itself.
 */
class Tabs {
  #name;
  #channel;
  #quit = new AbortController();

  constructor(conversation, hear) {
    this.#name = `balie:${conversation}`;
    this.#channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(this.#name) : null;
    if (this.#channel) this.#channel.onmessage = ({ data }) => hear(data);
  }

  tell(message) {
    this.#channel?.postMessage(message);
  }

  /** Does `work` once this tab is the one that leads (at once where the browser has no locks). */
  async lead(work) {
    if (!navigator.locks || !this.#channel) return work();
    try {
      return await navigator.locks.request(this.#name, { signal: this.#quit.signal }, work);
    } catch (error) {
      if (!this.#quit.signal.aborted) throw error;
      return undefined;
    }
  }

  close() {
    this.#quit.abort();
    this.#channel?.close();
  }
}
