/** Search in the left column: by reference, case number and text. What it finds takes the place of the lists, and gives it back. */
import { get } from './api.js';
import { $, reconcile, say } from './dom.js';
import { rove, settle } from './roving.js';
import { fillRow, makeRow, tickRow } from './rows.js';
import { board, text } from './text.js';

const SHORTEST = 3; // as the server has it
const PAUSE = 800; // ms after the last key: every question is in the audit log, so half a word is not asked

export class Search {
  #hooks;
  #query = '';
  #asking = null;
  #timer = 0;
  #rows = [];
  #place = null; // where the lists were: scrolling and focus

  /**
   * @param {{open: (conv: string) => void, mark: (row: Element) => void, find: (conv: string) => object|undefined, now: () => number,
   *   longWait: number}} hooks `find`: the row of a conversation as the lists have it now
   */
  constructor(hooks) {
    this.#hooks = hooks;
    $('search').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#ask(true);
    });
    $('search-text').addEventListener('input', () => this.#later());
    $('search-text').addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.leave();
      if (event.key === 'ArrowDown') this.#into(event);
    });
    $('found').addEventListener('keydown', (event) => event.key === 'Escape' && this.leave());
    $('found-back').addEventListener('click', () => this.leave());
    $('found-again').addEventListener('click', () => this.#ask(true));
    rove($('found-section'), () => [$('found')]);
    setInterval(() => this.#tick(), 1000);
  }

  get open() {
    return !$('found-section').hidden;
  }

  focus() {
    this.#place ??= { scroll: $('lists').scrollTop, focus: document.activeElement };
    $('search-text').focus();
    $('search-text').select();
  }

  /** The lists changed: what was found shows what is true now, without asking again. */
  changed() {
    if (this.open) this.#fill();
  }

  /** Back to the lists as they were. */
  leave() {
    const place = this.#place;
    this.#empty();
    this.#close();
    this.#place = null;
    $('search-text').value = '';
    const back = place?.focus;
    if (back?.isConnected && back !== document.body && back.checkVisibility()) back.focus({ preventScroll: true });
    else ($('lists').querySelector('button.row[aria-current]') ?? $('search-text')).focus({ preventScroll: true });
  }

  #into(event) {
    const first = (this.open ? $('found') : $('groups')).querySelector('button.row');
    if (!first) return;
    event.preventDefault();
    first.focus();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(false), PAUSE);
  }

  /** @param {boolean} asked Enter was pressed: then what is too short is told */
  async #ask(asked) {
    clearTimeout(this.#timer);
    const query = $('search-text').value.trim();
    if (query.length < SHORTEST) this.#empty(); // what was found before isn't the answer to this
    if (!query) return void (this.open && this.#close());
    if (query.length < SHORTEST) return void ((asked || this.open) && this.#frame(board.search.short(SHORTEST)));
    this.#asking?.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#frame(board.search.loading, { busy: true });
    try {
      const answer = await get(`/api/search?q=${encodeURIComponent(query)}`, signal);
      if (signal.aborted) return;
      this.#query = query;
      this.#show(answer, query);
    } catch (error) {
      if (!signal.aborted) this.#frame(error.title ?? text.failed, { failed: true });
    }
  }

  /** Nothing is asked, and nothing is found. */
  #empty() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#query = '';
    this.#rows = [];
    $('found').replaceChildren();
  }

  /** The lists come back; the focus stays where it is. */
  #close() {
    $('found-section').hidden = true;
    $('groups').hidden = false;
    say($('found-state'), '');
    if (this.#place) $('lists').scrollTop = this.#place.scroll;
  }

  #show({ found, more }, query) {
    this.#rows = found;
    this.#fill();
    const words = found.length ? board.search.found(found.length, more) : board.search.none(query);
    this.#frame(words, { count: more ? `${found.length}+` : String(found.length) });
  }

  #fill() {
    const rows = this.#rows.map((row) => {
      const now = this.#hooks.find(row.conv);
      const group = now?.group ?? row.where;
      return { ...row, ...now, key: row.conv, group, where: board.search.where[group] };
    });
    reconcile($('found'), rows, (row) => makeRow(row, row.open === false ? null : this.#hooks.open), (node, row) => {
      fillRow(node, row, this.#query);
      this.#hooks.mark(node.firstElementChild);
    });
    settle($('found'));
    this.#tick();
  }

  #frame(words, { busy = false, failed = false, count = '' } = {}) {
    this.#place ??= { scroll: $('lists').scrollTop, focus: null };
    if (!this.open) $('lists').scrollTop = 0;
    $('groups').hidden = true;
    $('found-section').hidden = false;
    $('found').setAttribute('aria-busy', String(busy));
    $('found').hidden = failed;
    $('found-again').hidden = !failed;
    $('found-state').classList.toggle('failed', failed);
    say($('found-count'), count);
    $('found-count').hidden = !count;
    say($('found-state'), words);
  }

  #tick() {
    if (this.open) for (const node of $('found').children) tickRow(node, this.#hooks.now(), this.#hooks.longWait);
  }
}
