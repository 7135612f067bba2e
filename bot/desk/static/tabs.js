/** The parts of the desk, each with an address of its own. Who has several roles sees the parts of all of them. */
import { $, h, say, unseen } from './dom.js';
import { board } from './text.js';

export const TALK = '#gesprek=';

/** What this person may do: agent, team_lead, editor, administrator. The server decides; this only leaves out what it refuses. */
const roles = new Set((document.body.dataset.roles ?? '').split(/\s+/).filter(Boolean));
export const has = (...any) => any.some((role) => roles.has(role));

const PARTS = [
  { id: 'talk', hash: '', roles: ['agent', 'team_lead'] },
  { id: 'tasks', hash: '#terugbellen', roles: ['agent', 'team_lead'] },
  { id: 'overview', hash: '#overzicht', roles: ['team_lead'] },
  { id: 'answers', hash: '#antwoorden', roles: ['editor'] },
  { id: 'audit', hash: '#logboek', roles: ['administrator'] },
  { id: 'service', hash: '#melding', roles: ['editor', 'administrator'] },
];

export class Tabs {
  #parts = PARTS.filter((part) => has(...part.roles));
  #pages;
  #now = null;
  #home;

  /**
   * @param {Record<string, {show?: () => void, hide?: () => void}>} pages what to do when a part comes and goes, by id
   * @param {() => string} home the address of the conversations as they were left
   */
  constructor(pages, home) {
    this.#pages = pages;
    this.#home = home;
    $('views').replaceChildren(...this.#parts.map(({ id, hash }) => h('li', {},
      h('a', { href: hash || location.pathname, id: `to-${id}`, 'data-testid': `to-${id}`, onclick: (event) => this.#clicked(event, hash) },
        board.parts[id], h('span', { class: 'count', id: `count-${id}`, 'aria-hidden': 'true', hidden: true }), unseen('')))));
    $('views').parentElement.hidden = this.#parts.length < 2;
  }

  /** The id of the part that is shown. */
  get now() {
    return this.#now;
  }

  get parts() {
    return this.#parts.map(({ id, hash }) => ({ id, hash, label: board.parts[id] }));
  }

  /** Shows the part that the address names, or the first one that this person has. */
  follow() {
    const part = this.#parts.find(({ hash }) => hash && location.hash === hash) ?? this.#parts[0];
    if (!part || part.id === this.#now) return;
    const before = this.#now;
    this.#now = part.id;
    for (const { id } of PARTS) $(id).hidden = id !== part.id;
    for (const { id } of this.#parts) {
      if (id === part.id) $(`to-${id}`).setAttribute('aria-current', 'page');
      else $(`to-${id}`).removeAttribute('aria-current');
    }
    this.#pages[before]?.hide?.();
    this.#pages[part.id]?.show?.();
    if (before) $(`${part.id}-title`)?.focus({ preventScroll: true });
  }

  /** Goes to a part as a click on its link does. */
  go(id) {
    const part = this.#parts.find((each) => each.id === id);
    if (part && part.id !== this.#now) this.#open(part.hash);
  }

  /** How many wait in a part: a number to see, words to hear. */
  count(id, number, words) {
    if (!$(`count-${id}`)) return;
    say($(`count-${id}`), String(number));
    $(`count-${id}`).hidden = !number;
    say($(`to-${id}`).querySelector('.unseen'), number ? `, ${words}` : '');
  }

  #clicked(event, hash) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a new tab is the browser's
    event.preventDefault();
    this.#open(hash);
  }

  #open(address) {
    const hash = address || this.#home();
    if (location.hash !== hash) history.pushState(null, '', hash || location.pathname);
    dispatchEvent(new PopStateEvent('popstate'));
  }
}
