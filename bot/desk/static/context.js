/** The right column: what the bot tells the agent. */
import { $, h } from './dom.js';
import { when, text } from './text.js';

const fact = (name, value) => value && [h('dt', {}, text.facts[name]), h('dd', { 'data-testid': TESTID[name] }, value)];
const TESTID = { topic: 'context-topic', summary: 'context-summary', zaaknummer: 'context-zaak' };

/** @param {object|null} meta what `GET /desk/api/conv/{c}` says; null: no conversation */
export function showContext(meta) {
  $('context-empty').hidden = Boolean(meta);
  $('facts').hidden = !meta;
  if (!meta) return $('facts').replaceChildren();
  const { context } = meta;
  const queued = meta.queued_at && when(meta.queued_at * 1000);
  return $('facts').replaceChildren(...[
    fact('topic', context.topic),
    fact('summary', context.summary || text.noSummary),
    fact('zaaknummer', context.zaaknummer && h('span', { class: 'number' }, context.zaaknummer)),
    fact('reason', context.reason),
    fact('channel', meta.channel),
    fact('locale', meta.locale !== 'nl' && (text.languages[meta.locale] ?? meta.locale)),
    fact(meta.mode === 'waiting' ? 'waiting' : 'queued', queued),
    fact('started', meta.started && when(meta.started)),
    fact('agent', meta.mode !== 'mine' && meta.agent),
  ].flat().filter(Boolean));
}
