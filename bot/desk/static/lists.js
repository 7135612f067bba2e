/** The left column: whom I have, who waits, whom colleagues have, what is done. Shows what the stream of lists says, nothing of its own. */
import { $, reconcile, say } from './dom.js';
import { rove, settle } from './roving.js';
import { fillRow, makeRow, tickRow } from './rows.js';
import { Steady } from './steady.js';
import { board, text } from './text.js';

const IDS = { mine: 'mine', waiting: 'queue', team: 'team', closed: 'closed' };
const EMPTY = { waiting: text.queueEmpty, mine: text.mineEmpty, team: board.lists.teamEmpty, closed: text.closedEmpty };
const UNFOLDED = 'balie-desk-unfolded';
const FRESH_SECONDS = 20;

export class Lists {
  #actions;
  #longWait;
  #view = { waiting: [], mine: [], team: [], closed: [], colleagues: [], status: null };
  #selected = '';
  #clockAhead = 0; // server's clock minus ours, seconds
  #known = null; // conversations that waited at the last look
  #fresh = new Map(); // conversation that came into the queue -> until when that is news
  #live = false;
  #steady = new Steady($('lists'));

  /** @param {{open: (conv: string) => void, claim: (conv: string) => void}} actions @param {number} longWait seconds */
  constructor(actions, longWait) {
    this.#actions = actions;
    this.#longWait = longWait;
    $('next').addEventListener('click', () => this.next());
    rove($('groups'), () => Object.values(IDS).map($));
    for (const id of ['team-section', 'closed-section']) this.#remember($(id));
    setInterval(() => this.#tick(), 1000);
  }

  get view() {
    return this.#view;
  }

  /** The row whose turn it is. */
  get first() {
    return this.#view.waiting[0];
  }

  /** Why the next one can't be taken now, or ''. */
  get hindrance() {
    const { waiting, mine, status, limit } = this.#view;
    if (!this.#live) return board.lists.noNext.lost;
    if (!waiting.length) return board.lists.noNext.empty;
    if (status === 'break') return board.lists.noNext.break;
    if (limit && mine.length >= limit) return board.lists.noNext.full(mine.length, limit);
    return '';
  }

  /** Takes the conversation whose turn it is; why not is said beside the button, and to who can't see that. */
  next() {
    if (!this.hindrance) return this.#actions.claim(this.first.conv);
    return say($('news'), this.hindrance);
  }

  /** To the conversation that is open, else to the first one that there is. */
  focus() {
    const row = $('groups').querySelector('button.row[aria-current]') ?? $('groups').querySelector('button.row');
    (row ?? $('lists')).focus();
  }

  find(conv) {
    return Object.keys(IDS).flatMap((group) => this.#view[group].map((row) => ({ ...row, group }))).find((row) => row.conv === conv);
  }

  /** Seconds since 1970 by the server's clock, whatever ours says. */
  now() {
    return Date.now() / 1000 + this.#clockAhead;
  }

  /** Whether what is shown is what is true now. */
  set live(live) {
    this.#live = live;
    $('lists').classList.toggle('stale', !live);
    this.#showNext();
  }

  set(view) {
    if (view.now) this.#clockAhead = view.now - Date.now() / 1000;
    this.#view = { ...view, team: view.team ?? [], waiting: view.waiting ?? [], mine: view.mine ?? [], closed: view.closed ?? [] };
    this.#news();
    this.#live = !view.trouble;
    $('lists').classList.toggle('stale', !this.#live);
    const focused = focus();
    this.#steady.change(() => {
      for (const group of Object.keys(IDS)) this.#show(group);
      this.#showNext();
      this.#staff();
      this.#tick();
    });
    refocus(focused);
  }

  select(conv) {
    this.#selected = conv;
    for (const row of document.querySelectorAll('[data-testid=row]')) this.mark(row);
  }

  mark(row) {
    if (row.dataset.conv === this.#selected) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }

  #show(group) {
    const id = IDS[group];
    const rows = this.#view[group].map((row) => ({ ...row, key: row.conv, group, fresh: group === 'waiting' && this.#fresh.has(row.conv) }));
    reconcile($(id), rows, (row) => makeRow(row, row.open === false ? null : (conv) => this.#actions.open(conv)), (node, row) => {
      fillRow(node, row);
      this.mark(node.firstElementChild);
    });
    settle($(id));
    say($(`${id}-count`), String(rows.length));
    say($(`${id}-empty`), EMPTY[group]);
    $(`${id}-empty`).hidden = rows.length > 0;
  }

  /** What is new in the queue is marked for a while: seen without sound. */
  #news() {
    const waiting = this.#view.waiting.map((row) => row.conv);
    const until = Date.now() + FRESH_SECONDS * 1000;
    if (this.#known) for (const conv of waiting) if (!this.#known.has(conv)) this.#fresh.set(conv, until);
    this.#known = new Set(waiting);
    for (const conv of this.#fresh.keys()) if (!this.#known.has(conv)) this.#fresh.delete(conv);
  }

  #showNext() {
    const why = this.hindrance;
    if (why) $('next').setAttribute('aria-disabled', 'true');
    else $('next').removeAttribute('aria-disabled');
    say($('next-why'), why);
    $('next-why').classList.toggle('unseen', why === board.lists.noNext.empty); // the empty list below says so too
  }

  #staff() {
    const { colleagues, status } = this.#view;
    const others = (colleagues ?? []).filter((colleague) => colleague.status === 'available').length;
    const all = others + (status === 'available' ? 1 : 0);
    say($('staff'), others || !all ? (all ? text.staffOthers(all) : text.staff(0)) : text.staff(1));
    $('staff').dataset.available = all;
  }

  #tick() {
    const over = [...this.#fresh].filter(([, until]) => until < Date.now());
    for (const [conv] of over) this.#fresh.delete(conv);
    if (over.length) this.#steady.change(() => this.#show('waiting'));
    for (const id of ['queue', 'mine', 'team']) for (const node of $(id).children) tickRow(node, this.now(), this.#longWait);
  }

  /** A list that may be folded stays as this browser left it. */
  #remember(details) {
    const kept = () => {
      try {
        return JSON.parse(localStorage.getItem(UNFOLDED)) ?? {};
      } catch {
        return {}; // a preference that can't be read is no preference
      }
    };
    details.open = kept()[details.id] ?? details.open;
    details.addEventListener('toggle', () => {
      try {
        localStorage.setItem(UNFOLDED, JSON.stringify({ ...kept(), [details.id]: details.open }));
      } catch { /* it holds as long as the page */ }
    });
  }
}

/** Which row has the focus: its conversation, its list and its place in it. */
function focus() {
  const row = document.activeElement?.closest?.('#groups button.row');
  const list = row?.closest('ul');
  return row && { conv: row.dataset.conv, list, index: [...list.querySelectorAll('.row')].indexOf(row) };
}

/** The focus follows a row that moved to another list; when it is gone it goes to the one that took its place. */
function refocus(was) {
  if (!was || document.activeElement !== document.body) return;
  const moved = document.querySelector(`#groups button.row[data-conv="${CSS.escape(was.conv)}"]`);
  const left = [...was.list.querySelectorAll('button.row')];
  (moved ?? left[was.index] ?? left.at(-1) ?? $('lists')).focus({ preventScroll: true });
}
