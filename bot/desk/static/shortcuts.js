/** The keys of the desk. Single keys work only while no field has the focus, and can be turned off (WCAG 2.1.4). */
import { $ } from './dom.js';
import { isOn, preference } from './preferences.js';

const PRESS = { v: 'next', a: 'claim', d: 'pass', p: 'book', s: 'finish', o: 'about' }; // key -> the button that it presses

/**
 * @param {{palette: () => void, reply: () => void, note: () => void, toggle: () => void, undo: () => boolean}} actions
 * @param {Record<string, () => void>} [more] single keys of other parts of the desk; they stand in the help dialog too
 */
export function setupShortcuts(actions, more = {}) {
  const single = { b: actions.reply, n: actions.note, '/': actions.palette, z: actions.undo, ...more };
  $('help-open').addEventListener('click', () => openHelp());
  $('help-close').addEventListener('click', () => $('help').close());
  preference($('keys-on'), 'keys');
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    if (chord(event, actions) || (!writes(event.target) && plain(event) && isOn('keys') && press(event.key, single))) event.preventDefault();
  });
}

/** With Control (or Command): these work in a field too, except for undoing. */
function chord(event, actions) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return false;
  const key = event.key.toLowerCase();
  if (key === 'k') return shown('composer') && (actions.palette(), true);
  if (key === 'i') return shown('composer') && (actions.toggle(), true);
  return key === 'z' && !writes(event.target) && actions.undo();
}

function press(key, single) {
  if (key === '?') return openHelp();
  if (key in single) return single[key]() ?? true;
  const button = key in PRESS && $(PRESS[key]);
  if (!button || button.disabled || !shown(button.id)) return false;
  button.click();
  return true;
}

function openHelp() {
  $('help').showModal();
  return true;
}

const shown = (id) => $(id)?.checkVisibility() ?? false;
const plain = ({ ctrlKey, metaKey, altKey }) => !ctrlKey && !metaKey && !altKey;
/** Radios and checkboxes take no letters, but one who chooses there is filling something in. */
const writes = (target) => target.matches?.('input, textarea, select, [contenteditable]') ?? false;
