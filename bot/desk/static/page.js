/** What the parts of the desk beside the conversations share: loading, failing, being looked at again. */
import { $, h, say } from './dom.js';
import { board, text } from './text.js';

/**
 * Keeps one part fresh while it is shown: at once, every `seconds`, and when something says that it changed.
 */
export class Fresh {
  #load;
  #seconds;
  #timer = 0;
  #shown = false;
  #busy = false;
  #again = false;

  /** @param {() => Promise<void>} load never raises @param {number} seconds */
  constructor(load, seconds) {
    this.#load = load;
    this.#seconds = seconds;
    document.addEventListener('visibilitychange', () => this.now());
  }

  get shown() {
    return this.#shown;
  }

  show() {
    this.#shown = true;
    this.now();
  }

  hide() {
    this.#shown = false;
    clearTimeout(this.#timer);
  }

  /** Look again: one look at a time, and one more when something changed meanwhile. What nobody sees waits until it is seen. */
  async now() {
    if (!this.#shown || document.hidden) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    clearTimeout(this.#timer);
    await this.#load();
    this.#busy = false;
    if (this.#again) {
      this.#again = false;
      return void this.now();
    }
    if (this.#shown) this.#timer = setTimeout(() => this.now(), this.#seconds * 1000);
  }
}

/**
 * The line of a part that says what there is to know: loading, empty, or what went wrong with a way to try again.
 * @param {string} id of a `<p>` @param {string} words '' hides it @param {(() => void)|null} again
 */
export function state(id, words, again = null) {
  const node = $(id);
  node.hidden = !words;
  node.classList.toggle('failed', Boolean(again));
  if (node.dataset.words === words + Boolean(again)) return;
  node.dataset.words = words + Boolean(again);
  node.replaceChildren(h('span', {}, words), ...(again ? [' ', h('button', { type: 'button', class: 'secondary small', onclick: again }, board.again)] : []));
}

/**
 * Runs `act` with the button out of use; what goes wrong is told.
 * @param {(words: string, error: any) => void} failed @returns {Promise<boolean>} whether it worked
 */
export async function pressed(button, act, failed) {
  if (button.getAttribute('aria-disabled') === 'true') return false;
  button.setAttribute('aria-disabled', 'true'); // it keeps the focus, which `disabled` would lose
  try {
    await act();
    return true;
  } catch (error) {
    failed(error.title ?? text.failed, error);
    return false;
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

/** A number large, what it counts below it. */
export function figure(number, words, kind = '') {
  return h('div', { class: `figure ${kind}` }, h('dd', {}, number), h('dt', {}, words));
}

/** A bar beside a number that is there in words: `part` of `whole`. */
export function bar(part, whole) {
  const fill = h('span', { class: 'fill' });
  fill.style.inlineSize = `${whole ? Math.min(100, Math.round((part / whole) * 100)) : 0}%`;
  return h('span', { class: 'amount', 'aria-hidden': 'true' }, fill);
}

export const announce = (words) => say($('news'), words);
