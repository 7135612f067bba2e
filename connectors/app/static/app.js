/**
 * <balie-app>: the list of conversations, the one that is open, and settings. Where one is stands in the address, so that going
 * back works: #gesprek/ID, #nieuw, #instellingen. Of the page it needs data-gemeente, -name, -phone, -privacy and -website.
 * Hooks that stay, for tests: data-testid="app-…": list talks talk erase new settings-link settings push-state push-switch erase-all
 *   install bar push push-said ended; data-ready on <balie-app> once everything that was loaded later is there
 */
import { h } from '../widget/dom.js';
import { theme } from '../widget/style.js';
import { Device } from './device.js';
import { glyph } from './icons.js';
import { InstallTip } from './install.js';
import { List } from './list.js';
import { Push } from './push.js';
import { sheet } from './style.js';
import { words } from './text.js';

const LOOK_EVERY = 30_000; // ms between two looks at what came in, while the app is on the screen
const SAID_FOR = 8_000; // ms that what was done stays on the screen
const TOGETHER = 50; // ms: changes within this time are drawn as one
/** What is loaded when it is needed; kept at hand, since a later version of the app takes these files away. */
const LATER = ['./talk.js', './settings.js', './erasing.js', '../widget/bulletin.js', '../widget/keep.js', '../widget/queue.js', '../widget/login.js'];
const PHONE = matchMedia('(max-width: 599.98px), (max-height: 459.98px)');

