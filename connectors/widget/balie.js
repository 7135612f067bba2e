/**
 * Loader: the launcher on a municipality's page; loads the panel on first use. Its data-* attributes (gemeente, server,
 * title) go to the panel. A page opens the chat with `document.querySelector('balie-chat').open()`, with
 * `data-balie-vraag="…"` on a link, or `data-balie` on a form with one field. Events: `balie:open`, `balie:close`.
 */
const script = [...document.scripts].find((s) => s.src === import.meta.url);
const options = { gemeente: '', title: 'Digitale balie', ...script?.dataset };
options.server ||= new URL(import.meta.url).origin;

const LABEL = 'Stel uw vraag';
const FAILED = 'De chat laadt niet. Probeer het opnieuw of bel ons.';
const OPEN_KEY = `balie:${options.gemeente}:open`;
const PHONE = '(max-width: 599.98px), (max-height: 459.98px)';

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { all: initial; color-scheme: light dark;
  font-family: var(--utrecht-document-font-family,
    -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif) }
button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; display: inline-flex; align-items: center;
  gap: 10px; min-height: 56px; padding: 0 22px 0 18px; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--utrecht-button-primary-action-color, #fff);
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
[role=status]:not(:empty) { position: fixed; right: 20px; bottom: 88px; z-index: 2147483000; max-width: 260px;
  padding: 12px 16px; background: #fff; color: #1b1f24; border: 1px solid #767f8a; border-radius: 12px }
@media (max-height: 459.98px) { .label { font-size: 0 } button { gap: 0; padding: 0 14px; min-height: 48px } }
@media (forced-colors: active) { button { border-color: ButtonText } }
@media (prefers-reduced-motion: reduce) { button { transition: none } }
@media print { button { display: none } }`);

const PATHS = {
  chat: 'M21 11.5a8.4 8.4 0 0 1-12.2 7.5L3 21l2-5.8A8.5 8.5 0 1 1 21 11.5Z',
  down: 'm6 9 6 6 6-6',
};

const make = (tag, className, text = '') =>
  Object.assign(document.createElement(tag), { className, textContent: text });

class BalieChat extends HTMLElement {
  #panel = null;
  #button = make('button', '');
  #path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  #unread = make('span', 'badge');
  #status = make('div', '');
  #label = make('span', 'label', LABEL);
  #opener = null;

  constructor() {
    super();
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.append(this.#path);
    this.#label.append(make('span', 'hidden', ' in de chat'));
    this.#button.type = 'button';
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

  get opened() {
    return this.#button.getAttribute('aria-expanded') === 'true';
  }

  /** Opens the panel; `question` is sent for the citizen. Returns whether that worked. */
  async open({ question = '', focus = true } = {}) {
    if (!this.opened) this.#opener = this.shadowRoot.activeElement ?? document.activeElement;
    this.#show(true);
    try {
      await this.#load();
    } catch {
      this.#show(false);
      this.#status.textContent = FAILED;
      return false;
    }
    if (!this.opened) return false; // closed again while loading
    this.#status.textContent = '';
    this.#panel.show({ focus });
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
    (back?.isConnected && back !== document.body ? back : this.#button).focus();
  }

  /** Counts what came since the last visit, such as news of a case; only for who waits for a person the panel is loaded. */
  async countMissed() {
    try {
      const kept = (name) => JSON.parse(localStorage.getItem(`balie:${options.gemeente}:${name}`));
      const { conv, token } = kept('conversation');
      if (kept('person')) return void await this.#load();
      const address = `${options.server.replace(/\/$/, '')}/v1/conv/${conv}/events?wait=0&after=${kept('read') ?? 0}`;
      const headers = { Authorization: `Bearer ${token}` };
      const { events } = await (await fetch(address, { headers, credentials: 'omit' })).json();
      const missed = events.filter(({ type, from }) => type === 'notice' || (type === 'message' && from.role !== 'citizen'));
      if (!this.#panel) this.#count(missed.length);
    } catch {
      // no conversation on this device, or it can't be had now
    }
  }

  async #load() {
    await import('./panel.js');
    if (this.#panel) return;
    const panel = document.createElement('balie-panel');
    panel.options = options;
    panel.addEventListener('balie-close', () => this.close());
    panel.addEventListener('balie-unread', ({ detail: { unread, words } }) => {
      this.#count(unread);
      this.#label.firstChild.data = words ?? LABEL;
    });
    this.#panel = panel;
    this.shadowRoot.append(panel);
  }

  #show(opened) {
    const changed = this.opened !== opened;
    this.#button.setAttribute('aria-expanded', String(opened));
    this.#path.setAttribute('d', opened ? PATHS.down : PATHS.chat);
    if (!changed || !this.isConnected) return;
    document.dispatchEvent(new CustomEvent(opened ? 'balie:open' : 'balie:close'));
    try {
      sessionStorage.setItem(OPEN_KEY, opened ? '1' : '');
    } catch {
      // storage refused: it won't reopen after a reload
    }
  }

  #count(number) {
    this.#unread.hidden = !number;
    const words = number === 1 ? ' nieuw bericht' : ' nieuwe berichten';
    this.#unread.replaceChildren(String(number), make('span', 'hidden', words));
  }
}

function wasOpen() {
  try {
    return sessionStorage.getItem(OPEN_KEY) === '1' && !matchMedia(PHONE).matches;
  } catch {
    return false;
  }
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
  if (wasOpen()) chat.open({ focus: false });
  else chat.countMissed();
}
