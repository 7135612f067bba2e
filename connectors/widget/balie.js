/**
 * Loader: the launcher on a municipality's page; loads the panel on first use. README.md tells the options (data-* attributes of
 * the tag), the events and what else a page can do. Public: `open({question, topic})`, `close()` and `opened` of <balie-chat>.
 */
const script = [...document.scripts].find((s) => s.src === import.meta.url);
const options = { gemeente: '', title: 'Digitale balie', lang: 'nl', greeting: 'Stel uw vraag', ...script?.dataset };
options.server ||= new URL(import.meta.url).origin;

const FAILED = 'De chat laadt niet. Probeer het opnieuw of bel ons';
const KEPT = `balie:${options.gemeente}:`;
const PHONE = '(max-width: 599.98px), (max-height: 459.98px)';

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { all: initial; color-scheme: light dark;
  font-family: var(--utrecht-document-font-family,
    -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif) }
:host([data-position=left]) { --balie-right: auto; --balie-left: 20px }
button, [role=status]:not(:empty) { position: fixed; right: var(--balie-right, 20px); bottom: 20px; left: var(--balie-left, auto);
  z-index: 2147483000 }
button { display: inline-flex; align-items: center; gap: 10px; min-height: 56px; padding: 0 22px 0 18px;
  font: inherit; font-weight: 600; cursor: pointer; color: var(--utrecht-button-primary-action-color, #fff);
  background: var(--utrecht-button-primary-action-background-color, #17508f);
  border: 2px solid transparent; border-radius: 28px; box-shadow: 0 2px 6px #0003, 0 8px 24px #0003;
  transition: transform .15s, box-shadow .15s }
button:hover { box-shadow: 0 2px 6px #0003, 0 10px 30px #0005; transform: translateY(-1px) }
button:focus-visible { outline: 3px solid var(--utrecht-focus-outline-color, #111); outline-offset: 2px;
  box-shadow: 0 0 0 6px #fff }
svg { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round }
[aria-expanded=true] { padding: 0 16px; width: 56px; gap: 0; overflow: hidden; justify-content: center }
[aria-expanded=true] .label, .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap }
.badge { position: absolute; top: -6px; right: -2px; min-width: 24px; box-sizing: border-box; padding: 0 6px;
  color: #fff; background: #b3261e; border: 2px solid #fff; border-radius: 14px; font-size: .8125em; line-height: 22px;
  text-align: center }
[role=status]:not(:empty) { bottom: 88px; max-width: 260px; padding: 12px 16px; background: #fff;
  color: #1b1f24; border: 1px solid #767f8a; border-radius: 12px }
@media (max-height: 459.98px) { .label { font-size: 0 } button { gap: 0; padding: 0 14px; min-height: 48px } }
@media (forced-colors: active) { button { border-color: ButtonText } }
@media (prefers-reduced-motion: reduce) { button { transition: none } }
@media print { button { display: none } }`);

const SPEECH = 'M21 11.5a8.4 8.4 0 0 1-12.2 7.5L3 21l2-5.8A8.5 8.5 0 1 1 21 11.5Z';
const DOWN = 'm6 9 6 6 6-6';

const make = (tag, className, text = '') =>
  Object.assign(document.createElement(tag), { className, textContent: text });

/** An element of a drawing. */
const drawn = (tag) => document.createElementNS('http://www.w3.org/2000/svg', tag);

class BalieChat extends HTMLElement {
  #panel = null;
  #button = make('button', '');
  #path = drawn('path');
  #unread = make('span', 'badge');
  #status = make('div', '');
  #label = make('span', 'label', options.greeting);
  #opener = null;
  #number = 0;

  constructor() {
    super();
    const svg = drawn('svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.append(this.#path);
    this.#label.append(make('span', 'hidden', ' in de chat'));
    this.#button.dataset.testid = 'balie-launcher';
    this.#button.append(svg, this.#label, this.#unread);
    this.#button.addEventListener('click', () => (this.opened ? this.close() : this.open()));
    this.#status.setAttribute('role', 'status');
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#button, this.#status);
    this.#show(false);
    this.#count(0);
  }

  connectedCallback() {
    this.lang = options.lang;
    this.dataset.position = options.position;
    if (kept('open', 'sessionStorage') && !matchMedia(PHONE).matches) this.#open(false);
    else if (kept('conversation')) this.#missed().catch(() => {}); // not now
  }

  get opened() {
    return this.#button.getAttribute('aria-expanded') === 'true';
  }

  /** Opens the panel; `question` is sent for the citizen, `topic` is what the page is about. Returns whether that worked. */
  open({ question, topic } = {}) {
    return this.#open(true, question, topic);
  }

  async #open(focus, question, topic) {
    if (!this.opened) this.#opener = this.shadowRoot.activeElement ?? document.activeElement;
    this.#show(true);
    try {
      await this.#load(topic);
    } catch {
      this.#show(false);
      this.#status.textContent = [FAILED, kept('service')?.phone].filter(Boolean).join(': ');
      contacts('');
      return false;
    }
    if (!this.opened) return false; // closed again while loading
    this.#status.textContent = '';
    this.#panel.show({ focus, topic });
    if (question) this.#panel.ask(question);
    return true;
  }

  /** Minimises the panel: the conversation goes on, the focus returns to where it was opened. */
  close() {
    const inside = this.shadowRoot.activeElement === this.#panel;
    this.#panel?.hide();
    this.#show(false);
    if (!inside) return;
    const back = this.#opener;
    (back.isConnected && back !== document.body ? back : this.#button).focus();
  }

  /** What came since the last visit, such as news of a case; who waits for a person is followed without being asked to. */
  async #missed() {
    if (kept('person')) return this.#load();
    const { count } = await import('./missed.js');
    const missed = await count(options.server, kept);
    if (!this.#panel) this.#count(missed);
  }

  async #load(topic) {
    await import('./panel.js');
    if (this.#panel) return;
    const panel = document.createElement('balie-panel');
    panel.options = { ...options, ...(topic && { topic }) };
    panel.addEventListener('balie-close', () => this.close());
    panel.addEventListener('balie-unread', ({ detail: { unread, words } }) => {
      this.#count(unread);
      this.#label.firstChild.data = words ?? options.greeting;
    });
    this.#panel = panel;
    this.shadowRoot.append(panel);
  }

  #show(opened) {
    const before = this.opened;
    this.#button.setAttribute('aria-expanded', opened);
    this.#path.setAttribute('d', opened ? DOWN : SPEECH);
    if (before === opened || !this.isConnected) return;
    tell(opened ? 'open' : 'close');
    try {
      sessionStorage.setItem(`${KEPT}open`, Number(opened));
    } catch {
      // storage refused: it won't reopen after a reload
    }
  }

  #count(number) {
    if (number !== this.#number) tell('unread', { unread: number });
    this.#number = number;
    this.#unread.hidden = !number;
    this.#unread.replaceChildren(number, make('span', 'hidden', number === 1 ? ' nieuw bericht' : ' nieuwe berichten'));
  }
}

/** What this device keeps under a name; null when that is nothing, or not ours, or storage is refused. */
function kept(name, area = 'localStorage') {
  try {
    return JSON.parse(globalThis[area].getItem(KEPT + name));
  } catch {
    return null;
  }
}

/** Tells the page: `balie:open`, `balie:close`, `balie:unread`. */
const tell = (what, detail) => document.dispatchEvent(new CustomEvent(`balie:${what}`, { detail }));

/** Links for who has no chat: hidden while it works. */
function contacts(display) {
  for (const link of document.querySelectorAll('[data-balie-contact]')) link.style.display = display;
}

if (!customElements.get('balie-chat')) {
  customElements.define('balie-chat', BalieChat);
  const chat = document.createElement('balie-chat');
  document.body.append(chat);
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('[data-balie-vraag]');
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    chat.open({ question: link.dataset.balieVraag });
  });
  document.addEventListener('submit', async (event) => {
    if (!event.target.matches('form[data-balie]')) return;
    event.preventDefault();
    const field = event.target.querySelector('input, textarea');
    if (await chat.open({ question: field.value.trim() })) field.value = '';
  });
  contacts('none');
  if (options.invite) import('./invite.js').then(({ invite }) => invite(chat, options)).catch(() => {});
}
