/** The field for an answer or a note: Enter sends, Shift+Enter is a new line; every mode keeps its own draft per conversation. */
import { $, say } from './dom.js';
import { drafts } from './drafts.js';
import { nextBlank } from './placeholders.js';
import { pane, text } from './text.js';

const TYPING_EVERY = 4_000;

export class Composer {
  #conv = '';
  /** @type {import('./drafts.js').Mode} */
  #mode = 'reply';
  #limit;
  #told = -TYPING_EVERY;
  #actions;

  /**
   * @param {{send: (words: string) => void, note: (words: string) => void, typing: () => void, palette: () => void}} actions
   * @param {number} limit characters
   */
  constructor(actions, limit) {
    this.#actions = actions;
    this.#limit = limit;
    const field = $('text');
    field.addEventListener('input', () => this.#input());
    field.addEventListener('beforeinput', (event) => this.#slash(event));
    field.addEventListener('keydown', (event) => this.#key(event));
    $('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    for (const radio of this.#radios) radio.addEventListener('change', () => this.mode(radio.value));
    $('hold-fill').addEventListener('click', () => this.#fill());
    $('hold-send').addEventListener('click', () => this.#submit(true));
    $('insert').addEventListener('click', () => actions.palette());
  }

  /** Whether anything typed would be lost with the tab. */
  get drafts() {
    return drafts.any;
  }

  /** The draft of this conversation. @param {{reply: boolean, note: boolean}} may what the agent may write there */
  open(conv, may) {
    const same = conv === this.#conv;
    this.#conv = conv;
    for (const radio of this.#radios) radio.disabled = !may[radio.value];
    const wanted = same ? this.#mode : drafts.get(conv, 'note') && !drafts.get(conv, 'reply') ? 'note' : 'reply';
    const mode = may[wanted] ? wanted : may.reply ? 'reply' : 'note';
    if (!same || mode !== this.#mode) this.#show(mode);
  }

  forget(conv) {
    drafts.forget(conv);
    if (conv === this.#conv) this.#conv = '';
  }

  focus() {
    $('text').focus();
  }

  /** To whom one writes now. */
  get writes() {
    return this.#mode;
  }

  /** Write to the citizen or to colleagues. @param {import('./drafts.js').Mode} wanted @returns {boolean} whether one may */
  mode(wanted) {
    if ([...this.#radios].find((radio) => radio.value === wanted)?.disabled) return false;
    if (wanted !== this.#mode) this.#show(wanted);
    this.focus();
    return true;
  }

  /** The other mode. */
  toggle() {
    this.mode(this.#mode === 'reply' ? 'note' : 'reply');
  }

  /** Put words at the caret; the first blank among them is selected to fill in. @param {string} words */
  insert(words) {
    const field = $('text');
    this.focus();
    const before = field.value.slice(0, field.selectionStart);
    const piece = (before && !/\s$/.test(before) ? ' ' : '') + words;
    // the browser's own command keeps Ctrl+Z; it is all there is for that
    if (!document.execCommand('insertText', false, piece)) {
      field.setRangeText(piece, field.selectionStart, field.selectionEnd, 'end');
      this.#input();
    }
    const blank = nextBlank(field.value, before.length);
    if (blank && blank.end <= before.length + piece.length) field.setSelectionRange(blank.start, blank.end);
  }

  get #radios() {
    return $('composer').elements.mode;
  }

  #show(mode) {
    this.#mode = mode;
    $('composer').dataset.mode = mode;
    for (const radio of this.#radios) radio.checked = radio.value === mode;
    $('text').value = drafts.get(this.#conv, mode);
    say($('text-label'), pane.composer[mode].label);
    say($('submit'), pane.composer[mode].submit);
    say($('private'), pane.composer[mode].who);
    say($('enter'), pane.composer[mode].enter);
    this.#measure();
    this.#error('');
  }

  /** "/" on an empty line asks for an answer to insert. */
  #slash(event) {
    const { selectionStart: at, selectionEnd: end, value } = $('text');
    const empty = at === end && (at === 0 || value[at - 1] === '\n') && (at === value.length || value[at] === '\n');
    if (event.data !== '/' || !empty || this.#mode !== 'reply') return;
    event.preventDefault();
    this.#actions.palette();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      $('composer').requestSubmit();
    }
    if (event.key === 'Escape') $('log').focus(); // from here single keys work
  }

  #input() {
    const words = $('text').value;
    drafts.set(this.#conv, this.#mode, words);
    this.#measure();
    this.#error('');
    if (words && this.#mode === 'reply' && performance.now() - this.#told > TYPING_EVERY) {
      this.#told = performance.now();
      this.#actions.typing();
    }
  }

  #submit(anyhow = false) {
    const words = $('text').value.trim();
    const [used, limit] = [[...words].length, this.#limit];
    if (!words) return this.#error(pane.composer[this.#mode].empty);
    if (used > limit) return this.#error(text.tooLong(used, limit));
    if (this.#mode === 'reply' && !anyhow && nextBlank(words)) return this.#hold();
    $('text').value = '';
    this.#told = -TYPING_EVERY;
    drafts.set(this.#conv, this.#mode, '');
    this.#measure();
    this.#error('');
    if (this.#mode === 'note') this.#actions.note(words);
    else this.#actions.send(words);
    return this.focus();
  }

  /** A blank was left: ask before it goes to the citizen. */
  #hold() {
    $('hold').hidden = false;
    this.#fill();
  }

  /** To the next blank. */
  #fill() {
    this.focus();
    const { value, selectionEnd } = $('text');
    const blank = nextBlank(value, selectionEnd) ?? nextBlank(value);
    say($('hold-words'), pane.composer.hold(blank.words));
    $('text').setSelectionRange(blank.start, blank.end);
  }

  #measure() {
    const used = [...$('text').value].length;
    const limit = this.#limit;
    say($('counter'), used > limit * 0.8 ? text.counter(used, limit) : '');
    const lines = $('text').value.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 60)), 0);
    $('text').rows = Math.min(8, Math.max(2, lines));
  }

  #error(words) {
    $('hold').hidden = true;
    say($('text-error'), words);
    if (words) {
      $('text').setAttribute('aria-invalid', 'true');
      this.focus();
    } else $('text').removeAttribute('aria-invalid');
  }
}
