/** What is around the log: the field, the menu, "are you sure?", and the status. */
import { h, icon, uid } from './dom.js';
import { text } from './text.js';

const LIMIT = 2_000; // characters, as the server counts them (code points)
const COUNT_FROM = 1_800; // from here on the counter shows
const TYPING_EVERY = 4_000; // ms between two "is typing" signals

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
        h('button', {
          type: 'submit', class: 'send', 'aria-label': text.send, title: text.send, 'data-testid': 'balie-send',
        }, icon('send'))),
      h('p', { class: 'hint', id: hint }, text.hint));
  }

  focus() {
    this.#input.focus();
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
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

  constructor(items) {
    const id = uid('menu');
    this.#button = h('button', {
      type: 'button', class: 'icon-button', 'aria-label': text.menu, title: text.menu, 'aria-expanded': 'false',
      'aria-controls': id, onclick: () => this.toggle(), 'data-testid': 'balie-menu',
    }, icon('menu'));
    this.#list = h('ul', { class: 'menu', id, hidden: true }, ...items.map((item) => h('li', {}, h('button', {
      type: 'button', class: item.danger && 'danger', 'data-testid': `balie-${item.id}`,
      onclick: () => {
        this.toggle(false);
        this.#button.focus();
        item.act();
      },
    }, item.label))));
    this.element = h('div', { class: 'menu-box' }, this.#button, this.#list);
    addEventListener('click', (event) => event.composedPath().includes(this.element) || this.toggle(false));
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget && !this.element.contains(relatedTarget)) this.toggle(false);
    });
  }

  get opened() {
    return !this.#list.hidden;
  }

  toggle(open = !this.opened) {
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

/** Asks before something that can't be undone. @returns {Promise<boolean>} */
export function confirmed(parent, { title, body, confirm, danger = false }) {
  const [titleId, bodyId] = [uid('title'), uid('body')];
  const finish = (answer) => () => dialog.close(answer);
  const dialog = h('dialog', {
    class: 'confirm', role: 'alertdialog', 'aria-labelledby': titleId, 'aria-describedby': bodyId,
    'data-testid': 'balie-confirm',
    onkeydown: (event) => event.stopPropagation(), // Escape closes the question, not the chat
  },
  h('h3', { id: titleId }, title),
  h('p', { id: bodyId }, body),
  h('div', { class: 'buttons' },
    h('button', { type: 'button', class: 'button', onclick: finish('') }, text.cancel),
    h('button', { type: 'button', class: `button ${danger ? 'danger' : 'primary'}`, onclick: finish('yes') },
      confirm)));
  parent.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}

const SILENT_FOR = 2_000; // ms without connection before saying so
const BACK_FOR = 4_000; // ms that "you are back" stays

/** What is said beside the log: the connection (seen and spoken), typing (spoken), failures (spoken at once). */
export class Status {
  #bar = h('p', { class: 'status', role: 'status', 'data-testid': 'balie-status' });
  #announcer = h('p', { class: 'unseen', role: 'status', 'data-testid': 'balie-announcer' });
  #alert = h('p', { class: 'unseen', role: 'alert', 'data-testid': 'balie-alert' });
  #state = '';
  #timer = 0;
  #retry;
  elements = [this.#bar, this.#announcer, this.#alert];

  constructor(retry) {
    this.#retry = retry;
  }

  /** Shows and says how the connection is; `host` carries it as data-connection. */
  connection({ state, title }, host) {
    if (state === this.#state) return;
    host.dataset.connection = state;
    const interrupted = this.#bar.textContent === text.offline;
    this.#state = state;
    this.#bar.dataset.state = state;
    clearTimeout(this.#timer);
    if (state === 'live') {
      this.#show(interrupted ? text.back : '');
      this.#timer = setTimeout(() => this.#show(''), BACK_FOR);
    } else if (state === 'refused') {
      const again = h('button', { type: 'button', class: 'again', onclick: this.#retry }, text.again);
      this.#show(text.noService(title), again);
    } else if (!interrupted) {
      this.#timer = setTimeout(() => this.#show(state === 'connecting' ? text.connecting : text.offline), SILENT_FOR);
    }
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
