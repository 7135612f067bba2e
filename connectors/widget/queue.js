/** Loaded when the citizen waits for a person: the place in the queue, above the field. */
import { h } from './dom.js';
import { text as more } from './more.js';
import { stop } from './sure.js';
import { text } from './text.js';

const SPOKEN_EVERY = 60_000; // ms between two places that are spoken
const SPOKEN_CHANGE = 3; // unless it is so many places further
const FIRST = 100; // ms; what is in a role=status is announced when it was there, empty, before

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.queue { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 8px 12px 8px 16px;
  background: var(--own); line-height: 1.4 }
.queue div { flex: 1 10em }
.queue p { font-size: .875em }
@media (forced-colors: active) { .queue { border: 1px solid CanvasText } }`);

/**
 * Where somebody stands who waits for a person: one place on the screen that is kept up to date. It is spoken when it
 * changes a lot, and otherwise once a minute at most.
 */
export class Queue {
  #card;
  #spoken = h('p', { class: 'unseen', role: 'status' });
  #title = h('strong');
  #words = h('p');
  #told = {}; // what was spoken last: {position, at}

  /** With the hands of extras.js. */
  constructor(hands) {
    const { element: composer } = hands.composer;
    this.#card = h('div', { class: 'queue', hidden: true, 'data-testid': 'balie-queue' },
      h('div', {}, this.#title, this.#words),
      h('button', {
        type: 'button', class: 'button', onclick: () => stop(hands), 'aria-label': more.stopWaiting,
        'data-testid': 'balie-leave-queue',
      }, more.stop));
    composer.before(this.#card, this.#spoken);
    composer.getRootNode().adoptedStyleSheets.push(sheet);
  }

  /** Shows this place, or with null none. Returns whether the focus was in what is hidden now. */
  show(place) {
    const focused = !place && this.#card.contains(this.#card.getRootNode().activeElement);
    this.#card.hidden = !place;
    if (place) {
      this.#title.textContent = text.place(place.position);
      this.#words.textContent = more.waitsFor(place);
    }
    this.#speak(place);
    return focused;
  }

  #speak(place) {
    const { position, at } = this.#told;
    if (performance.now() - at < SPOKEN_EVERY && Math.abs(place?.position - position) < SPOKEN_CHANGE) return;
    this.#told = place ? { position: place.position, at: performance.now() } : {};
    const words = place ? `${this.#title.textContent}. ${this.#words.textContent}` : '';
    setTimeout(() => this.#spoken.replaceChildren(words), FIRST);
  }
}
