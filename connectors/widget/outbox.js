/** What this device keeps: the conversation's key, and messages until the server has them. */
import { Problem, backoff, pause } from './transport.js';

/** In localStorage: {conv, token, expires_at}, the last number read, whether with a person, unsent messages (a key each), and how
 * the municipality is reached. */
export class Store {
  #prefix;
  #area;

  constructor(gemeente, area = available()) {
    this.#prefix = `balie:${gemeente}:`;
    this.#area = area;
  }

  get conversation() {
    return this.#get('conversation');
  }

  set conversation(value) {
    this.#put('conversation', value);
  }

  get read() {
    return this.#get('read') ?? 0;
  }

  set read(seq) {
    this.#put('read', seq);
  }

  set person(value) {
    this.#put('person', value);
  }

  set service(value) {
    this.#put('service', value);
  }

  /** Messages to send, oldest first. */
  get outbox() {
    const keys = Object.keys(this.#area).filter((key) => key.startsWith(`${this.#prefix}out:`));
    return keys.map((key) => this.#get(key.slice(this.#prefix.length))).filter(Boolean)
      .sort((a, b) => a.order - b.order);
  }

  keep(item) {
    this.#put(`out:${item.message.cid}`, item);
  }

  has({ message: { cid } }) {
    return this.#get(`out:${cid}`) !== null;
  }

  drop(cid) {
    this.#area.removeItem(`${this.#prefix}out:${cid}`);
  }

  /** Forgets the conversation and everything that belongs to it. */
  forget() {
    for (const item of this.outbox) this.drop(item.message.cid);
    for (const name of ['read', 'person', 'conversation']) this.#area.removeItem(this.#prefix + name);
  }

  /** Calls back when another tab starts, restarts or erases the conversation. */
  watch(changed, signal) {
    addEventListener('storage', ({ key }) => key === `${this.#prefix}conversation` && changed(), { signal });
  }

  #get(name) {
    try {
      return JSON.parse(this.#area.getItem(this.#prefix + name));
    } catch {
      return null; // not ours, or damaged: as if it wasn't there
    }
  }

  #put(name, value) {
    try {
      this.#area.setItem(this.#prefix + name, JSON.stringify(value));
    } catch {
      this.#area = copied(this.#area); // full: go on in memory
      this.#area.setItem(this.#prefix + name, JSON.stringify(value));
    }
  }
}

/** A stand-in for Storage in memory: like Storage, its keys are its own properties. What is removed from it leaves `source` too. */
function copied(source) {
  const area = Object.create({
    getItem(key) { return this[key] ?? null; },
    setItem(key, value) { this[key] = value; },
    removeItem(key) {
      delete this[key];
      source.removeItem?.(key);
    },
  });
  return Object.assign(area, source);
}

function available() {
  try {
    localStorage.setItem('balie:probe', '1');
    localStorage.removeItem('balie:probe');
    return localStorage;
  } catch {
    return copied({});
  }
}

/** Sends in order, one at a time, again and again with the same `cid` until the server has it or refuses it. */
export class Outbox {
  #store;
  #post;
  #changed;
  #busy = false;
  #sleep = new AbortController();

  /**
   * `post(message)`: a promise of the receipt, or of null when the conversation is gone. In `changed(item, state,
   * problem)` state is sending, sent, waiting (it goes out again) or refused (it won't be accepted later either). Of a
   * message that was erased meanwhile nothing is told any more.
   */
  constructor(store, post, changed) {
    this.#store = store;
    this.#post = post;
    this.#changed = changed;
  }

  add(message) {
    const order = (this.#store.outbox.at(-1)?.order ?? 0) + 1;
    const item = { message: { cid: newId(), ...message }, order };
    this.#store.keep(item);
    this.#changed(item, 'sending');
    this.flush();
  }

  /** Sends what is waiting; called when there is reason to believe that it will work. */
  async flush() {
    this.#sleep.abort();
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let tries = 0, item; (item = this.#store.outbox[0]);) {
        const outcome = await this.#attempt(item, tries);
        if (outcome === 'gone') return;
        tries = outcome === 'again' ? tries + 1 : 0;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** @returns {Promise<'done'|'again'|'gone'>} */
  async #attempt(item, tries) {
    try {
      const receipt = await this.#post(item.message);
      if (!receipt) return 'gone';
      this.#settle(item, 'sent');
      return 'done';
    } catch (error) {
      if (!this.#store.has(item)) return 'done';
      if (error instanceof Problem && !error.passing) {
        this.#settle(item, 'refused', error);
        return 'done';
      }
      this.#changed(item, 'waiting', error);
      this.#sleep = new AbortController();
      await pause(error.wait ?? backoff(tries), this.#sleep.signal);
      return 'again';
    }
  }

  #settle(item, state, problem) {
    if (!this.#store.has(item)) return;
    this.#store.drop(item.message.cid);
    this.#changed(item, state, problem);
  }
}

/** A random UUID; `crypto.randomUUID` doesn't exist on a page without HTTPS. */
export const newId = () => '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) =>
  (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
