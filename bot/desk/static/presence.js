/** How the agent is there: the status, how many conversations at once, and what a status means. */
import { $, h, say } from './dom.js';
import { post } from './api.js';
import { board, text } from './text.js';

export class PresenceBar {
  #shown = { status: 'available', limit: 0 };
  #changed = 0; // changes of ours that the server has not answered yet
  #notice;

  /** @param {(words: string) => void} notice @param {number} most conversations that an agent may have at once; 0: no limit is set */
  constructor(notice, most) {
    this.#notice = notice;
    this.#limits(most);
    $('meanings').replaceChildren(...[...$('status').options].flatMap(({ value, text: label }) =>
      [h('dt', {}, label), h('dd', {}, board.presence[value] ?? '')]));
    $('status').addEventListener('change', () => this.#tell('status', $('status').value));
    $('limit').addEventListener('change', () => this.#tell('limit', Number($('limit').value)));
    $('status-help').addEventListener('toggle', ({ newState }) => newState === 'open' && $('status-help').focus());
  }

  /** What the server says; a choice that is on its way, or being made, is left alone. */
  set({ status, limit }) {
    if (this.#changed) return;
    if (status) this.#shown.status = status;
    if (limit) this.#shown.limit = limit;
    this.#show();
  }

  /** The browser is still there. */
  alive() {
    post('/api/presence').catch(() => {}); // the next ping brings another chance
  }

  #limits(most) {
    $('limit-frame').hidden = !most;
    $('limit').replaceChildren(...Array.from({ length: most }, (_, index) => h('option', { value: index + 1 }, String(index + 1))));
    $('limit').value = String(most);
  }

  #show() {
    const { status, limit } = this.#shown;
    if (document.activeElement !== $('status') || $('status').value !== status) $('status').value = status;
    if (limit && ![...$('limit').options].some(({ value }) => value === String(limit))) $('limit').append(h('option', { value: limit }, String(limit)));
    if (limit) $('limit').value = String(limit);
    document.body.dataset.status = status;
    say($('status-meaning'), status === 'available' ? '' : board.presence[status]);
  }

  async #tell(name, value) {
    this.#changed += 1;
    const before = { ...this.#shown };
    this.#shown[name] = value;
    this.#show();
    try {
      await post('/api/presence', { [name]: value });
      say($('news'), '');
    } catch (error) {
      this.#shown = before;
      this.#show();
      this.#notice(error.title ?? text.failed);
    } finally {
      this.#changed -= 1;
    }
  }
}
