/** What was said before the part that is on the screen, and the way back to something that was said. */
import { address, get } from './api.js';
import { $ } from './dom.js';
import { pane, text } from './text.js';

export class History {
  #log;
  #conv;
  #notice;

  /** @param {import('./log.js').Log} log @param {() => string} conv the one that is open @param {(words: string) => void} notice */
  constructor(log, conv, notice) {
    this.#log = log;
    this.#conv = conv;
    this.#notice = notice;
    $('older').addEventListener('click', () => this.#older());
  }

  /** @param {{events: object[], more: boolean}} page the newest part @param {number} last number of the last event */
  begin(page, last) {
    this.#log.begin(page.events, last);
    $('older').hidden = !page.more;
  }

  /** To something that was said, however far back. */
  async jump(seq) {
    if ($('about').getAttribute('aria-expanded') === 'true') $('about').click(); // it lies over the conversation
    while (!this.#log.reveal(seq)) {
      if (seq >= this.#log.first || $('older').hidden || !(await this.#older())) return this.#notice(pane.context.notThere);
    }
    return undefined;
  }

  /** @returns {Promise<boolean>} whether there are more on the screen now */
  async #older() {
    const conv = this.#conv();
    const { first } = this.#log;
    $('older').disabled = true;
    try {
      const page = await get(address(conv, `/history?before=${first}`));
      if (conv !== this.#conv()) return false;
      if (first !== this.#log.first) return true; // asked twice at once: the other answer is on the screen
      this.#log.prepend(page.events);
      $('older').hidden = !page.more;
      if (!page.more) $('log').focus();
      return page.events.length > 0;
    } catch (error) {
      this.#notice(error.title ?? text.failed);
      return false;
    } finally {
      $('older').disabled = false;
    }
  }
}
