/** Call-backs: who wants to be called, who does it, and how it went. The longest waiting first. */
import { get, post } from './api.js';
import { when } from './dates.js';
import { $, h, reconcile, say, unseen } from './dom.js';
import { Fresh, announce, pressed, state } from './page.js';
import { TALK } from './tabs.js';
import { board, text } from './text.js';

const SECONDS = 60; // every look is in the audit log; what changes here is told by the stream of lists
const words = board.tasks;
const path = (reference, act) => `/api/tasks/${encodeURIComponent(reference)}/${act}`;

export class Tasks {
  #fresh = new Fresh(() => this.#load(), SECONDS);
  #hooks;
  #me;
  #known = '';
  #finishing = ''; // reference of the task in the dialog
  #failing = 0; // timer of what went wrong last

  /** @param {{open: (conv: string) => void, count: (open: number, unwritten: number) => void}} hooks @param {string} me id of this agent */
  constructor(hooks, me) {
    this.#hooks = hooks;
    this.#me = me;
    $('task-cancel').addEventListener('click', () => $('task-done').close());
    $('task-done-form').addEventListener('submit', (event) => this.#finish(event));
    $('task-done-form').addEventListener('change', () => say($('task-outcome-error'), ''));
  }

  show() {
    this.#fresh.show();
  }

  hide() {
    this.#fresh.hide();
  }

  /** What the stream of lists says about tasks. */
  changed(counts) {
    if (!counts) return;
    const key = JSON.stringify(counts);
    if (key !== this.#known && this.#known) this.#fresh.now();
    this.#known = key;
    this.#hooks.count(counts.open, counts.unwritten);
  }

  async #load() {
    if (!$('tasks-list').children.length && $('tasks-state').hidden) state('tasks-state', words.loading);
    try {
      const { tasks, trouble } = await get('/api/tasks');
      this.#show(tasks, trouble);
    } catch (error) {
      state('tasks-state', error.title ?? text.failed, () => this.#fresh.now());
    }
  }

  #show(tasks, trouble) {
    const unwritten = tasks.filter((task) => !task.registered).length;
    state('tasks-state', tasks.length || trouble ? '' : words.none);
    say($('tasks-trouble'), [trouble && (typeof trouble === 'string' ? trouble : words.down), unwritten && words.unwritten(unwritten)].filter(Boolean).join(' '));
    $('tasks-trouble').hidden = !$('tasks-trouble').textContent;
    reconcile($('tasks-list'), tasks.map((task) => ({ ...task, key: task.reference })), () => h('li', {}), (node, task) => this.#fill(node, task));
  }

  /** A card is made anew only when its task changed, so that nothing moves or loses the focus for nothing. */
  #fill(node, task) {
    const made = JSON.stringify(task);
    if (node.dataset.made === made) return;
    node.dataset.made = made;
    const focused = node.contains(document.activeElement) && document.activeElement.dataset.act;
    node.replaceChildren(this.#card(task));
    if (focused) (node.querySelector(`[data-act="${focused}"]`) ?? node.querySelector('button, a'))?.focus();
  }

  #card(task) {
    const { reference, name, phone, topic, summary, team, tries, taken_by: taker } = task;
    const mine = taker?.id === this.#me;
    const kind = [mine && 'mine', taker && !mine && 'taken', !task.registered && 'unwritten'].filter(Boolean).join(' ');
    return h('article', { class: `task ${kind}`, 'aria-labelledby': `task-${reference}`, 'data-testid': 'task', 'data-reference': reference },
      h('div', { class: 'who-to-call' },
        h('h3', { id: `task-${reference}` }, name || words.noName),
        phone ? h('p', { class: 'phone' }, h('a', { href: `tel:${phone.replace(/[^+\d]/g, '')}`, 'data-act': 'call' }, phoneWords(phone)), this.#copy(phone, name)) : h('p', {}, words.noPhone),
        h('p', { class: 'moment' }, h('span', { class: 'label' }, words.when), ' ', task.when || words.anyTime)),
      h('div', { class: 'about-what' },
        h('p', { class: 'topic' }, topic || words.noTopic),
        summary && h('p', {}, summary),
        h('p', { class: 'tags' }, [team?.name ?? team, task.zaak && words.zaak(task.zaak), reference, task.at && words.since(when(task.at * 1000))].filter(Boolean).join(' · ')),
        this.#marks(task, taker, mine, tries),
        task.conv && h('p', {}, h('a', { href: TALK + task.conv, 'data-act': 'read', onclick: (event) => this.#open(event, task.conv) }, words.conversation))),
      h('div', { class: 'buttons' }, ...this.#buttons(task, taker, mine)));
  }

  #marks({ registered, problem, state: standing }, taker, mine, tries) {
    const marks = [
      taker && h('span', { class: 'mark fresh' }, mine ? words.youCall : words.calls(taker.name)),
      tries > 0 && h('span', { class: 'mark away' }, words.tries(tries)),
      !registered && h('span', { class: 'mark pending' }, words.notWritten),
      registered && standing === 'unwritten' && h('span', { class: 'mark pending' }, words.changeNotWritten),
      problem && h('span', { class: 'problem' }, problem),
    ].filter(Boolean);
    return marks.length ? h('p', { class: 'marks' }, ...marks.flatMap((mark) => [mark, ' '])) : null;
  }

  #buttons(task, taker, mine) {
    const { reference, name } = task;
    const button = (act, label, kind, onclick) =>
      h('button', { type: 'button', class: `${kind} small`, 'data-act': act, onclick }, label, unseen(` (${name || reference})`));
    const act = (what) => ({ currentTarget }) => this.#act(currentTarget, reference, what);
    if (!taker) return [button('take', words.take, 'primary', act('take'))];
    if (!mine) return [];
    return [
      button('done', words.done, 'primary', () => this.#ask(task)),
      button('tried', words.tried, 'secondary', act('tried')),
      button('leave', words.leave, 'quiet', act('leave')),
    ];
  }

  #copy(phone, name) {
    return h('button', { type: 'button', class: 'quiet small', 'data-act': 'copy', onclick: async ({ currentTarget }) => {
      try {
        await navigator.clipboard.writeText(phone);
        announce(words.copied(phone));
        currentTarget.firstChild.textContent = words.copiedShort;
      } catch {
        this.#fail(words.notCopied);
      }
    } }, words.copy, unseen(` ${words.copyWhat(name || phone)}`));
  }

  #open(event, conv) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#hooks.open(conv);
  }

  async #act(button, reference, what) {
    const worked = await pressed(button, () => post(path(reference, what)), (why) => this.#fail(why));
    if (worked) announce(words.did[what]);
    await this.#fresh.now();
  }

  #fail(why) {
    say($('tasks-problem'), why);
    $('tasks-problem').hidden = false;
    clearTimeout(this.#failing);
    this.#failing = setTimeout(() => { $('tasks-problem').hidden = true; }, 10_000);
  }

  #ask(task) {
    this.#finishing = task.reference;
    $('task-done-form').reset();
    for (const id of ['task-outcome-error', 'task-error']) say($(id), '');
    say($('task-who'), [task.name, task.topic].filter(Boolean).join(' · '));
    $('task-done').showModal();
    $('task-done-form').elements['task-outcome'][0].focus();
  }

  async #finish(event) {
    event.preventDefault();
    const { elements } = $('task-done-form');
    const outcome = elements['task-outcome'].value;
    if (!outcome) {
      say($('task-outcome-error'), words.outcomeMissing);
      return elements['task-outcome'][0].focus();
    }
    const body = { outcome, note: $('task-note').value };
    const worked = await pressed(event.submitter ?? $('task-done-form').querySelector('[type=submit]'),
      () => post(path(this.#finishing, 'done'), body), (why) => say($('task-error'), why));
    if (!worked) return undefined;
    $('task-done').close();
    announce(words.did.done);
    await this.#fresh.now();
    if (document.activeElement === document.body) $('tasks-title').focus();
    return undefined;
  }
}

/** A Dutch number as one reads it out, others as they are: "+31612345678" is "06 12 34 56 78". */
function phoneWords(phone) {
  return phone.replace(/^\+316(\d\d)(\d\d)(\d\d)(\d\d)$/, '06 $1 $2 $3 $4').replace(/^\+31(?=[1-9]\d{8}$)/, '0');
}
