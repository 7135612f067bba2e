/** What was typed and not sent, per conversation: an answer and a note each have their own, so that neither becomes the other. */
import { names, read, write } from './kept.js';

/** @typedef {'reply'|'note'} Mode */
const name = (conv, mode) => `draft:${mode}:${conv}`;

export const drafts = {
  /** @param {string} conv @param {Mode} mode */
  get: (conv, mode) => read(name(conv, mode)) ?? '',
  set: (conv, mode, words) => write(name(conv, mode), words.trim() ? words : null),
  forget(conv) {
    for (const mode of ['reply', 'note']) write(name(conv, mode), null);
  },
  /** Whether anything is left unsent. */
  get any() {
    return names('draft:').length > 0;
  },
};
