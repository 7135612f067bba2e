/**
 * The chat panel, <balie-panel>: connects client, log, field and menu. Set `options` first.
 * Hooks that stay, for tests and for whoever builds on it (shadow roots are open):
 *   button "Stel uw vraag in de chat" (launcher, aria-expanded) · dialog "Digitale balie" · log "Gesprek" ·
 *   textbox "Uw vraag of bericht" · buttons "Versturen", "Menu", "Chat sluiten"; in the menu "Ik wil een medewerker
 *   spreken", "Gesprek downloaden", "Gesprek printen", "Opnieuw beginnen", "Gesprek wissen" · alertdialog (are you sure?)
 *   data-testid="balie-…": launcher panel heading companion menu person download print restart erase close confirm start-new
 *   bulletin hide-notice off about ask-about hide-about invitation invitation-accept invitation-close log older newer queue
 *   leave-queue status announcer alert input send counter; in the log message [data-from] [data-state], line [data-kind]
 *   [data-state], notice [data-kind], choices choice date time form rating ([data-retired] once used), source appointment ics
 *   case
 *   on the panel: data-connection=connecting|live|retrying|refused|off, data-talking-to=bot|queue|agent
 */
import { Client } from './client.js';
import { Composer, Menu, Status, buildFrame } from './controls.js';
import { Extras } from './extras.js';
import { stateWords } from './message.js';
import { Typing, companion, countInTitle, isNews, standing } from './standing.js';
import { sheet, theme } from './style.js';
import { text } from './text.js';
import { LogView } from './view.js';

const FULL_SCREEN = matchMedia('(max-width: 599.98px), (max-height: 459.98px)');
const FINE_POINTER = matchMedia('(pointer: fine)');
const ROBOT = { words: text.robot, role: 'bot' };

