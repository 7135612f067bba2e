/** Finding an answer to insert: canned answers and the knowledge base, by keyboard. A combobox with a list, and the whole text beside it. */
import { get } from './api.js';
import { dayWordsFull } from './dates.js';
import { $, h, outward, safeUrl, say, unseen } from './dom.js';
import { pane, text } from './text.js';

const PAUSE = 150; // ms without typing before we ask

export class Palette {
  #actions;
  #found = [];
  #active = -1;
  #asked = 0; // number of the newest question: older answers don't count
  #timer = 0;
  #slash = false;

  /** @param {{insert: (words: string) => void, conv: () => string, focus: () => void}} actions */
  constructor(actions) {
    this.#actions = actions;
    const field = $('palette-search');
    field.addEventListener('input', () => this.#later());
    field.addEventListener('keydown', (event) => this.#key(event));
    $('palette').addEventListener('close', () => actions.focus());
    $('palette-cancel').addEventListener('click', () => $('palette').close());
    $('palette-insert').addEventListener('click', () => this.#insert());
    $('palette-list').addEventListener('click', (event) => {
      const option = event.target.closest('[role=option]');
      if (!option) return;
      this.#activate(Number(option.dataset.index));
      $('palette-search').focus();
    });
    $('palette-list').addEventListener('dblclick', () => this.#insert());
  }

  open() {
    if ($('palette').open) return;
    $('palette-search').value = '';
    this.#show([], pane.palette.loading);
    $('palette').showModal();
    $('palette-search').focus();
    this.#search();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), PAUSE);
  }

  async #search() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    const [asked, words, conv] = [this.#asked, $('palette-search').value.trim(), this.#actions.conv()];
    try {
      const { answers } = await get(`/api/answers?${new URLSearchParams({ q: words, conv })}`);
      if (asked === this.#asked) this.#show(answers, answers.length ? pane.palette.count(answers.length) : pane.palette.none(words));
    } catch (error) {
      if (asked === this.#asked) this.#show([], error.title ?? text.failed);
    }
  }

  #show(answers, words) {
    this.#found = answers;
    $('palette-list').replaceChildren(...answers.map(optionElement));
    $('palette-search').setAttribute('aria-expanded', String(answers.length > 0));
    $('palette-insert').disabled = !answers.length;
    $('palette-body').hidden = !answers.length;
    say($('palette-status'), words);
    this.#activate(answers.length ? 0 : -1);
  }

  #activate(index) {
    this.#active = index;
    for (const option of $('palette-list').children) {
      const active = Number(option.dataset.index) === index;
      option.setAttribute('aria-selected', String(active));
      if (active) option.scrollIntoView({ block: 'nearest' });
    }
    if (index < 0) {
      $('palette-search').removeAttribute('aria-activedescendant');
      return $('palette-preview').replaceChildren();
    }
    $('palette-search').setAttribute('aria-activedescendant', `answer-${index}`);
    $('palette-preview').scrollTop = 0;
    return $('palette-preview').replaceChildren(...previewOf(this.#found[index]));
  }

  #key(event) {
    const most = this.#found.length - 1;
    const steps = { ArrowDown: this.#active < most ? this.#active + 1 : 0, ArrowUp: this.#active > 0 ? this.#active - 1 : most };
    if (event.key in steps && most >= 0) {
      event.preventDefault();
      this.#activate(steps[event.key]);
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      this.#insert();
    } else if (event.key === '/' && !$('palette-search').value) {
      event.preventDefault();
      this.#close('/'); // somebody who wants a slash after all
    }
  }

  #insert() {
    const chosen = this.#found[this.#active];
    if (chosen) this.#close(chosen.text);
  }

  #close(words) {
    $('palette').close();
    this.#actions.insert(words);
  }
}

function optionElement({ kind, title, text: words, reviewed }, index) {
  return h('li', { id: `answer-${index}`, role: 'option', 'data-index': index, 'aria-selected': 'false', 'data-testid': 'answer', 'aria-describedby': 'palette-preview-words' },
    h('span', { class: 'title' }, title), unseen(', '),
    h('span', { class: `kind ${kind}` }, pane.palette.kinds[kind] ?? kind),
    h('span', { class: 'excerpt', 'aria-hidden': 'true' }, words.replaceAll(/\s+/g, ' ').slice(0, 120)),
    reviewed && unseen(pane.palette.reviewed(dayWordsFull(reviewed))));
}

function previewOf({ kind, title, text: words, source, reviewed }) {
  const href = source && safeUrl(source);
  return [
    h('p', { class: 'title' }, title),
    h('p', { class: 'words', id: 'palette-preview-words' }, words),
    h('p', { class: 'origin' }, [pane.palette.kinds[kind] ?? kind, reviewed && pane.palette.reviewed(dayWordsFull(reviewed))].filter(Boolean).join(' · '),
      href && h('br'), href && outward(href, pane.palette.source(new URL(href).host))),
  ];
}
