/** For a team lead: who waits for which team, who is there, and whether citizens are helped in the time that was agreed. */
import { get } from './api.js';
import { duration, durationWords } from './dates.js';
import { $, h, reconcile, say, unseen } from './dom.js';
import { Fresh, bar, figure, state } from './page.js';
import { board, text } from './text.js';

const SECONDS = 10;
const words = board.team;

export class TeamView {
  #fresh = new Fresh(() => this.#load(), SECONDS);
  #hooks;
  #shown = {};

  /** @param {{lists: () => object, now: () => number, open: (conv: string) => void, move: (conv: string) => void}} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  show() {
    this.#conversations();
    this.#fresh.show();
  }

  hide() {
    this.#fresh.hide();
  }

  /** The lists changed: who waits, who has what. */
  changed() {
    if (!this.#fresh.shown) return;
    this.#conversations();
    this.#fresh.now();
  }

  async #load() {
    if (!this.#shown.level) state('overview-state', words.loading);
    try {
      const { queue, agents, level } = await get('/api/team');
      state('overview-state', '');
      $('overview-body').hidden = false;
      this.#table('level', level, (value) => this.#level(value));
      this.#table('queues', queue, (value) => value.map((each) => this.#queue(each, level)));
      this.#table('agents', agents, (value) => value.map((each) => this.#agent(each)));
      this.#conversations(); // time goes on, also when nothing else changes
    } catch (error) {
      state('overview-state', error.title ?? text.failed, () => this.#fresh.now());
    }
  }

  /** Made anew only when it changed. */
  #table(name, value, make) {
    const made = JSON.stringify(value);
    if (this.#shown[name] === made) return;
    this.#shown[name] = made;
    $(`overview-${name}`).replaceChildren(...[make(value)].flat());
    const empty = $(`overview-${name}-empty`);
    if (empty) empty.hidden = value.length > 0;
  }

  #level({ within_minutes: agreed, taken, within, median_s: median, longest_s: longest, beyond }) {
    const share = taken ? Math.round((within / taken) * 100) : null;
    return [
      h('div', { class: 'figure wide' },
        h('dd', {}, share === null ? '–' : `${share}%`, bar(within, taken)),
        h('dt', {}, taken ? words.within(within, taken, agreed) : words.noneTaken(agreed))),
      figure(median === null || median === undefined ? '–' : duration(median), words.median),
      figure(longest === null || longest === undefined ? '–' : duration(longest), words.longest, longest > agreed * 60 ? 'over' : ''),
      figure(String(beyond ?? 0), words.beyond(agreed), beyond ? 'over' : ''),
    ];
  }

  #queue({ team, waiting, longest_s: longest, available }, { within_minutes: agreed }) {
    const late = longest > agreed * 60;
    return h('tr', {},
      h('th', { scope: 'row' }, team?.name ?? team),
      h('td', { class: 'number' }, String(waiting)),
      h('td', { class: late ? 'over' : '' }, waiting ? duration(longest) : '–', late && ` · ${words.late}`, waiting ? bar(longest, agreed * 60) : null),
      h('td', { class: available || !waiting ? '' : 'over' }, available ? String(available) : words.nobody));
  }

  #agent({ name, status, busy_with: has, limit, teams }) {
    return h('tr', {},
      h('th', { scope: 'row' }, name),
      h('td', {}, h('span', { class: `presence ${status}` }, words.statuses[status] ?? status)),
      h('td', {}, limit ? words.load(has, limit) : String(has), limit ? bar(has, limit) : null),
      h('td', {}, teams?.length ? teams.map((team) => team?.name ?? team).join(', ') : words.allTeams));
  }

  /** Everything that waits or is being helped, with a way to move it. */
  #conversations() {
    const { waiting, team, mine } = this.#hooks.lists();
    const rows = [...waiting.map((row) => ({ ...row, place: words.inQueue })), ...[...mine, ...team].map((row) => ({ ...row, place: row.agent?.name ?? words.you }))];
    reconcile($('overview-conversations'), rows.map((row) => ({ ...row, key: row.conv })), (row) => this.#conversation(row), (node, row) => this.#fill(node, row));
    $('overview-conversations-empty').hidden = rows.length > 0;
  }

  #conversation({ conv, reference }) {
    const { open, move } = this.#hooks;
    return h('tr', { 'data-testid': 'moving', 'data-conv': conv },
      h('th', { scope: 'row' }, h('button', { type: 'button', class: 'link', onclick: () => open(conv) }),
        h('span', { class: 'mark urgent' }, board.lists.urgent), h('span', { class: 'tags' }, reference)),
      h('td', { 'data-cell': 'team' }), h('td', { 'data-cell': 'place' }), h('td', { 'data-cell': 'since' }),
      h('td', {}, h('button', { type: 'button', class: 'secondary small', onclick: () => move(conv) }, words.move, unseen(''))));
  }

  #fill(node, { topic, team, place, since, priority }) {
    say(node.querySelector('.link'), topic);
    node.querySelector('.urgent').hidden = !priority;
    for (const [cell, value] of Object.entries({ team: team.name, place, since: durationWords(this.#hooks.now() - since) })) {
      say(node.querySelector(`[data-cell=${cell}]`), value);
    }
    say(node.querySelector('.small .unseen'), ` ${topic}`);
  }
}
