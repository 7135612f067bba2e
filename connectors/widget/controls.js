/** What is around the log: the title bar and the other fixed elements of the panel, the field, the menu and the status. */
import { h, icon, iconButton, uid } from './dom.js';
import { text } from './text.js';

const LIMIT = 2_000; // characters, as the server counts them (code points)
const COUNT_FROM = 1_800; // from here on the counter shows
const TYPING_EVERY = 4_000; // ms between two "is typing" signals

/**
 * @param {string} title
 * @param {{log: Element, menu: Element, status: Element[], composer: Element}} inside
 * @param {{close: Function, escape: Function, toEnd: Function, startNew: Function, signal: AbortSignal}} actions `signal`: when it ends
 */
export function buildFrame(title, { log, menu, status, composer }, { close, escape, toEnd, startNew, signal }) {
  const button = (testid, attributes, ...children) =>
    h('button', { type: 'button', 'data-testid': `balie-${testid}`, ...attributes }, ...children);
  const heading = h('h2', { id: uid('title'), tabindex: '-1', 'data-testid': 'balie-heading' }, title);
  const companion = h('p', { class: 'companion', 'data-testid': 'balie-companion' }, text.robot);
  const newer = button('newer', { class: 'button newer', hidden: true, onclick: toEnd }, text.newer, icon('down'));
  const end = h('div', { class: 'end', hidden: true },
    button('start-new', { class: 'button primary', onclick: startNew }, text.startNew));
  const top = h('div', { class: 'top' },
    h('div', { class: 'avatar' }, icon('robot'), icon('person')),
    h('div', { class: 'titles' }, heading, companion), menu,
    iconButton('close', text.close, 'close', close));
  const dialog = h('dialog', { class: 'panel', 'aria-labelledby': heading.id, 'data-testid': 'balie-panel' },
    top, log, h('div', { class: 'newer-box' }, newer), ...status, end, composer);
  listen(dialog, escape, signal);
  /** An ended conversation has no field and no menu, only a way to start anew. */
  const setEnded = (ended) => {
    end.hidden = !ended;
    for (const element of [composer, menu]) element.hidden = ended;
  };
  return { dialog, top, heading, companion, newer, setEnded };
}

function listen(dialog, escape, signal) {
  const leave = (event) => {
    event.preventDefault();
    escape();
  };
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && !event.isComposing && leave(event));
  dialog.addEventListener('cancel', leave); // Android's back gesture
  globalThis.visualViewport?.addEventListener('resize', () => // the keyboard on the screen takes room
    dialog.style.setProperty('--seen', `${visualViewport.height}px`), { signal });
}

export class Composer {
  #input;
  #note;
  #spoken = h('p', { class: 'unseen', role: 'status' });
  #typed = -Infinity;

  constructor(actions) {
    const [id, hint, note] = [uid('input'), uid('hint'), uid('note')];
    this.actions = actions;
    this.#input = h('textarea', {
      id, rows: '1', placeholder: text.placeholder, enterkeyhint: 'send', autocomplete: 'off',
      'data-testid': 'balie-input', 'aria-describedby': `${note} ${hint}`,
      oninput: () => this.#changed(), onkeydown: (event) => this.#key(event),
    });
    this.#note = h('p', { class: 'note', id: note, 'data-testid': 'balie-counter' });
    this.element = h('form', { class: 'composer', novalidate: true, onsubmit: (event) => this.#submit(event) },
      this.#note, this.#spoken,
      h('div', { class: 'field-row' },
        h('label', { for: id, class: 'unseen' }, text.label),
        this.#input,
        iconButton('send', text.send, 'send', null, { type: 'submit', class: 'send' })),
      h('p', { class: 'hint', id: hint }, text.hint));
  }

  focus() {
    this.#input.focus();
  }

  /** Switched off: what was typed stays, and can't be sent. */
  set off(off) {
    this.#input.readOnly = off;
    this.element.toggleAttribute('data-off', off);
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
    if (this.#input.readOnly) return;
    const words = this.#input.value.trim();
    const used = [...words].length;
    if (used > LIMIT) {
      this.#say(text.tooLong(used, LIMIT), true);
      this.#input.focus();
      return;
    }
    if (!words) return;
    this.#input.value = '';
    this.#changed();
    this.actions.send(words);
  }

  #changed() {
    const { value } = this.#input;
    const used = [...value.trim()].length;
    const words = used > LIMIT ? text.tooLong : used >= COUNT_FROM ? text.counter : () => '';
    this.#say(words(used, LIMIT), used > LIMIT);
    this.#grow();
    if (performance.now() - this.#typed < TYPING_EVERY && value) return;
    this.#typed = value ? performance.now() : -Infinity;
    this.actions.typing(Boolean(value));
  }

  /** The counter changes with every key; it is spoken when it appears and when the text becomes too long. */
  #say(words, wrong) {
    const changed = !words || !this.#note.textContent || wrong !== this.#note.classList.contains('error');
    if (changed) this.#spoken.textContent = words;
    this.#note.textContent = words;
    this.#note.classList.toggle('error', wrong);
    this.#input.setAttribute('aria-invalid', String(wrong));
  }

  /** As high as its text, for browsers without `field-sizing`; the style sheet sets the most. */
  #grow() {
    if (CSS.supports('field-sizing: content')) return;
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }
}

