/** The middle column: one conversation, live. The log decides what is true; this only shows it. */
import { Acts } from './acts.js';
import { Problem, address, get, post } from './api.js';
import { showContext, tickContext } from './context.js';
import { $, h, say } from './dom.js';
import { mayWrite, showActs, showFrame, showHere, showSubtitle } from './frame.js';
import { History } from './history.js';
import { Log } from './log.js';
import { Reading } from './reading.js';
import { setupShortcuts } from './shortcuts.js';
import { Stream } from './stream.js';
import { pane, text } from './text.js';
import { Writing } from './writing.js';

export class Conversation {
  #hooks;
  #log;
  #history;
  #writing;
  #acts;
  #reading;
  #stream = null;
  #meta = null;
  #conv = '';
  #typing = 0;
  #unanswered = 0; // the citizen's newest message that no agent answered
  #asked = 0; // number of the newest look at whose it is: older answers don't count
  #before = 0; // what that was when something began to be pending
  #noting = ''; // the conversation of somebody else that the agent wants to write a note in
  #retry = false; // opening failed for want of a connection
  #passed = false; // it was given to somebody else: that one can't read on is no surprise

  /**
   * @param {{notice: (words: string) => void, taken: () => void, now: () => number, link: (live: boolean) => void,
   *   others: (conv: string) => object[]}} hooks `others`: the people who can get it
   * @param {{limit: number, outcomes: Record<string, string>, keys?: Record<string, () => void>}} options
   */
  constructor(hooks, { limit, outcomes, keys }) {
    this.#hooks = hooks;
    this.#log = new Log(outcomes, () => this.#reading.look());
    this.#history = new History(this.#log, () => this.#conv, hooks.notice);
    this.#reading = new Reading(() => (this.mode === 'mine' && $('log').checkVisibility() && this.#log.atEnd ? this.#log.last : 0));
    this.#writing = new Writing({ conv: () => this.#conv, log: () => this.#log, notice: hooks.notice }, limit);
    this.#acts = new Acts({
      meta: () => this.#meta, now: hooks.now, notice: hooks.notice,
      changed: (conv) => conv === this.#conv && this.#refresh(),
      passing: (conv, on) => { if (conv === this.#conv) this.#passed = on; },
      forget: (conv) => this.#writing.forget(conv),
      others: hooks.others,
    });
    setupShortcuts({
      palette: () => this.#writing.palette(), reply: () => this.#writing.mode('reply'), note: () => this.#takeNote(),
      toggle: () => this.#writing.toggle(), undo: () => this.#acts.undo(),
    }, keys);
    $('claim').addEventListener('click', () => this.claim(this.#conv));
    $('jot').addEventListener('click', () => this.#takeNote());
    setInterval(() => this.#tick(), 1000);
  }

  get conv() {
    return this.#conv;
  }

  get mode() {
    return this.#meta?.mode ?? 'none';
  }

  /** Whether leaving the page would lose something. */
  get unsaved() {
    return this.#writing.unsaved;
  }

  /** Show this conversation; focus goes to its heading, or to the field when it is the agent's own. */
  async open(conv, { focus = true } = {}) {
    this.#leave();
    this.#conv = conv;
    this.#frame('none', text.loading);
    try {
      const meta = await get(address(conv));
      const page = await get(address(conv, `/history?before=${meta.seq + 1}`));
      if (this.#conv !== conv) return;
      this.#show(meta, page, focus);
    } catch (error) {
      if (this.#conv === conv) this.#lost(error.title ?? text.failed, error instanceof Problem && error.passing);
    }
  }

  close() {
    this.#leave();
    this.#conv = '';
    this.#frame('none', text.noConversation);
  }

  async claim(conv) {
    if (!conv) return;
    $('claim').disabled = true;
    try {
      await post(address(conv, '/claim'));
      this.#hooks.taken(conv);
      if (conv === this.#conv && this.#stream) await this.#refresh();
      else await this.open(conv);
      this.#writing.focus();
    } catch (error) {
      this.#hooks.notice(error.title ?? text.failed);
    } finally {
      $('claim').disabled = false;
    }
  }

  /** What the lists say: who is there, and what is pending. */
  look(view) {
    this.#acts.look(view);
  }

  /** The network or the page is back. */
  wake() {
    this.#stream?.wake();
  }

  drop() {
    this.#stream?.drop();
  }

  /** The server can be reached: what failed goes out again. */
  reachable() {
    this.#writing.retry();
    if (this.mode === 'none' && this.#conv && !this.#stream && this.#retry) this.open(this.#conv, { focus: false });
  }

  /** A note in a conversation that isn't one's own: the field comes when it is asked for. */
  #takeNote() {
    if (!this.#meta?.may.includes('note') || this.#meta.pending) return;
    this.#noting = this.#conv;
    this.#update();
    this.#writing.mode('note');
  }

  #show(meta, page, focus) {
    this.#frame(meta.mode, meta.context.topic);
    this.#meta = meta;
    this.#unanswered = 0;
    for (const event of page.events) this.#count(event);
    this.#history.begin(page, meta.seq);
    this.#log.read(meta.read.citizen ?? 0);
    this.#update();
    this.#writing.showOutgoing();
    this.#follow();
    this.#reading.open(meta.conv, meta.read.agent ?? 0);
    if (focus && this.#writing.open && meta.mode === 'mine') this.#writing.focus();
    else if (focus) $('title').focus();
  }

  #follow() {
    const conv = this.#conv;
    this.#stream = new Stream(() => address(conv, `/events?after=${this.#log.last}`), {
      event: (event) => this.#received(event),
      live: () => {
        this.#hooks.link(true);
        this.#writing.live();
      },
      lost: () => this.#hooks.link(false),
      refused: (problem) => problem.status !== 401 && this.#lost(problem.title), // signed out: what is shown stays to be read
    });
    this.#stream.run();
  }

  #received(event) {
    if (event.type === 'typing') return this.#showTyping(event.ttl_s);
    if (event.type === 'read') return event.role === 'citizen' && this.#log.read(event.seq);
    if (event.type === 'suggestions') return this.#writing.suggested(event.seq);
    if (event.type === 'here') return this.#changed({ here: { open: event.open, seen: event.seen } });
    if (event.type === 'pending') return this.#decided(event.pending);
    if (event.type === 'reset') return this.#lost(event.title);
    if (event.type === 'end' || event.type === 'signed_out') return this.#stream.stop();
    if (!event.seq || !this.#log.add(event)) return undefined;
    this.#count(event);
    this.#reading.look();
    if (event.type === 'message') this.#said(event);
    if (event.type === 'note') this.#writing.arrived('notes', event);
    if (event.type === 'handover') this.#refresh();
    return undefined;
  }

  /** What the agent decided waits to be done; or no longer, and then only a look tells whether it was done or stopped. */
  #decided(pending) {
    if (pending) {
      this.#pending(pending, this.mode);
      this.#changed({ pending });
    } else if (this.#meta?.pending) this.#passed = this.#meta.pending.act !== 'close';
    this.#refresh(); // a look that is under way may be older than this
  }

  /** Stopped is what isn't pending any more while it is still the agent's; of what was done the lists tell. */
  #pending(pending, mode) {
    if (!this.#meta) return;
    if (pending && !this.#meta.pending) this.#before = this.#unanswered;
    if (!pending && this.#meta.pending && mode === 'mine') this.#acts.stopped(this.#conv, this.#unanswered > this.#before);
  }

  /** Something that the log doesn't tell. */
  #changed(news) {
    if (!this.#meta) return;
    Object.assign(this.#meta, news);
    this.#update();
  }

  /** Is there something to answer? */
  #count({ type, seq, from }) {
    if (type === 'message' && ['citizen', 'agent'].includes(from.role)) this.#unanswered = from.role === 'citizen' ? seq : 0;
  }

  #said(event) {
    if (event.from.role === 'citizen') this.#showTyping(0);
    if (event.from.role === 'agent') this.#writing.arrived('messages', event);
    this.#offer();
  }

  #offer() {
    this.#writing.answers(this.mode === 'mine' && !this.#meta.pending ? this.#unanswered : 0);
  }

  /** Whose is it now? Asked whenever the log says that something changed. */
  async #refresh() {
    const conv = this.#conv;
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const meta = await get(address(conv));
      if (conv !== this.#conv || asked !== this.#asked) return; // something newer is known, or on its way
      this.#pending(meta.pending, meta.mode);
      this.#meta = meta;
      this.#passed = false;
      this.#update();
      this.#log.read(meta.read.citizen ?? 0);
      if (this.#writing.open && meta.mode === 'mine' && document.activeElement === document.body) this.#writing.focus();
    } catch (error) {
      if (conv === this.#conv && !error.passing && error.status !== 401) this.#lost(error.title);
    }
  }

  #update() {
    const meta = this.#meta;
    $('conversation').dataset.mode = meta.mode;
    $('conversation').dataset.pending = meta.pending?.act ?? '';
    const hadFocus = document.activeElement?.closest?.('#conversation .head .acts, #composer');
    showActs(meta);
    this.#writing.show(meta.conv, mayWrite(meta, this.#noting === meta.conv));
    $('jot').hidden = this.#writing.open || Boolean(meta.pending) || !meta.may.includes('note');
    if (meta.mode === 'closed') this.#acts.forget(meta.conv);
    if (hadFocus && document.activeElement === document.body) (this.#writing.open ? $('text') : $('title')).focus();
    this.#offer();
    this.#tick();
    showHere(meta);
    showContext(meta, (seq) => this.#history.jump(seq));
    this.#tick();
  }

  #tick() {
    if (!this.#meta) return;
    showSubtitle(this.#meta, this.#hooks.now());
    if (this.#meta.queued_at) tickContext(this.#hooks.now() - this.#meta.queued_at);
  }

  #showTyping(seconds) {
    clearTimeout(this.#typing);
    say($('typing'), seconds ? text.typing : '');
    if (seconds) this.#typing = setTimeout(() => say($('typing'), ''), seconds * 1000);
  }

  #leave() {
    this.#stream?.stop();
    this.#stream = null;
    this.#meta = null;
    this.#retry = false;
    this.#passed = false;
    this.#showTyping(0);
    this.#noting = '';
    this.#writing.answers(0);
    this.#reading.open('', 0);
    this.#hooks.link(true); // nothing of ours is broken any more
  }

  /** It can't be read (any more): say why and what to do. */
  #lost(why, retry = false) {
    const passed = this.#passed || ['team', 'agent'].includes(this.#meta?.pending?.act);
    this.#leave();
    this.#retry = retry;
    this.#passed = passed; // it may be heard twice: from the stream, and from a look
    this.#frame('lost', passed ? pane.passed : text.notOpened);
    $('welcome').replaceChildren(h('p', { class: 'large' }, why), h('p', {}, retry ? text.lost : text.choose));
    if (!passed) this.#hooks.notice(why);
  }

  #frame(mode, title) {
    if (showFrame(mode, title)) return;
    this.#log.clear();
    showContext(null);
    $('welcome').replaceChildren(...(mode === 'none' && this.#conv === ''
      ? [h('p', { class: 'large' }, text.choose), h('p', {}, text.chooseMore)] : [h('p', { class: 'large' }, title)]));
  }
}
