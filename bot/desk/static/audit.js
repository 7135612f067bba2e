/** For an administrator: who looked at or did what, newest first, and what is still to be written to the contact register. */
import { get } from './api.js';
import { fullMoment } from './dates.js';
import { $, h, say } from './dom.js';
import { pressed, state } from './page.js';
import { board, text } from './text.js';

const words = board.audit;

export class AuditView {
  #asked = 0;
  #before = null;

  constructor() {
    $('audit-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#load();
    });
    $('audit-form').addEventListener('reset', () => setTimeout(() => this.#load())); // after the fields are empty
    $('audit-more').addEventListener('click', ({ currentTarget }) => pressed(currentTarget, () => this.#page(this.#before), (why) => this.#failed(why, true)));
    $('unwritten-again').addEventListener('click', () => this.#unwritten());
  }

  show() {
    this.#load();
    this.#unwritten();
  }

  async #load() {
    state('audit-state', words.loading);
    $('audit-entries').replaceChildren();
    $('audit-more').hidden = true;
    try {
      await this.#page(null);
    } catch (error) {
      this.#failed(error.title ?? text.failed, false);
    }
  }

  #failed(why, more) {
    state('audit-state', why, more ? () => $('audit-more').click() : () => this.#load());
  }

  /** The next page; raises Problem. An answer that a newer question overtook is dropped. */
  async #page(before) {
    const asked = before ? this.#asked : (this.#asked += 1);
    const wanted = new URLSearchParams(Object.entries({
      conv: $('audit-conv').value.trim(), agent: $('audit-agent').value.trim(), day: $('audit-day').value, before: before ?? '',
    }).filter(([, value]) => value));
    const answer = await get(`/api/audit?${wanted}`);
    if (asked !== this.#asked) return;
    this.#before = answer.before;
    const first = answer.entries.map((entry) => this.#row(entry));
    $('audit-entries').append(...first);
    $('audit-table').hidden = !$('audit-entries').children.length;
    $('audit-more').hidden = !answer.before;
    if (answer.days) say($('audit-days'), words.days(answer.days));
    const shown = $('audit-entries').children.length;
    state('audit-state', shown ? words.shown(shown, !answer.before) : answer.before ? words.noneYet : words.none);
    if (before && !answer.before) first[0]?.querySelector('button')?.focus();
  }

  #row({ at, agent, action, conv, reference, details }) {
    const only = (field, value) => () => {
      $(field).value = value;
      $('audit-form').requestSubmit();
    };
    return h('tr', { 'data-testid': 'audit-entry' },
      h('td', {}, h('time', { datetime: new Date(at * 1000).toISOString() }, fullMoment(at * 1000))),
      h('td', {}, agent.id ? h('button', { type: 'button', class: 'link', title: words.onlyAgent, onclick: only('audit-agent', agent.id) }, agent.name || agent.id) : words.unknown),
      h('td', {}, words.actions[action] ?? action),
      h('td', {}, conv ? h('button', { type: 'button', class: 'link', title: words.onlyConv, onclick: only('audit-conv', reference ?? conv) }, reference ?? conv) : '–'),
      h('td', {}, Object.entries(details ?? {}).map(([name, value]) => `${words.details[name] ?? name}: ${words.values[value] ?? value}`).join(', ') || '–'));
  }

  async #unwritten() {
    state('unwritten-state', words.loading);
    try {
      const { tasks, unwritten } = await get('/api/tasks');
      const waiting = tasks.filter((task) => task.state === 'unwritten');
      $('unwritten').replaceChildren(...waiting.map(({ reference, problem, at }) => h('tr', { 'data-testid': 'unwritten-task' },
        h('th', { scope: 'row' }, reference), h('td', {}, at ? fullMoment(at * 1000) : '–'), h('td', {}, problem || words.noProblem))));
      $('unwritten-table').hidden = !waiting.length;
      state('unwritten-state', unwritten ? words.unwritten(unwritten) : words.allWritten);
    } catch (error) {
      state('unwritten-state', error.title ?? text.failed, () => this.#unwritten());
    }
  }
}
