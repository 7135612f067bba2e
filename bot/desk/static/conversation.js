/** The middle column: one conversation, live. The log decides what is true; this only shows it. */
import { Problem, get, post } from './api.js';
import { Composer } from './composer.js';
import { showContext } from './context.js';
import { $, h, say } from './dom.js';
import { Log } from './log.js';
import { Outbox } from './outbox.js';
import { Stream } from './stream.js';
import { duration, text } from './text.js';

const address = (conv, rest = '') => `/api/conv/${encodeURIComponent(conv)}${rest}`;

export class Conversation {
  #hooks;
  #log;
  #outbox;
  #composer;
  #stream = null;
  #meta = null;
  #conv = '';
  #typing = 0;
  #retry = false; // opening failed for want of a connection

  /**
   * @param {{notice: (words: string) => void, taken: () => void, now: () => number, link: (live: boolean) => void}} hooks
   * @param {{limit: number, outcomes: Record<string, string>}} options
   */
  constructor(hooks, { limit, outcomes }) {
    this.#hooks = hooks;
    this.#log = new Log(outcomes);
    this.#outbox = new Outbox({
      changed: () => this.#showOutgoing(),
      masked: () => hooks.notice(text.masked),
      has: (conv, seq) => conv !== this.#conv || seq <= this.#log.last,
    });
    this.#composer = new Composer({ send: (words) => this.#outbox.add(this.#conv, words), typing: () => this.#tellTyping() }, limit);
    $('claim').addEventListener('click', () => this.claim(this.#conv));
    $('older').addEventListener('click', () => this.#older());
    setInterval(() => this.#subtitle(), 1000);
  }

  get conv() {
    return this.#conv;
  }

  get mode() {
    return this.#meta?.mode ?? 'none';
  }

  /** Whether leaving the page would lose something. */
  get unsaved() {
    return this.#outbox.unsent > 0 || this.#composer.drafts;
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
      if (conv === this.#conv) await this.#refresh();
      else await this.open(conv);
      this.#composer.focus();
    } catch (error) {
      this.#hooks.notice(error.title ?? text.failed);
    } finally {
      $('claim').disabled = false;
    }
  }

  /** @param {string} outcome @param {string} note raises Problem */
  async finish(outcome, note) {
    const conv = this.#conv;
    await post(address(conv, '/close'), { outcome, note });
    this.#composer.forget(conv);
    if (conv === this.#conv) await this.#refresh();
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
    this.#outbox.retry();
    if (this.mode === 'none' && this.#conv && !this.#stream && this.#retry) this.open(this.#conv, { focus: false });
  }

  #show(meta, page, focus) {
    this.#frame(meta.mode, meta.context.topic);
    this.#meta = meta;
    this.#log.begin(page.events, meta.seq);
    $('older').hidden = !page.more;
    this.#composer.open(meta.conv);
    this.#update();
    this.#showOutgoing();
    this.#follow();
    if (focus && meta.mode === 'mine') this.#composer.focus();
    else if (focus) $('title').focus();
  }

  #follow() {
    const conv = this.#conv;
    this.#stream = new Stream(() => address(conv, `/events?after=${this.#log.last}`), {
      event: (event) => this.#received(event),
      live: () => this.#hooks.link(true),
      lost: () => this.#hooks.link(false),
      refused: (problem) => this.#lost(problem.title),
    });
    this.#stream.run();
  }

  #received(event) {
    if (event.type === 'typing') return this.#showTyping(event.ttl_s);
    if (event.type === 'reset' || event.type === 'signed_out') return this.#lost(event.title);
    if (event.type === 'end') return this.#stream.stop();
    if (!event.seq || !this.#log.add(event)) return undefined;
    if (event.type === 'message') this.#said(event);
    if (event.type === 'handover') this.#refresh();
    return undefined;
  }

  #said({ seq, from, text: words }) {
    if (from.role === 'citizen') this.#showTyping(0);
    if (from.role === 'agent') this.#outbox.arrived(this.#conv, seq, words);
  }

  /** Whose is it now? Asked whenever the log says that something changed. */
  async #refresh() {
    const conv = this.#conv;
    try {
      const meta = await get(address(conv));
      if (conv !== this.#conv) return;
      this.#meta = meta;
      this.#update();
      if (meta.mode === 'mine' && document.activeElement === document.body) this.#composer.focus();
    } catch (error) {
      if (conv === this.#conv && !error.passing) this.#lost(error.title);
    }
  }

  #update() {
    const { mode } = this;
    $('conversation').dataset.mode = mode;
    const hadFocus = [$('claim'), $('finish')].includes(document.activeElement) || $('composer').contains(document.activeElement);
    $('claim').hidden = mode !== 'waiting';
    $('finish').hidden = mode !== 'mine';
    $('composer').hidden = mode !== 'mine';
    say($('state'), text.mode[mode]);
    if (hadFocus && document.activeElement === document.body) (mode === 'mine' ? $('text') : $('title')).focus();
    this.#subtitle();
    showContext(this.#meta);
  }

  #subtitle() {
    if (!this.#meta) return;
    const { mode, channel, queued_at: since, agent } = this.#meta;
    const waiting = mode === 'waiting' && since && text.waits(duration(this.#hooks.now() - since));
    say($('subtitle'), [channel, waiting, mode === 'closed' ? agent : ''].filter(Boolean).join(' · '));
  }

  async #older() {
    const conv = this.#conv;
    $('older').disabled = true;
    try {
      const page = await get(address(conv, `/history?before=${this.#log.first}`));
      if (conv !== this.#conv) return;
      this.#log.prepend(page.events);
      $('older').hidden = !page.more;
      if (!page.more) $('log').focus();
    } catch (error) {
      this.#hooks.notice(error.title ?? text.failed);
    } finally {
      $('older').disabled = false;
    }
  }

  #showTyping(seconds) {
    clearTimeout(this.#typing);
    say($('typing'), seconds ? text.typing : '');
    if (seconds) this.#typing = setTimeout(() => say($('typing'), ''), seconds * 1000);
  }

  #tellTyping() {
    post(address(this.#conv, '/typing')).catch(() => {}); // a lost "is typing" is no loss
  }

  #showOutgoing() {
    this.#log.outgoing(this.#outbox.of(this.#conv), {
      again: () => this.#outbox.retry(),
      discard: (cid) => this.#outbox.discard(cid),
    });
  }

  #leave() {
    this.#stream?.stop();
    this.#stream = null;
    this.#meta = null;
    this.#retry = false;
    this.#showTyping(0);
    this.#hooks.link(true); // nothing of ours is broken any more
  }

  /** It can't be read (any more): say why and what to do. */
  #lost(why, retry = false) {
    this.#leave();
    this.#retry = retry;
    this.#frame('lost', text.notOpened);
    $('welcome').replaceChildren(h('p', { class: 'large' }, why), h('p', {}, retry ? text.lost : text.choose));
    this.#hooks.notice(why);
  }

  #frame(mode, title) {
    const shown = ['waiting', 'mine', 'closed'].includes(mode);
    $('conversation').dataset.mode = mode;
    say($('title'), title);
    say($('subtitle'), '');
    say($('state'), '');
    $('welcome').hidden = shown;
    $('log-frame').hidden = !shown;
    for (const id of ['claim', 'finish', 'composer']) $(id).hidden = true;
    if (!shown) {
      this.#log.clear();
      showContext(null);
      $('welcome').replaceChildren(...(mode === 'none' && this.#conv === ''
        ? [h('p', { class: 'large' }, text.choose), h('p', {}, text.chooseMore)] : [h('p', { class: 'large' }, title)]));
    }
  }
}
