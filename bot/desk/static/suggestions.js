/** What the assistant would answer: quiet cards under the newest message. They wait to be used, and go when the agent answers. */
import { address, get } from './api.js';
import { $, h, outward, safeUrl, say, unseen } from './dom.js';
import { isOn, preference } from './preferences.js';
import { pane } from './text.js';

const wanted = () => isOn('suggestions');

export class Suggestions {
  #actions;
  #conv = '';
  #seq = 0; // the citizen's message that they answer; 0: none
  #shown = 0;
  #waiting = false;
  #dismissed = new Set();

  /** @param {{insert: (words: string) => void, send: (words: string) => void, changed: () => void}} actions */
  constructor(actions) {
    this.#actions = actions;
    $('suggestions-hide').addEventListener('click', () => this.#dismiss());
    preference($('suggestions-on'), 'suggestions', () => (this.#seq && wanted() ? this.#ask() : this.#empty()));
  }

  /** The citizen's newest message that nobody answered; 0: all is answered, or it isn't this agent's to answer. */
  about(conv, seq) {
    if (conv === this.#conv && seq === this.#seq) return;
    [this.#conv, this.#seq] = [conv, seq];
    this.#empty();
    if (seq && wanted()) this.#ask();
  }

  /** The server says that they are ready for this message. */
  ready(seq) {
    if (seq === this.#seq && seq !== this.#shown && wanted()) this.#ask();
  }

  /** The connection is back: ready may have been said while nobody heard. */
  again() {
    if (this.#waiting) this.#ask();
  }

  async #ask() {
    const [conv, seq] = [this.#conv, this.#seq];
    if (this.#dismissed.has(`${conv}:${seq}`)) return;
    this.#waiting = true;
    try {
      const answer = await get(address(conv, `/suggestions?seq=${seq}`));
      if (conv !== this.#conv || seq !== this.#seq || !wanted()) return;
      this.#waiting = answer.state === 'busy';
      if (answer.state === 'ready') this.#show(answer.suggestions.slice(0, 2));
    } catch { /* a suggestion that can't be had is no loss: the agent writes the answer */ }
  }

  #show(found) {
    if (!found.length || this.#shown === this.#seq) return;
    this.#shown = this.#seq;
    $('suggestion-list').replaceChildren(...found.map((suggestion) => this.#card(suggestion)));
    $('suggestions').hidden = false;
    for (const card of $('suggestion-list').children) fold(card);
    say($('aside'), pane.suggestions.news(found.length));
    this.#actions.changed();
  }

  #card({ title, text: words, source }) {
    const href = source && safeUrl(source);
    const act = (label, name, onclick, more = {}) => h('button', { type: 'button', class: 'small', onclick, ...more }, label, unseen(`: ${name}`));
    return h('li', { class: 'suggestion', 'data-testid': 'suggestion' },
      h('p', { class: 'title' }, title),
      h('p', { class: 'words' }, words),
      h('div', { class: 'acts' },
        act(pane.suggestions.all, title, (event) => unfold(event.currentTarget.closest('li'), this.#actions.changed), { 'data-act': 'all', hidden: true, class: 'small quiet' }),
        act(pane.suggestions.insert, title, () => this.#actions.insert(words), { class: 'small secondary' }),
        act(pane.suggestions.send, title, () => this.#actions.send(words), { 'data-act': 'send', class: 'small quiet' }),
        href && outward(href, pane.suggestions.source)));
  }

  #dismiss() {
    this.#dismissed.add(`${this.#conv}:${this.#seq}`);
    this.#empty();
    $('text').focus();
  }

  #empty() {
    const had = $('suggestions').contains(document.activeElement);
    this.#shown = 0;
    this.#waiting = false;
    $('suggestions').hidden = true;
    $('suggestion-list').replaceChildren();
    if (had) $('text').focus();
    this.#actions.changed();
  }
}

/** A long answer shows how it begins. It can be sent only once all of it is on the screen. */
function fold(card) {
  const words = card.querySelector('.words');
  const long = words.scrollHeight > words.clientHeight + 2;
  card.querySelector('[data-act=all]').hidden = !long;
  card.querySelector('[data-act=send]').hidden = long;
}

function unfold(card, changed) {
  card.classList.add('whole');
  card.querySelector('[data-act=all]').hidden = true;
  card.querySelector('[data-act=send]').hidden = false;
  card.querySelector('[data-act=send]').focus({ preventScroll: true });
  card.scrollIntoView({ block: 'nearest' });
  changed();
}
