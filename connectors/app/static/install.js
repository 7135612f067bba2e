/** The hint to put the app on the home screen: quiet, once, and gone when the citizen says so. */
import { h } from '../widget/dom.js';
import { isApple, standalone } from './push.js';
import { words } from './text.js';

const FACT = 'install-hidden';

export class InstallTip {
  #device;
  #prompt = null;
  #words = h('p');
  #button = h('button', { type: 'button', class: 'button', onclick: () => this.#install() }, words.installNow);
  element = h('section', { class: 'tip', hidden: true, 'aria-label': words.installNow, 'data-testid': 'app-install' }, this.#words,
    h('div', {}, this.#button,
      h('button', { type: 'button', class: 'plain', onclick: () => this.#hide() }, words.hide)));

  constructor(device) {
    this.#device = device;
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.#prompt = event;
      this.#show(words.install);
    });
    addEventListener('appinstalled', () => this.#hide());
    if (isApple() && !standalone()) this.#show(words.installApple);
  }

  async #show(said) {
    if (await this.#device.fact(FACT)) return;
    this.#words.textContent = said;
    this.#button.hidden = !this.#prompt;
    this.element.hidden = false;
  }

  async #install() {
    await this.#prompt.prompt();
    await this.#hide();
  }

  async #hide() {
    const focused = this.element.contains(this.element.getRootNode().activeElement);
    const heading = this.element.closest('main')?.querySelector('h1');
    this.element.hidden = true;
    await this.#device.setFact(FACT, true);
    if (focused) heading?.focus();
  }
}
