/** The field for an answer: Enter sends, Shift+Enter is a new line; drafts are kept per conversation while the page lives. */
import { $, say } from './dom.js';
import { text } from './text.js';

const TYPING_EVERY = 4_000;

export class Composer {
  #drafts = new Map();
  #conv = '';
  #limit;
  #told = -TYPING_EVERY;
  #actions;

  /** @param {{send: (words: string) => void, typing: () => void}} actions @param {number} limit characters */
  constructor(actions, limit) {
    this.#actions = actions;
    this.#limit = limit;
    $('text').addEventListener('input', () => this.#input());
    $('text').addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      $('composer').requestSubmit();
    });
    $('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  get drafts() {
    return [...this.#drafts.values()].some((words) => words.trim());
  }

  open(conv) {
    this.#conv = conv;
    $('text').value = this.#drafts.get(conv) ?? '';
    this.#measure();
    this.#error('');
  }

  forget(conv) {
    this.#drafts.delete(conv);
  }

  focus() {
    $('text').focus();
  }

  #input() {
    this.#drafts.set(this.#conv, $('text').value);
    this.#measure();
    this.#error('');
    if ($('text').value && performance.now() - this.#told > TYPING_EVERY) {
      this.#told = performance.now();
      this.#actions.typing();
    }
  }

  #submit() {
    const words = $('text').value.trim();
    const used = [...words].length;
    if (!words) return this.#error(text.empty);
    if (used > this.#limit) return this.#error(text.tooLong(used, this.#limit));
    $('text').value = '';
    this.#told = -TYPING_EVERY;
    this.#drafts.delete(this.#conv);
    this.#measure();
    this.#actions.send(words);
    return this.focus();
  }

  #measure() {
    const used = [...$('text').value].length;
    say($('counter'), used > this.#limit * 0.8 ? text.counter(used, this.#limit) : '');
    const lines = $('text').value.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 60)), 0);
    $('text').rows = Math.min(8, Math.max(2, lines));
  }

  #error(words) {
    say($('text-error'), words);
    if (words) {
      $('text').setAttribute('aria-invalid', 'true');
      this.focus();
    } else $('text').removeAttribute('aria-invalid');
  }
}
