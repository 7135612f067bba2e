/** Blanks in an answer that somebody must fill in, such as [zaaknummer]. */

const BLANK = /\[\p{L}[\p{L}\p{N} /.,'’-]{0,58}\]/u;

/** @returns {{start: number, end: number, words: string}|null} the first blank at or after `from` */
export function nextBlank(words, from = 0) {
  const found = BLANK.exec(words.slice(from));
  return found && { start: from + found.index, end: from + found.index + found[0].length, words: found[0] };
}
