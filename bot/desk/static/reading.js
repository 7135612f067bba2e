/** Tells the server how far the agent has read: what was at the end of the log of a page that somebody looks at. */
import { address, post } from './api.js';

const PAUSE = 400; // ms, so that a run of messages is one request

export class Reading {
  #conv = '';
  #told = 0;
  #timer = 0;
  #seen;

  /** @param {() => number} seen number of the newest event on the screen; 0 when the agent doesn't look at it or it isn't the agent's */
  constructor(seen) {
    this.#seen = seen;
    document.addEventListener('visibilitychange', () => this.look());
    addEventListener('focus', () => this.look());
  }

  /** @param {string} conv @param {number} read what the server knows */
  open(conv, read) {
    [this.#conv, this.#told] = [conv, read];
    this.look();
  }

  /** Something changed on the screen. */
  look() {
    clearTimeout(this.#timer);
    if (this.#conv) this.#timer = setTimeout(() => this.#tell(), PAUSE);
  }

  async #tell() {
    const [conv, seq] = [this.#conv, document.hidden ? 0 : this.#seen()];
    if (!conv || seq <= this.#told) return;
    const before = this.#told;
    this.#told = seq;
    try {
      await post(address(conv, '/read'), { seq });
    } catch {
      if (conv === this.#conv) this.#told = before; // the next look brings another chance
    }
  }
}
