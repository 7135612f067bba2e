/** Settings: notifications, what the app keeps, erasing everything, and where to read more. */
import { h, link } from '../widget/dom.js';
import { glyph } from './icons.js';
import { words } from './text.js';

const SAID = {
  on: words.pushOn, off: words.pushOff, denied: words.pushDenied, install: words.pushApple, unable: words.pushUnable,
};

export class SettingsView {
  #heading = h('h1', { tabindex: '-1' }, words.settings);
  #said = h('p', { role: 'status', class: 'soft', 'data-testid': 'app-push-state' });
  #switch = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => this.#toggle(), 'data-testid': 'app-push-switch' });
  #push;
  #state = '';

  /** `facts`: of the municipality; `actions.eraseAll()` asks and erases. */
  constructor(push, facts, { eraseAll, back }) {
    this.#push = push;
    this.element = h('main', { 'data-testid': 'app-settings' },
      h('div', { class: 'heading' },
        h('button', { type: 'button', class: 'icon-button', 'aria-label': words.back, title: words.back, onclick: back }, glyph('back')),
        this.#heading),
      setting(words.push, this.#said, h('p', { class: 'soft' }, words.pushWhy), h('div', {}, this.#switch)),
      setting(words.look, h('p', { class: 'soft' }, words.lookWhy)),
      setting(words.eraseAll, h('p', { class: 'soft' }, words.eraseAllWhy), h('div', {}, h('button', {
        type: 'button', class: 'button danger', onclick: eraseAll, 'data-testid': 'app-erase-all',
      }, words.eraseAll))),
      setting(words.about, h('p', { class: 'soft' }, words.kept), h('ul', {}, ...links(facts))));
    this.#show();
  }

  get title() {
    return words.settings;
  }

  focus() {
    this.#heading.focus();
  }

  async #show() {
    this.#state = await this.#push.state();
    this.#said.textContent = SAID[this.#state];
    this.#switch.textContent = this.#state === 'on' ? words.pushTurnOff : words.pushTurnOn;
    this.#switch.hidden = !['on', 'off'].includes(this.#state);
  }

  async #toggle() {
    try {
      await (this.#state === 'on' ? this.#push.turnOff() : this.#push.turnOn());
      await this.#show();
      if (this.#switch.hidden) this.#heading.focus();
    } catch {
      this.#said.textContent = this.#state === 'on' ? words.pushOffFailed : words.pushFailed;
    }
  }
}

const setting = (title, ...content) => h('section', { class: 'setting' }, h('h2', {}, title), ...content);

function links({ privacy, accessibility, website }) {
  const shown = [[privacy, words.privacy], [accessibility, words.accessibility], [website, words.website]];
  return shown.filter(([address]) => address).map(([address, label]) => h('li', {}, link(new URL(address), label)));
}