/** A button that shows a short list of buttons. Escape or a press elsewhere closes it. */
export class Menu {
  #button;
  #list;
  #prepare;

  /** `prepare()`: somebody looks at the items; `signal`: when the menu is no longer needed. */
  constructor(items, prepare, signal) {
    this.#prepare = prepare;
    const id = uid('menu');
    this.#button = iconButton('menu', text.menu, 'menu', () => this.toggle(), { 'aria-expanded': 'false', 'aria-controls': id });
    this.#list = h('ul', { class: 'menu', id, hidden: true }, ...items.map((item) => h('li', {}, h('button', {
      type: 'button', class: item.danger && 'danger', 'data-testid': `balie-${item.id}`,
      onclick: () => {
        this.toggle(false);
        this.#button.focus();
        item.act();
      },
    }, item.label))));
    this.element = h('div', { class: 'menu-box' }, this.#button, this.#list);
    addEventListener('click', (event) => event.composedPath().includes(this.element) || this.toggle(false), { signal });
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget && !this.element.contains(relatedTarget)) this.toggle(false);
    });
  }

  get opened() {
    return !this.#list.hidden;
  }

  toggle(open = !this.opened) {
    if (open) this.#prepare();
    this.#list.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
  }

  /** Closes on Escape and gives the focus back. Returns whether there was something to close. */
  escape() {
    if (!this.opened) return false;
    this.toggle(false);
    this.#button.focus();
    return true;
  }
}

const SILENT_FOR = 2_000; // ms without connection before saying so
const BACK_FOR = 4_000; // ms that "you are back" stays
const AWAY_FOR = 15_000; // ms without connection before saying how else to reach the municipality

/** What is said beside the log: the connection (seen and spoken), typing (spoken), failures (spoken at once). */
export class Status {
  #bar = h('p', { class: 'status', role: 'status', 'data-testid': 'balie-status' });
  #announcer = h('p', { class: 'unseen', role: 'status', 'data-testid': 'balie-announcer' });
  #alert = h('p', { class: 'unseen', role: 'alert', 'data-testid': 'balie-alert' });
  #state = '';
  #timer = 0;
  #retry;
  /** How else to reach the municipality, as far as that is known. */
  contact = {};
  elements = [this.#bar, this.#announcer, this.#alert];

  constructor(retry) {
    this.#retry = retry;
  }

  /** Shows and says how the connection is; `host` carries it as data-connection. */
  connection({ state, title }, host) {
    if (state === this.#state) return;
    host.dataset.connection = state;
    const interrupted = this.#bar.textContent.startsWith(text.offline);
    this.#state = state;
    this.#bar.dataset.state = state;
    clearTimeout(this.#timer);
    if (state === 'live') {
      this.#show(interrupted ? text.back : '');
      this.#timer = setTimeout(() => this.#show(''), BACK_FOR);
    } else if (state === 'refused') {
      const again = h('button', { type: 'button', class: 'again', onclick: this.#retry }, text.again);
      this.#show(`${text.noService(title)} ${text.reach(this.contact)}`, again);
    } else if (state === 'off') {
      this.#show(''); // see bulletin.js
    } else if (!interrupted) {
      this.#timer = setTimeout(() => this.#away(state), SILENT_FOR);
    }
  }

  #away(state) {
    this.#show(state === 'connecting' ? text.connecting : text.offline);
    this.#timer = setTimeout(() => this.#show(`${text.offline} ${text.reach(this.contact)}`), AWAY_FOR);
  }

  /** Spoken when the screen reader has time; the same words are not repeated. */
  say(words) {
    if (this.#announcer.textContent !== words) this.#announcer.textContent = words;
  }

  /** Spoken at once. */
  alert(words) {
    if (this.#alert.textContent !== words) this.#alert.textContent = words;
  }

  #show(words, button = '') {
    this.#bar.replaceChildren(words, button);
  }
}
