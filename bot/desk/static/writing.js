/** Everything an agent writes in a conversation: answers and notes, what is inserted and suggested, and what is on its way. */
import { address, post } from './api.js';
import { Composer } from './composer.js';
import { $ } from './dom.js';
import { Outbox } from './outbox.js';
import { Palette } from './palette.js';
import { nextBlank } from './placeholders.js';
import { Suggestions } from './suggestions.js';
import { pane, text } from './text.js';

export class Writing {
  #hooks;
  #outbox;
  #composer;
  #palette;
  #suggestions;
  #into = 'reply'; // where what the palette finds goes: where one wrote when it was opened

  /**
   * @param {{conv: () => string, log: () => import('./log.js').Log, notice: (words: string) => void}} hooks
   * @param {number} limit characters
   */
  constructor(hooks, limit) {
    this.#hooks = hooks;
    this.#outbox = new Outbox({
      changed: () => this.showOutgoing(),
      masked: () => hooks.notice(text.masked),
      has: (conv, seq) => conv !== hooks.conv() || seq <= hooks.log().last,
    });
    this.#composer = new Composer({
      send: (words) => this.#send(words),
      note: (words) => this.#outbox.add(hooks.conv(), 'notes', words),
      typing: () => post(address(hooks.conv(), '/typing')).catch(() => {}), // a lost "is typing" is no loss
      palette: () => this.palette(),
    }, limit);
    this.#palette = new Palette({
      insert: (words) => this.#insert(this.#into, words), conv: hooks.conv, focus: () => this.#composer.focus(),
    });
    this.#suggestions = new Suggestions({
      insert: (words) => this.#insert('reply', words), changed: () => hooks.log().settle(),
      send: (words) => (nextBlank(words) ? this.#insert('reply', words) : this.#send(words)),
    });
  }

  /** Whether leaving the page would lose something. */
  get unsaved() {
    return this.#outbox.unsent > 0 || this.#composer.drafts;
  }

  get open() {
    return !$('composer').hidden;
  }

  /** @param {string} conv @param {{reply: boolean, note: boolean}} may what the agent may write there */
  show(conv, may) {
    $('composer').hidden = !may.reply && !may.note;
    if (this.open) this.#composer.open(conv, may);
  }

  focus() {
    this.#composer.focus();
  }

  forget(conv) {
    this.#composer.forget(conv);
  }

  /** What the keyboard asks for. */
  palette() {
    if (!this.open) return;
    this.#into = this.#composer.writes;
    this.#palette.open();
  }

  /** @param {'reply'|'note'} wanted @returns {boolean} whether there is such a field */
  mode(wanted) {
    return this.open && this.#composer.mode(wanted);
  }

  toggle() {
    if (this.open) this.#composer.toggle();
  }

  /** The citizen's newest message that nobody answered; 0: none, or not this agent's to answer. */
  answers(seq) {
    this.#suggestions.about(seq ? this.#hooks.conv() : '', seq);
  }

  suggested(seq) {
    this.#suggestions.ready(seq);
  }

  /** The connection of the conversation is (back) there. */
  live() {
    this.#suggestions.again();
  }

  /** The server can be reached: what failed goes out again. */
  retry() {
    this.#outbox.retry();
  }

  /** The log has something of an agent. @param {'messages'|'notes'} kind */
  arrived(kind, { seq, text: words }) {
    this.#outbox.arrived(this.#hooks.conv(), kind, seq, words);
  }

  showOutgoing() {
    this.#hooks.log().outgoing(this.#outbox.of(this.#hooks.conv()), {
      again: () => this.#outbox.retry(),
      edit: ({ cid, kind, text: words }) => {
        if (this.#insert(kind === 'notes' ? 'note' : 'reply', words)) this.#outbox.discard(cid);
      },
      discard: (cid) => this.#outbox.discard(cid),
    });
  }

  #send(words) {
    this.#outbox.add(this.#hooks.conv(), 'messages', words);
    this.answers(0);
  }

  /** Into the field, to be read and sent; the conversation may have got another owner meanwhile. @returns {boolean} whether there was one */
  #insert(mode, words) {
    const there = this.mode(mode);
    if (there) this.#composer.insert(words);
    else this.#hooks.notice(pane.composer.noField);
    return there;
  }
}