class BaliePanel extends HTMLElement {
  #client;
  #view;
  #composer;
  #menu;
  #status;
  #extras;
  #frame;
  #dialog;
  #topic; // that was given; a page can change what it says itself
  #unread = 0;
  #with = ROBOT; // see companion() in standing.js
  #typing = new Typing((words) => {
    this.#view.typing(words);
    this.#status.say(words);
  });

  /** @type {{gemeente: string, server: string, title: string, lang?: string, topic?: string}} `topic`: what the page is about */
  options = {};

  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [theme, sheet];
    const { lang, topic } = this.options;
    this.#topic = topic;
    this.options.topic = topic ?? topicOfPage();
    this.#client = new Client({ ...this.options, locale: lang, page: location.origin + location.pathname });
    this.#build();
    this.shadowRoot.append(this.#dialog);
    this.#listen();
    this.#client.start();
  }

  /** Shows the panel: beside the page, or on small screens over it (modal). */
  show({ focus = true, topic = this.#topic ?? topicOfPage() } = {}) {
    if (topic !== this.options.topic) this.#extras.offer(topic);
    if (this.#dialog.open) return;
    if (FULL_SCREEN.matches) this.#dialog.showModal();
    else this.#dialog.setAttribute('open', ''); // unlike show(), this leaves the focus alone
    this.#view.toEnd();
    this.#read();
    if (focus) this.#focus();
  }

  hide() {
    this.#dialog.close();
  }

  /** Sends a question for the citizen. */
  ask(question) {
    this.#client.send({ type: 'text', text: question });
  }

  /** To the field; where that would bring up a keyboard over the first message, to the heading. */
  #focus() {
    if (FINE_POINTER.matches && !this.#composer.element.hidden) this.#composer.focus();
    else this.#frame.heading.focus();
  }

  #build() {
    const client = this.#client;
    this.#view = new LogView({
      server: this.options.server,
      send: (message) => client.send(message),
      resend: (message, state) => (state === 'refused' ? this.ask(message.text) : client.wake()),
      older: () => this.#showOlder(),
    });
    this.#composer = new Composer({ send: (words) => this.ask(words), typing: (on) => this.#types(on) });
    this.#menu = new Menu([
      { id: 'person', label: text.person, act: () => client.send({ type: 'handover_request', text: text.person }) },
      { id: 'download', label: text.download, act: () => this.#extras.act('keep', 'download') },
      { id: 'print', label: text.print, act: () => this.#extras.act('keep', 'print') },
      { id: 'restart', label: text.restart, act: () => this.#extras.act('sure', 'restart') },
      { id: 'erase', label: text.erase, act: () => this.#extras.act('sure', 'erase'), danger: true },
    ], () => import('./sure.js').catch(() => {}), client.closed); // what some of them ask
    this.#status = new Status(() => this.#startNew());
    const [log, menu, composer] = [this.#view.element, this.#menu.element, this.#composer.element];
    this.#frame = buildFrame(this.options.title, { log, menu, composer, status: this.#status.elements }, {
      close: () => this.#close(), escape: () => this.#menu.escape() || this.#close(),
      toEnd: () => this.#toEnd(), startNew: () => this.#startNew(), signal: client.closed,
    });
    this.#dialog = this.#frame.dialog;
    this.#extras = new Extras({
      options: this.options, client, root: this.shadowRoot, frame: this.#frame, composer: this.#composer,
      ask: (words) => this.ask(words), focus: () => this.#focus(), say: (words) => this.#status.say(words),
      sorry: (words) => this.#sorry(words),
    });
  }

  #listen() {
    const takes = {
      started: ({ reason }) => this.#started(reason), history: (batch) => this.#history(batch),
      event: (event) => this.#event(event), typing: (typing) => this.#typing.on(typing, this.#with),
      read: ({ seq }) => this.#view.read(seq), service: (state) => this.#serve(state),
      outbox: (change) => this.#outgoing(change), connection: (connection) => this.#status.connection(connection, this),
      erased: () => this.#erased(),
    };
    for (const [name, take] of Object.entries(takes)) this.#client.addEventListener(name, ({ detail }) => take(detail));
    this.#view.element.addEventListener('scroll', () => this.#view.atEnd && (this.#frame.newer.hidden = true));
    const { closed: signal } = this.#client;
    FULL_SCREEN.addEventListener('change', () => this.#refit(), { signal });
    document.addEventListener('visibilitychange', () => this.#read(), { signal });
  }

  #close() {
    this.dispatchEvent(new Event('balie-close'));
  }

  /** From beside the page to over it, or back, with the focus where it was. */
  #refit() {
    if (!this.#dialog.open) return;
    const focused = this.shadowRoot.activeElement;
    this.#dialog.close();
    this.show({ focus: false });
    focused?.focus();
  }

  // What the client tells

  #started(reason) {
    this.#view.reset({ keep: reason === 'expired' });
    this.#frame.setEnded(false);
    this.#talkingTo(ROBOT);
    if (text.started[reason]) this.#view.line(text.started[reason]);
    if (reason === 'restarted' || reason === 'expired') this.#ended();
    this.#extras.offer(this.options.topic, reason !== 'resumed' && reason !== 'elsewhere');
  }

  #history(batch) {
    this.#view.history(batch);
    if (batch.older) return;
    this.#follow(...batch.events);
    const { seen } = this.#client;
    if (!batch.fresh) this.#count(batch.events.filter((event) => event.seq > seen && isNews(event)).length);
    this.#read();
  }

  #event(event) {
    const atEnd = this.#view.atEnd;
    const node = this.#view.add(event);
    const own = event.from?.role === 'citizen';
    this.#follow(event);
    if (!own && event.type !== 'note') this.#typing.off();
    if (event.type === 'rating_request') this.#ended();
    if (!node || own) return;
    if (!this.#seen) return void this.#count(this.#unread + 1);
    this.#frame.newer.hidden = this.#view.atEnd || (atEnd && this.#view.begins(node));
    this.#read();
  }

  #outgoing(change) {
    this.#view.outgoing(change);
    this.#status.alert(['waiting', 'refused'].includes(change.state) ? stateWords(change.state, change.problem) : '');
  }

  #follow(...events) {
    const who = events.reduce((before, event) => companion(event, before) ?? before, this.#with);
    if (who !== this.#with) this.#talkingTo(who);
  }

  #talkingTo(who) {
    const { words, role } = this.#with = who;
    this.dataset.talkingTo = role;
    this.#frame.companion.textContent = words;
    this.#client.withPerson = role !== 'bot';
    this.#count(this.#unread);
    this.#extras.with(who);
  }

  #serve(state) {
    this.#status.contact = state;
    this.#extras.serve(state);
  }

  /** The page is told that the conversation came to an end: said goodbye, closed, erased, or begun anew. */
  #ended() {
    document.dispatchEvent(new CustomEvent('balie:ended'));
  }

  get #seen() {
    return this.#dialog.open && !document.hidden;
  }

  /** What is on the screen has been seen; only people are told. */
  #read() {
    if (!this.#seen) return;
    this.#count(0);
    this.#client.read(this.#with.role !== 'bot');
  }

  /** What is unread, on the launcher and in the title of the page; and on the launcher where the conversation stands. */
  #count(unread) {
    if (unread !== this.#unread) countInTitle(unread);
    this.#unread = unread;
    this.dispatchEvent(new CustomEvent('balie-unread', { detail: { unread, words: standing(this.#with) } }));
  }

  // What the citizen does

  /** Only a person on the other side is told that the citizen is typing. */
  #types(on) {
    if (this.#with.role === 'agent') this.#client.typing(on);
  }

  /** Says that something failed, in the log and aloud. */
  #sorry(words = text.failed) {
    this.#status.alert(words);
    this.#view.line(words);
  }

  async #showOlder() {
    await this.#client.older().catch(() => this.#sorry(text.olderFailed));
    this.#view.element.focus();
  }

  #erased() {
    this.#typing.off();
    this.#view.reset();
    this.#view.line(text.erased);
    this.#talkingTo(ROBOT);
    const focused = this.shadowRoot.activeElement;
    this.#frame.setEnded(true);
    if (focused) this.#frame.heading.focus(); // what had the focus is gone
    this.#ended();
  }

  #startNew() {
    this.#frame.setEnded(false);
    this.#focus();
    this.#client.start();
  }

  #toEnd() {
    this.#view.toEnd();
    this.#view.element.focus(); // the button that was pressed is gone
  }
}

const topicOfPage = () => document.querySelector('meta[name=balie-topic]')?.content;

customElements.define('balie-panel', BaliePanel);
