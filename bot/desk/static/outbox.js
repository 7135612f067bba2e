/** Answers and notes on their way: one at a time per conversation, in order, the same `cid` until the server has it. */
import { Problem, address, post } from './api.js';
import { read, write } from './kept.js';

/**
 * @typedef {{cid: string, conv: string, kind: 'messages'|'notes', text: string, state: 'sending'|'sent'|'failed'|'refused',
 *   title: string, seq: number, shown: boolean}} Item
 */

export class Outbox {
  /** @type {Item[]} */
  #items = (read('outbox') ?? []).map((item) => ({ ...item, state: item.state === 'refused' ? 'refused' : 'failed' }));
  #busy = new Set(); // conversations with a request under way
  #hooks;

  /**
   * @param {{changed: () => void, masked: () => void, has: (conv: string, seq: number) => boolean}} hooks
   * `masked`: the server hid a number in what was sent; `has`: whether the screen doesn't wait for this event of the log
   */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** What to show below the log; `shown`: the log has it already. */
  of(conv) {
    return this.#items.filter((item) => item.conv === conv && !item.shown);
  }

  get unsent() {
    return this.#items.filter((item) => item.state !== 'sent').length;
  }

  /** @param {string} conv @param {Item['kind']} kind @param {string} words */
  add(conv, kind, words) {
    this.#items.push({ cid: newId(), conv, kind, text: words, state: 'sending', title: '', seq: 0, shown: false });
    this.#changed();
    this.#flush(conv);
  }

  /** Try what failed again: the network is back, or the agent asks. */
  retry() {
    for (const item of this.#items) if (item.state === 'failed') item.state = 'sending';
    this.#changed();
    for (const conv of new Set(this.#items.map((item) => item.conv))) this.#flush(conv);
  }

  discard(cid) {
    this.#items = this.#items.filter((item) => item.cid !== cid);
    this.#changed();
  }

  /** The log has something of ours. The answer to our request may have come before, or be on its way still. */
  arrived(conv, kind, seq, words) {
    const mine = this.#items.filter((item) => item.conv === conv && item.kind === kind);
    const sent = mine.find((item) => item.seq === seq);
    if (sent) return this.discard(sent.cid);
    const underway = mine.find((item) => ['sending', 'failed'].includes(item.state) && !item.shown && item.text === words);
    if (!underway) return undefined;
    underway.shown = true;
    if (underway.state === 'sending') return this.#changed();
    this.discard(underway.cid);
    return this.#flush(conv);
  }

  /** What isn't sent outlives a reload: the `cid` sees to it that nothing arrives twice. */
  #changed() {
    const left = this.#items.filter((item) => item.state !== 'sent');
    write('outbox', left.length ? left : null);
    this.#hooks.changed();
  }

  async #flush(conv) {
    if (this.#busy.has(conv)) return;
    this.#busy.add(conv);
    try {
      for (;;) {
        const next = this.#items.find((item) => item.conv === conv && ['sending', 'failed'].includes(item.state));
        if (next?.state !== 'sending') return;
        await this.#send(next);
      }
    } finally {
      this.#busy.delete(conv);
    }
  }

  /** @param {Item} item */
  async #send(item) {
    try {
      const { seq, masked } = await post(address(item.conv, `/${item.kind}`), { cid: item.cid, text: item.text });
      Object.assign(item, { state: 'sent', seq });
      if (masked) this.#hooks.masked();
      if (this.#hooks.has(item.conv, seq)) this.discard(item.cid);
      else this.#changed();
    } catch (error) {
      if (item.shown) return void this.discard(item.cid); // only the answer got lost
      const passing = !(error instanceof Problem) || error.passing;
      Object.assign(item, { state: passing ? 'failed' : 'refused', title: passing ? '' : error.title });
      this.#changed();
    }
  }
}

/** A new id for something to send. crypto.randomUUID exists on https and localhost only. */
export function newId() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
