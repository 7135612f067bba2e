/** What an agent decides about a conversation: close, pass on, assign, book; and how that is taken back. */
import { address, post } from './api.js';
import { forgetBooking, openBooking, setupBooking } from './booking.js';
import { forgetClosing, openClosing, setupClosing } from './closing.js';
import { $, say } from './dom.js';
import { pane, text } from './text.js';
import { forgetTransfer, openTransfer, setupTransfer } from './transfer.js';
import { Undo } from './undo.js';

export class Acts {
  #hooks;
  #undo;
  #view = { mine: [] };

  /**
   * @param {{meta: () => object|null, now: () => number, notice: (words: string) => void, changed: (conv: string) => unknown,
   *   forget: (conv: string) => void, passing: (conv: string, on: boolean) => void, others: (conv: string) => object[]}} hooks
   *   `changed`: look again; `forget`: it is not the agent's any more; `passing`: it is being given to somebody else;
   *   `others`: the people who can get it
   */
  constructor(hooks) {
    this.#hooks = hooks;
    this.#undo = new Undo({ now: hooks.now, notice: hooks.notice, undone: hooks.changed, done: (conv) => this.forget(conv) });
    $('finish').addEventListener('click', () => openClosing(hooks.meta().conv));
    $('book').addEventListener('click', () => openBooking(hooks.meta().conv));
    for (const id of ['pass', 'assign']) $(id).addEventListener('click', () => openTransfer(hooks.meta(), hooks.others(hooks.meta().conv)));
    setupClosing(async (conv, closing) => this.#done(conv, 'close', await post(address(conv, '/close'), closing), text.closed), hooks.notice);
    setupTransfer(async (conv, to, mine, name) => {
      hooks.passing(conv, true); // who may not read on knows it from the stream, maybe before the answer is here
      const answer = await post(address(conv, mine ? '/transfer' : '/assign'), to).catch((error) => {
        hooks.passing(conv, false);
        throw error;
      });
      return this.#done(conv, to.team ? 'team' : 'agent', answer, pane.transfer.done(name));
    }, hooks.notice);
    setupBooking((words) => {
      say($('news'), words);
      hooks.changed(hooks.meta()?.conv); // the appointment stands beside the conversation at once
    }, hooks.notice);
  }

  /** What the lists say. */
  look(view) {
    this.#view = view;
    this.#undo.look(view.mine);
  }

  /** The conversation on the screen says that nothing is pending any more. @param {boolean} wrote the citizen wrote meanwhile */
  stopped(conv, wrote) {
    this.#undo.stopped(conv, wrote);
  }

  /** Take back the newest. @returns {boolean} whether there is anything to take back */
  undo() {
    return this.#undo.last();
  }

  /** What was typed about it goes: it is not the agent's any more. */
  forget(conv) {
    for (const drop of [forgetClosing, forgetTransfer, forgetBooking, this.#hooks.forget]) drop(conv);
  }

  /** It is done, or will be unless it is taken back. */
  #done(conv, act, { undo_until: until }, words) {
    if (until) this.#undo.add(conv, this.#topic(conv), act, until);
    else {
      say($('news'), words);
      this.forget(conv);
    }
    this.#hooks.changed(conv);
  }

  #topic(conv) {
    const meta = this.#hooks.meta();
    return (meta?.conv === conv ? meta.context.topic : this.#view.mine.find((row) => row.conv === conv)?.topic) ?? '';
  }
}
