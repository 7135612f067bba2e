/** For an editor: what agents find in the knowledge base and among the canned answers, as they see it. Read only. */
import { get } from './api.js';
import { dayWordsFull } from './dates.js';
import { $, h, outward, safeUrl } from './dom.js';
import { highlighted } from './rows.js';
import { state } from './page.js';
import { board, text } from './text.js';

const PAUSE = 300;
const words = board.answers;

export class Library {
  #timer = 0;
  #asking = null;
  #query = null;

  constructor() {
    $('answers-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#ask();
    });
    $('answers-text').addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PAUSE);
    });
    for (const radio of $('answers-form').elements.kind) radio.addEventListener('change', () => this.#filter());
  }

  show() {
    if (this.#query === null) this.#ask();
  }

  async #ask() {
    clearTimeout(this.#timer);
    const query = $('answers-text').value.trim();
    this.#asking?.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    state('answers-state', words.loading);
    try {
      const { answers } = await get(`/api/answers?q=${encodeURIComponent(query)}`, signal);
      if (signal.aborted) return;
      this.#query = query;
      $('answers-list').replaceChildren(...answers.map((answer) => this.#answer(answer, query)));
      this.#filter();
    } catch (error) {
      if (!signal.aborted) state('answers-state', error.title ?? text.failed, () => this.#ask());
    }
  }

  #filter() {
    const kind = $('answers-form').elements.kind.value;
    const all = [...$('answers-list').children];
    for (const node of all) node.hidden = Boolean(kind) && node.dataset.kind !== kind;
    const shown = all.filter((node) => !node.hidden).length;
    state('answers-state', shown ? words.found(shown) : this.#query ? words.none(this.#query) : words.start);
  }

  #answer({ kind, title, text: body, source, reviewed }, query) {
    const url = source && safeUrl(source);
    return h('li', { 'data-kind': kind, 'data-testid': 'library-answer' }, h('article', { class: 'answer' },
      h('h3', {}, ...highlighted(title ?? '', query), ' ', h('span', { class: 'mark away' }, words.kinds[kind] ?? kind)),
      h('p', { class: 'words' }, ...highlighted(body ?? '', query)),
      h('p', { class: 'tags' },
        url ? outward(url, words.source) : source || words.noSource,
        ` · ${reviewed ? words.reviewed(dayWordsFull(reviewed)) : words.notReviewed}`)));
  }
}
