/** The dialog that closes a conversation with an outcome, a note for colleagues and what was agreed with the citizen. */
import { $, say } from './dom.js';
import { read, write } from './kept.js';
import { pressed } from './page.js';
import { text } from './text.js';

const form = $('closing-form');
let conv = '';

/**
 * @param {(conv: string, closing: {outcome: string, note: string, agreed: string}) => Promise<void>} finish raises Problem
 * @param {(words: string) => void} notice says what went wrong once the dialog is about another conversation
 */
export function setupClosing(finish, notice) {
  $('closing-cancel').addEventListener('click', () => $('closing').close());
  form.addEventListener('change', () => say($('outcome-error'), ''));
  form.addEventListener('input', () => write(`closing:${conv}`, values()));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!form.elements.outcome.value) {
      say($('outcome-error'), text.outcomeMissing);
      return form.elements.outcome[0].focus();
    }
    const which = conv;
    const failed = (words) => (which === conv ? say($('closing-error'), words) : notice(words));
    const worked = await pressed(form.querySelector('[type=submit]'), () => finish(which, values()), failed);
    if (worked && which === conv) $('closing').close();
    return undefined;
  });
}

/** Ask how it ended; what was filled in before (cancelled, undone, reloaded) is still there. */
export function openClosing(which) {
  conv = which;
  form.reset();
  const { outcome, note = '', agreed = '' } = read(`closing:${conv}`) ?? {};
  for (const radio of form.elements.outcome) radio.checked = radio.value === outcome;
  $('note').value = note;
  $('agreed').value = agreed;
  for (const id of ['outcome-error', 'closing-error']) say($(id), '');
  $('closing').showModal();
  ([...form.elements.outcome].find((radio) => radio.checked) ?? form.elements.outcome[0]).focus();
}

export const forgetClosing = (which) => write(`closing:${which}`, null);

function values() {
  return { outcome: form.elements.outcome.value, note: $('note').value, agreed: $('agreed').value };
}

/** Codes and labels of the outcomes, as the page has them. */
export function outcomes() {
  const choices = [...form.querySelectorAll('[name=outcome]')];
  return Object.fromEntries(choices.map((input) => [input.value, input.parentElement.textContent.trim()]));
}
