/** The dialog that closes a conversation with an outcome. */
import { $, say } from './dom.js';
import { text } from './text.js';

/** @param {(outcome: string, note: string) => Promise<void>} finish raises Problem when it didn't work @param {() => void} done */
export function setupClosing(finish, done) {
  const form = $('closing-form');
  $('finish').addEventListener('click', () => {
    form.reset();
    for (const id of ['outcome-error', 'closing-error']) say($(id), '');
    $('closing').showModal();
    form.elements.outcome[0].focus();
  });
  $('closing-cancel').addEventListener('click', () => $('closing').close());
  form.addEventListener('change', () => say($('outcome-error'), ''));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const outcome = form.elements.outcome.value;
    if (!outcome) {
      say($('outcome-error'), text.outcomeMissing);
      return form.elements.outcome[0].focus();
    }
    const button = form.querySelector('[type=submit]');
    button.disabled = true;
    try {
      await finish(outcome, $('note').value);
      $('closing').close();
      done();
    } catch (error) {
      say($('closing-error'), error.title ?? text.failed);
    } finally {
      button.disabled = false;
    }
    return undefined;
  });
}

/** Codes and labels of the outcomes, as the page has them. */
export function outcomes() {
  const choices = [...$('closing-form').querySelectorAll('[name=outcome]')];
  return Object.fromEntries(choices.map((input) => [input.value, input.parentElement.textContent.trim()]));
}