class BalieApp extends HTMLElement {
  #facts = { ...document.documentElement.dataset };
  #server = location.origin;
  #device = new Device(this.#facts.gemeente, () => this.#changed());
  #push = new Push(this.#device);
  #list;
  #view;
  #talk = null;
  #sync = null;
  #bulletin = null;
  #left = ''; // conversation that the focus goes back to, also when its closing was overtaken
  #turn = 0; // of the address: what was overtaken while it was loading is dropped
  #depth = 0; // entries of the history above the list
  #drawing = 0;
  #said = '';
  #saying = 0;
  #away = false;
  #top;
  #foot;
  #pick = h('p', {}, words.pick);
  #bar = h('p', { class: 'bar', role: 'status', 'data-testid': 'app-bar' });

  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [theme, sheet];
    this.#list = new List({ erase: (record) => this.#eraseOne(record) }, [phone(this.#facts.phone), new InstallTip(this.#device).element]);
    this.#build();
    this.#listen();
    this.#begin();
  }

  /** Something for the citizen to know that is no part of a conversation. */
  say(said) {
    this.#said = said;
    this.#tell();
    clearTimeout(this.#saying);
    if (said) this.#saying = setTimeout(() => this.say(''), SAID_FOR);
  }

  /** A newer version of the app is there, for the next time. */
  set outdated(value) {
    this.#facts.outdated = value;
    this.#tell();
  }

  /** Something came in while the app was not looking. */
  news() {
    this.#look();
  }

  #build() {
    this.#top = h('header', { class: 'brand' }, h('p', {}, this.#facts.name),
      h('a', { class: 'icon-button', href: '#instellingen', 'aria-label': words.settings, title: words.settings, 'data-testid': 'app-settings-link' },
        glyph('gear')));
    this.#foot = h('footer', { class: 'foot' },
      h('a', { class: 'button primary', href: '#nieuw', 'data-testid': 'app-new' }, glyph('plus'), words.newTalk));
    this.#view = this.#list;
    this.shadowRoot.append(h('div', { class: 'app' },
      h('div', { class: 'side' }, this.#top, this.#bar, this.#list.element, this.#foot),
      h('section', { class: 'stage', 'aria-label': words.conversation }, this.#pick)));
  }

  #listen() {
    addEventListener('hashchange', () => this.#route(true));
    addEventListener('offline', () => this.#tell());
    addEventListener('online', () => this.#look());
    document.addEventListener('visibilitychange', () => document.hidden || this.#look());
    setInterval(() => document.hidden || this.#look(false), LOOK_EVERY);
  }

  /** The list first; then what a conversation needs; then what came in since. */
  async #begin() {
    await this.#draw();
    this.#under();
    this.#push.key = (await this.#device.fact('service'))?.push_key;
    await this.#route(false);
    await this.#device.setFact('name', this.#facts.name);
    await this.#look();
    this.dataset.ready = '';
    await navigator.serviceWorker?.ready; // from here on these files cost no network
    for (const file of LATER) await import(file).catch(() => {});
  }

  /** Who comes by a link to a conversation finds the list when going back. */
  #under() {
    const { hash } = location;
    this.#depth = history.state?.depth ?? 0;
    if (!hash || history.state) return;
    history.replaceState({ depth: 0 }, '', location.pathname);
    history.pushState({ depth: this.#depth = 1 }, '', hash);
  }

  async #route(focus) {
    const turn = ++this.#turn;
    const [, what, id] = /^#?([a-z]*)\/?(\w*)$/.exec(location.hash) ?? ['', '', ''];
    this.#depth = history.state?.depth ?? (what ? this.#depth + 1 : 0);
    history.replaceState({ depth: this.#depth }, '');
    const record = what === 'nieuw' ? await this.#device.begin() : what === 'gesprek' ? await this.#device.get(id) : null;
    if (turn !== this.#turn) return;
    if (what === 'nieuw') history.replaceState({ depth: this.#depth }, '', `#gesprek/${record.id}`);
    else if (what === 'gesprek' && !record) return void this.#toList();
    if (this.#talk?.id !== record?.id) await this.#closeTalk();
    const view = what === 'instellingen' ? await this.#settings().catch(() => null) : this.#list;
    if (turn !== this.#turn) return;
    if (!view) return void this.#failed();
    this.#show(view);
    if (record) await this.#open(record, turn, focus || PHONE.matches);
    else if (focus) {
      await this.#draw(); // the conversation that the focus goes back to may not be in the list yet
      if (turn !== this.#turn) return;
      this.#view.focus(this.#left);
      this.#left = '';
    }
    document.title = [record ? record.title ?? words.newTalk : this.#view.title, this.#facts.name].join(' – ');
    this.#changed();
  }

  /** What is needed now can't be loaded. */
  #failed() {
    this.say(words.failed(this.#facts.phone));
    this.#toList();
  }

  #toList() {
    if (this.#depth) history.go(-this.#depth);
    else location.hash = '';
  }

  #show(view) {
    if (view === this.#view) return;
    this.#view.element.replaceWith(view.element);
    this.#foot.hidden = view !== this.#list;
    this.#view = view;
  }

  async #settings() {
    const { SettingsView } = await import('./settings.js');
    const service = await this.#device.fact('service');
    return new SettingsView(this.#push, { ...this.#facts, ...service }, {
      eraseAll: () => this.#eraseAll(), back: () => this.#toList(),
    });
  }

  async #open(record, turn, focus) {
    if (this.#talk?.id === record.id) return;
    const loaded = await import('./talk.js').catch(() => null);
    if (turn !== this.#turn) return;
    if (!loaded) return void this.#failed();
    const talk = new loaded.Talk(record, this.#parts, {
      back: () => this.#toList(), erased: () => this.#erased(record.id),
    });
    this.#talk = talk;
    this.shadowRoot.append(talk.element);
    talk.show(record, focus);
  }

  /** What the other modules work with. */
  get #parts() {
    return { device: this.#device, push: this.#push, server: this.#server };
  }

  async #closeTalk() {
    const talk = this.#talk;
    this.#left = talk?.id ?? this.#left;
    this.#talk = null;
    await talk?.close();
  }

  // What the device keeps

  #changed() {
    this.#drawing ||= setTimeout(() => {
      this.#drawing = 0;
      this.#draw();
    }, TOGETHER);
  }

  async #draw() {
    const records = await this.#device.list();
    this.#list?.show(records.filter(({ id, title, unsent }) => title || unsent || id === this.#talk?.id), this.#talk?.id);
    const open = records.find(({ id }) => id === this.#talk?.id);
    if (open) this.#talk.refresh(open);
    this.#pick.hidden = Boolean(open);
    const unread = records.reduce((sum, record) => sum + record.unread, 0);
    navigator.setAppBadge?.(unread).catch(() => {}); // only an app that was installed has one
  }

  /** Looks at what came in and how the municipality is reached, and sends what waits. */
  async #look(all = true) {
    try {
      const { Api, Problem, Sync } = await import('./sync.js');
      this.#sync ??= new Sync(this.#device, this.#server);
      await new Api(this.#server).gemeente(this.#device.gemeente).then((state) => this.#serve(state), (error) => {
        if (!(error instanceof Problem)) throw error; // refused, as with many at one address: what waits goes out
      });
      await this.#sync.run(this.#talk?.id, all);
      this.#away = false;
    } catch {
      this.#away = true;
    }
    this.#tell();
  }

  async #serve(state) {
    await this.#device.setFact('service', state);
    this.#push.key = state.push_key;
    if (!this.#bulletin && !state.off && !state.notice) return;
    const { Bulletin } = await import('../widget/bulletin.js');
    const around = { top: this.#top, composer: this.#foot };
    this.#bulletin ??= new Bulletin({ gemeente: this.#device.gemeente, server: this.#server }, around, () => this.#view.focus());
    this.#bulletin.show(state, state.off ? state.off_text : '');
  }

  #tell() {
    const { outdated } = this.#facts;
    const offline = (this.#away || !navigator.onLine) && words.offline;
    const said = this.#said || offline || (outdated && words.newVersion) || '';
    if (this.#bar.textContent !== said) this.#bar.textContent = said;
  }

  // Erasing

  async #eraseOne(record) {
    const talk = record.id === this.#talk?.id && this.#talk;
    const { eraseOne } = await import('./erasing.js');
    const said = await eraseOne(this.shadowRoot, this.#parts, record, talk);
    if (!said) return;
    this.say(said);
    if (!talk) this.#list.focus();
  }

  /** The citizen erased the open conversation: here, or in another window. */
  async #erased(id) {
    await this.#device.erase(id);
    this.say(words.erasedOne);
    if (this.#talk?.id === id) this.#toList();
  }

  async #eraseAll() {
    const { eraseAll } = await import('./erasing.js');
    const said = await eraseAll(this.shadowRoot, this.#parts);
    if (!said) return;
    await this.#device.setFact('name', this.#facts.name);
    this.say(said);
    this.#toList();
  }
}

const phone = (number) => h('p', { class: 'soft' }, words.call, h('a', { class: 'tall', href: `tel:${number.replace(/[^\d+]/g, '')}` }, number));

customElements.define('balie-app', BalieApp);
