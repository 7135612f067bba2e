/** Loaded on demand: the emergency notice at the top of the panel, and what is shown while the chat is switched off. */
import { blocks, h, icon, iconButton, unseen } from './dom.js';
import { text } from './more.js';

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.bulletin:not(:empty) { display: flex; align-items: flex-start; gap: 10px; flex: none; padding: 6px 6px 6px 16px;
  background: var(--warm); color: var(--warm-text); border-bottom: 1px solid var(--warm-line) }
.bulletin > svg { margin-top: 9px }
.bulletin > div { flex: 1; min-width: 0; padding: 8px 0; overflow-wrap: anywhere }
.bulletin .icon-button { color: inherit }
.off:not(:empty) { flex: none; padding: 14px 16px; border-top: 1px solid var(--line); background: var(--raised);
  overflow-wrap: anywhere }
.panel:has(.off:not(:empty)) .about { display: none }
.off p + p { margin-top: 8px }
.off a { display: inline-block; min-height: 44px; padding-block: 9px; font-weight: 600 }
.off .small { font-size: .875em; color: var(--muted) }`);

/** What is in a role=status is announced when it was there, empty, before. */
const FIRST = 100; // ms

export class Bulletin {
  #notice = h('div', { class: 'bulletin', role: 'status', 'data-testid': 'balie-bulletin' });
  #off = h('div', { class: 'off', role: 'status', 'data-testid': 'balie-off' });
  #key;
  #server;
  #leave;
  #say;
  #shown = {}; // what is on the screen now, to leave alone what stays the same: announced once

  /**
   * `leave()`: the button that had the focus is gone; `say(words)`: aloud.
   * @param {{top: Element, composer: Element}} around
   */
  constructor({ gemeente, server }, { top, composer }, leave, say = () => {}) {
    this.#key = `balie:${gemeente}:notice`;
    this.#server = server;
    this.#leave = leave;
    this.#say = say;
    const root = top.getRootNode();
    root.adoptedStyleSheets.push(sheet);
    top.after(this.#notice);
    composer.before(this.#off);
  }

  /** `off`: what is said while the chat is off, '' when it isn't or the citizen has somebody to talk with. */
  show({ notice, ...contact }, off) {
    const found = notice?.id === this.#hidden ? null : notice;
    if (found?.id !== this.#shown.notice) this.#fill(this.#notice, found ? this.#told(found) : []);
    const words = off && [off, contact.phone, contact.phone_today, contact.counter_today].join();
    if (words !== this.#shown.off) this.#fill(this.#off, off ? reach(off, contact) : []);
    if (!off && this.#shown.off) this.#say(text.on);
    this.#shown = { notice: found?.id, off: words };
  }

  #fill(place, content) {
    setTimeout(() => place.replaceChildren(...content), FIRST);
  }

  #told({ id, text: words }) {
    return [icon('info'), h('div', {}, unseen(`${text.notice}: `), ...blocks(words)),
      iconButton('hide-notice', text.hideNotice, 'close', () => this.#hide(id))];
  }

  /** Closed by the citizen: that notice stays away, on this device; another one comes. */
  #hide(id) {
    this.#notice.replaceChildren();
    this.#hidden = id;
    this.#leave();
  }

  #kept = null; // where nothing can be stored, at least as long as the page is there

  get #hidden() {
    try {
      return localStorage.getItem(this.#key) ?? this.#kept;
    } catch {
      return this.#kept;
    }
  }

  set #hidden(id) {
    this.#kept = id;
    try {
      localStorage.setItem(this.#key, id);
    } catch {
      // storage refused or full
    }
  }
}

/** How else to reach the municipality, as far as that is known. */
function reach(off, { phone, phone_today: phoneToday, counter, counter_today: counterToday }) {
  const today = (words) => words && ` (${words})`;
  const call = phone && h('a', { href: `tel:${phone.replace(/[^\d+]/g, '')}` }, text.call, phone);
  return [
    ...blocks(off),
    (call || counter) && h('p', {}, h('strong', {}, text.contact)),
    call && h('p', {}, call, today(phoneToday)),
    counter && h('p', {}, text.visit, counter, today(counterToday)),
    h('p', { class: 'small' }, text.kept),
  ].filter(Boolean);
}
