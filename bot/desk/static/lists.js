/** The left column: who waits, whom I have, what is done. Shows what the stream of lists says, nothing of its own. */
import { $, h, reconcile, say, unseen } from './dom.js';
import { duration, durationWords, shortMoment, text } from './text.js';

const NAMES = { waiting: 'queue', mine: 'mine', closed: 'closed' };
const EMPTY = { waiting: text.queueEmpty, mine: text.mineEmpty, closed: text.closedEmpty };

export class Lists {
  #actions;
  #longWait;
  #view = { waiting: [], mine: [], closed: [], colleagues: [], status: null };
  #selected = '';
  #clockAhead = 0; // server's clock minus ours, seconds

  /** @param {{open: (conv: string) => void, claim: (conv: string) => void}} actions @param {number} longWait seconds */
  constructor(actions, longWait) {
    this.#actions = actions;
    this.#longWait = longWait;
    $('next').addEventListener('click', () => this.first && actions.claim(this.first.conv));
    setInterval(() => this.#tick(), 1000);
  }

  get view() {
    return this.#view;
  }

  /** The row that waits longest. */
  get first() {
    return this.#view.waiting[0];
  }

  find(conv) {
    return [...this.#view.waiting, ...this.#view.mine, ...this.#view.closed].find((row) => row.conv === conv);
  }

  /** Seconds since 1970 by the server's clock, whatever ours says. */
  now() {
    return Date.now() / 1000 + this.#clockAhead;
  }

  set(view) {
    if (view.now) this.#clockAhead = view.now - Date.now() / 1000;
    this.#view = view;
    for (const [group, id] of Object.entries(NAMES)) {
      const rows = view[group].map((row) => ({ ...row, key: row.conv, group }));
      reconcile($(id), rows, (row) => this.#make(row), (node, row) => this.#fill(node, row));
      say($(`${id}-count`), String(rows.length));
      say($(`${id}-empty`), EMPTY[group]);
      $(`${id}-empty`).hidden = rows.length > 0;
    }
    this.#showNext(view.waiting.length > 0);
    this.#staff(view);
    this.#tick();
  }

  #showNext(shown) {
    if (!shown && document.activeElement === $('next')) $('lists').focus();
    $('next-frame').hidden = !shown;
  }

  select(conv) {
    this.#selected = conv;
    for (const button of document.querySelectorAll('[data-testid=row]')) this.#mark(button);
  }

  #mark(button) {
    if (button.dataset.conv === this.#selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }

  #staff({ colleagues, status }) {
    const others = colleagues.filter((colleague) => colleague.status === 'available').length;
    const all = others + (status === 'available' ? 1 : 0);
    say($('staff'), others || !all ? (all ? text.staffOthers(all) : text.staff(0)) : text.staff(1));
    $('staff').dataset.available = all;
  }

  #make({ conv, group }) {
    const button = h('button', { type: 'button', class: 'row', 'data-testid': 'row', 'data-conv': conv, onclick: () => this.#actions.open(conv) },
      h('span', { class: 'top' },
        h('span', { class: 'topic' }),
        group === 'closed' ? h('time', { class: 'when' }) : h('span', { class: 'when' }, h('span', { class: 'clock', 'aria-hidden': 'true' }), unseen(''))),
      h('span', { class: 'detail' }),
      h('span', { class: 'tags' }));
    return h('li', {}, button);
  }

  #fill(node, row) {
    const button = node.firstElementChild;
    node.dataset.since = row.since;
    this.#mark(button);
    say(button.querySelector('.topic'), row.topic);
    const due = row.group === 'mine' && row.last?.role === 'citizen';
    button.classList.toggle('due', due);
    say(button.querySelector('.detail'), this.#detail(row));
    const tags = row.group === 'waiting' ? [row.channel, row.reason]
      : row.group === 'mine' ? [due && text.answerDue, row.channel] : [row.outcome, row.agent];
    say(button.querySelector('.tags'), tags.filter(Boolean).join(' · '));
    if (row.group === 'closed') {
      const at = row.since * 1000;
      button.querySelector('time').dateTime = new Date(at).toISOString();
      say(button.querySelector('time'), shortMoment(at));
    }
  }

  #detail({ group, last, summary }) {
    if (group === 'mine' && last) return `${text.last[last.role]}: ${last.text}`;
    return summary;
  }

  #tick() {
    for (const id of ['queue', 'mine']) {
      for (const node of $(id).children) {
        const seconds = this.now() - Number(node.dataset.since);
        say(node.querySelector('.clock'), duration(seconds));
        const late = id === 'queue' && seconds > this.#longWait;
        node.firstElementChild.classList.toggle('late', late);
        const words = id === 'queue' ? text.waits(durationWords(seconds)) : durationWords(seconds);
        say(node.querySelector('.unseen'), late ? `${words}, ${text.long}` : words);
      }
    }
  }
}
