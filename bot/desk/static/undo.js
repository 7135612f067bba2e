/** What was just done and can still be taken back: a quiet bar that counts down, the same in every window of the agent. */
import { address, post } from './api.js';
import { $, h, reconcile, say, unseen } from './dom.js';
import { pane, text } from './text.js';

/**
 * `until`: seconds since 1970. `seen`: the server's lists have it. `seq`: the citizen's last message when it began.
 * @typedef {{key: string, conv: string, topic: string, act: string, until: number, seen?: boolean, seq?: number}} Pending
 */

export class Undo {
  /** @type {Map<string, Pending>} */
  #items = new Map();
  #hooks;

  /**
   * @param {{now: () => number, notice: (words: string) => void, undone: (conv: string) => void, done: (conv: string) => void}} hooks
   * `undone`: it is the agent's as before; `done`: it is done for good
   */
  constructor(hooks) {
    this.#hooks = hooks;
    setInterval(() => this.#tick(), 250);
  }

  /** Just done here. */
  add(conv, topic, act, until) {
    this.#items.set(conv, { key: conv, conv, topic, act, until });
    say($('aside'), pane.undo.news(pane.undo.acts[act] ?? '', Math.round(until - this.#hooks.now())));
    this.#render();
  }

  /** The agent's conversations as the server sees them. */
  look(rows) {
    for (const row of rows) this.#lookAt(row);
    const mine = new Set(rows.map(({ conv }) => conv));
    for (const [conv, item] of this.#items) {
      if (mine.has(conv) || !(item.seen || this.#over(item))) continue;
      this.#items.delete(conv);
      this.#hooks.done(conv);
    }
    this.#render();
  }

  /** What isn't pending any more, and still the agent's, was stopped: by another window, or by the citizen who wrote. */
  #lookAt({ conv, topic, pending, last }) {
    const known = this.#items.get(conv);
    const seq = last?.role === 'citizen' ? last.seq : 0;
    if (pending) {
      const same = known?.until === pending.at ? known : null;
      this.#items.set(conv, { key: conv, conv, topic, act: pending.act, until: pending.at, seen: true, seq: same?.seen ? same.seq : seq });
    } else if (known?.seen) {
      this.stopped(conv, seq > known.seq);
      this.#hooks.undone(conv);
    }
  }

  /** It won't be done. @param {boolean} wrote because the citizen wrote */
  stopped(conv, wrote) {
    const item = this.#items.get(conv);
    if (!item) return;
    this.#items.delete(conv);
    if (wrote) this.#hooks.notice(pane.undo.stopped(item.topic));
    this.#render();
  }

  #over({ until }) {
    return until <= this.#hooks.now();
  }

  /** Take back the newest. @returns {boolean} whether there is any */
  last() {
    const newest = this.#shown.at(-1);
    if (newest) this.#undo(newest);
    return Boolean(newest);
  }

  async #undo({ conv }) {
    try {
      await post(address(conv, '/undo'));
      this.#items.delete(conv);
      say($('aside'), pane.undo.undone);
      this.#render();
      this.#hooks.undone(conv);
    } catch (error) {
      this.#hooks.notice(error.title ?? text.failed);
    }
  }

  #tick() {
    if (!$('undo').hidden) this.#render();
  }

  #render() {
    const had = $('undo').contains(document.activeElement);
    const shown = this.#shown;
    $('undo').hidden = !shown.length;
    reconcile($('undo-list'), shown, (item) => this.#make(item), (node, item) => {
      const left = Math.max(0, Math.ceil(item.until - this.#hooks.now()));
      say(node.querySelector('.seconds'), pane.undo.seconds(left));
      node.querySelector('progress').value = left;
    });
    if (had && !$('undo').contains(document.activeElement)) $('title').focus();
  }

  get #shown() {
    return [...this.#items.values()].filter((item) => !this.#over(item));
  }

  #make(item) {
    const most = Math.max(1, Math.ceil(item.until - this.#hooks.now()));
    return h('li', { 'data-testid': 'pending', 'data-conv': item.conv },
      h('p', {}, h('strong', {}, item.topic), ` ${pane.undo.acts[item.act] ?? ''} `, h('span', { class: 'seconds', 'aria-hidden': 'true' })),
      h('progress', { max: most, value: most, 'aria-hidden': 'true' }),
      h('button', { type: 'button', class: 'secondary small', onclick: () => this.#undo(item) }, pane.undo.button, unseen(`: ${item.topic}`)));
  }
}
