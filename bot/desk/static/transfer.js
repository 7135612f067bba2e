/** The dialog that passes a conversation on: to a team or a colleague, with a note. A team lead assigns with the same one. */
import { $, h, say } from './dom.js';
import { read, write } from './kept.js';
import { pressed } from './page.js';
import { pane } from './text.js';

const form = $('transfer-form');
let conv = '';
let mine = true;

/**
 * @param {(conv: string, to: {team?: string, agent?: string, note: string}, mine: boolean, name: string) => Promise<void>} pass raises Problem
 * @param {(words: string) => void} notice says what went wrong once the dialog is about another conversation
 */
export function setupTransfer(pass, notice) {
  $('transfer-cancel').addEventListener('click', () => $('transfer').close());
  form.addEventListener('change', () => say($('to-error'), ''));
  $('transfer-note').addEventListener('input', () => write(`transfer:${conv}`, $('transfer-note').value || null));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const chosen = form.querySelector('[name=to]:checked');
    if (!chosen) {
      say($('to-error'), pane.transfer.missing);
      return enabled()?.focus();
    }
    const which = conv;
    const { kind, id, name } = chosen.dataset;
    const failed = (words) => (which === conv ? say($('transfer-error'), words) : notice(words));
    const worked = await pressed(form.querySelector('[type=submit]'),
      () => pass(which, { [kind]: id, note: $('transfer-note').value }, mine, name), failed);
    if (worked && which === conv) $('transfer').close();
    return undefined;
  });
}

/** @param {{conv: string, mode: string, team?: {id: string}}} meta @param {object[]} colleagues as the lists have them */
export function openTransfer(meta, colleagues) {
  conv = meta.conv;
  mine = meta.mode === 'mine';
  form.reset();
  say($('transfer-title'), mine ? pane.transfer.title : pane.transfer.assign);
  say($('transfer-submit'), mine ? pane.transfer.submit : pane.transfer.assign);
  $('transfer-note').value = read(`transfer:${conv}`) ?? '';
  for (const id of ['to-error', 'transfer-error']) say($(id), '');
  const teams = [...form.querySelectorAll('[data-kind=team]')];
  for (const input of teams) input.parentElement.hidden = input.dataset.id === meta.team?.id;
  $('transfer-teams').hidden = teams.every((input) => input.parentElement.hidden);
  $('transfer-agents').replaceChildren(...colleagues.map((person) => choice(person, standing(person), !free(person))));
  $('transfer-nobody').hidden = colleagues.length > 0;
  $('transfer').showModal();
  (enabled() ?? $('transfer-cancel')).focus();
}

export const forgetTransfer = (which) => write(`transfer:${which}`, null);

const full = ({ busy_with: busy, limit }) => Boolean(limit) && busy >= limit;
const free = (person) => person.status === 'available' && !full(person);

function standing(person) {
  const { status, busy_with: busy, limit } = person;
  const state = status === 'available' && full(person) ? pane.transfer.full : pane.statuses[status] ?? status;
  return `${state}, ${pane.transfer.has(busy, limit)}`;
}

const enabled = () => [...form.querySelectorAll('[name=to]:enabled')].find((input) => input.checkVisibility());

function choice({ id, name }, detail, disabled) {
  return h('label', { class: 'choice' },
    h('input', { type: 'radio', name: 'to', disabled, 'data-kind': 'agent', 'data-id': id, 'data-name': name }),
    h('span', {}, name, h('span', { class: 'detail' }, ` ${detail}`)));
}
