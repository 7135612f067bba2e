/** The first view: the conversations on this device, and a way to begin one. */
import { h } from '../widget/dom.js';
import { glyph } from './icons.js';
import { when, words } from './text.js';

/** `actions.erase(record)`: asks and erases. */
export class List {
  #list = h('ul', { class: 'talks', hidden: true, 'data-testid': 'app-talks' });
  #welcome = h('p', { class: 'empty soft', hidden: true }, words.explain);
  #heading = h('h1', { tabindex: '-1' }, words.overview);
  #erase;
  #wanted = ''; // conversation that the focus goes to once it is in the list
  #drawn = ''; // what is on the screen, to leave alone what stays the same

  constructor({ erase }, tips) {
    this.#erase = erase;
    this.element = h('main', { 'data-testid': 'app-list' },
      h('div', { class: 'heading' }, this.#heading), this.#welcome, this.#list, ...tips);
  }

  get title() {
    return words.overview;
  }

  /** Draws the list anew when it changed; `current`: the id of the conversation that is open beside it. */
  show(records, current) {
    const drawn = JSON.stringify([records, current, new Date().toDateString()]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = this.#list.getRootNode().activeElement?.dataset?.key;
    this.#list.replaceChildren(...records.map((record) => this.#item(record, record.id === current)));
    this.#list.hidden = !records.length;
    this.#welcome.hidden = records.length > 0;
    this.#heading.textContent = records.length ? words.overview : words.welcome;
    const wanted = this.#wanted && this.#heading.matches(':focus') && `open-${this.#wanted}`; // its row comes a moment later
    if (focused || wanted) this.#find(focused || wanted)?.focus();
  }

  /** To the conversation that was open, or to the heading. */
  focus(id) {
    const row = this.#find(`open-${id}`);
    this.#wanted = row ? '' : id;
    (row ?? this.#heading).focus();
  }

  #find(key) {
    return this.#list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  #item(record, current) {
    const { id, title = words.newTalk, unread, at } = record;
    const { text, kind } = line(record);
    return h('li', { class: unread && 'new' },
      h('a', {
        class: 'talk', href: `#gesprek/${id}`, 'aria-current': current && 'page', 'data-key': `open-${id}`, 'data-testid': 'app-talk',
      },
      h('h2', { class: 'name' }, title), h('time', { class: 'time', datetime: at }, when(at)),
      h('span', { class: `last ${kind}` }, text),
      unread && h('span', { class: 'count' }, h('span', { 'aria-hidden': 'true' }, String(unread)),
        h('span', { class: 'unseen' }, words.unread(unread)))),
      h('button', {
        type: 'button', class: 'icon-button', 'aria-label': words.eraseOne(title), title: words.eraseOne(title), 'data-key': `erase-${id}`,
        'data-testid': 'app-erase', onclick: () => this.#erase(record),
      }, glyph('bin')));
  }
}

/** The line below the title: what matters most. */
function line({ unsent, ended, role, name, last }) {
  if (unsent) return { text: words.unsent, kind: 'wrong' };
  if (role === 'queue' && !ended) return { text: words.queue, kind: 'strong' };
  const said = last ? [last.who, last.text].filter(Boolean).join(': ') : words.nothing;
  if (ended) return { text: `${words.over} · ${said}`, kind: '' };
  return role === 'agent' && !last?.who ? { text: words.agent(name), kind: 'strong' } : { text: said, kind: '' };
}
