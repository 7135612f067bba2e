/**
 * The parts of a message. Those that ask for an answer (`.ask`) give it to `respond`; after that the view retires them:
 * they stay readable, can't be used again, and never let go of the focus.
 */
import { h, icon, link, safeUrl, uid, unseen } from './dom.js';
import { dateOf, dueOn, momentOf, text } from './text.js';

/** Makes a question unusable. `label` marks the option that was chosen. The element with the focus keeps it. */
export function retire(question, label) {
  if ('retired' in question.dataset) return;
  question.dataset.retired = '';
  const focused = question.getRootNode().activeElement;
  for (const control of question.querySelectorAll('button, input')) {
    control.setAttribute('aria-disabled', 'true');
    if (control.type === 'radio') control.disabled = control !== focused;
    else if (control.type !== 'submit' && control.type !== 'button') control.readOnly = true;
    if (control.dataset.sensitive !== undefined) control.value = '';
    if (!label || control.dataset.label !== label) continue;
    control.append(unseen(` (${text.used})`));
    control.dataset.used = '';
  }
}

/** The question counts again: the server refused the answer, and another one can be right. */
export function revive(question) {
  delete question.dataset.retired;
  for (const control of question.querySelectorAll('button, input')) {
    control.removeAttribute('aria-disabled');
    control.disabled = control.readOnly = false;
    delete control.dataset.used;
    control.querySelector('.unseen')?.remove();
  }
}

/** A question whose answer comes from `read`, which returns null (and has shown why) when it isn't complete. */
function question(kind, respond, read, ...content) {
  const form = h('form', { class: `ask ${kind}`, novalidate: true, 'data-testid': `balie-${kind}` }, ...content);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if ('retired' in form.dataset) return;
    const answer = read(form);
    if (answer) respond(answer);
  });
  return form;
}

const submitButton = (label) => h('button', { type: 'submit', class: 'button primary' }, label);

/** An error in words, tied to its controls. */
function errorFor(controls, description = '') {
  const id = uid('error');
  const node = h('p', { class: 'error', id, hidden: true });
  const show = (words) => {
    node.textContent = words;
    node.hidden = !words;
    for (const control of controls) {
      control.setAttribute('aria-describedby', [description, words && id].filter(Boolean).join(' '));
      if (control.type !== 'radio') control.setAttribute('aria-invalid', String(Boolean(words)));
    }
    if (words) controls[0].focus(); // the citizen pressed the button: bring them to what is wrong
  };
  return { node, show };
}

function choices(part, respond) {
  const group = h('div', {
    class: 'ask choices', role: 'group', 'aria-label': part.label || text.choices, 'data-testid': 'balie-choices',
  });
  for (const { label, value } of part.options) {
    const choose = () => {
      if (!('retired' in group.dataset)) respond({ type: 'choice', value, text: label });
    };
    group.append(h('button', {
      type: 'button', class: 'chip', onclick: choose, 'data-label': label, 'data-testid': 'balie-choice',
    }, label));
  }
  return group;
}

function date(part, respond) {
  const id = uid('date');
  const hint = uid('hint');
  const { min, max } = part;
  const input = h('input', { type: 'date', id, min, max, 'aria-describedby': hint, required: true });
  const error = errorFor([input], hint);
  const wrong = () => {
    if (!input.value) return text.dateMissing;
    const { rangeUnderflow, rangeOverflow } = input.validity;
    if (rangeUnderflow || rangeOverflow) return text.dateRange(min && dateOf(min), max && dateOf(max));
    return part.closed?.includes(input.value) ? text.dateClosed : '';
  };
  const read = () => {
    error.show(wrong());
    return wrong() ? null : { type: 'date', value: input.value, text: dateOf(input.value, true) };
  };
  return question('date', respond, read,
    h('label', { for: id }, part.label || text.pickDate), input, error.node,
    h('p', { class: 'hint', id: hint }, text.dateHint), submitButton(text.confirmDate));
}

function radios(legend, options) {
  const name = uid('radio');
  const inputs = options.map(({ value }) => h('input', { type: 'radio', name, value }));
  const error = errorFor(inputs);
  const node = h('fieldset', {}, h('legend', {}, legend),
    h('div', { class: 'radios' }, ...options.map(({ label, hint }, index) =>
      h('label', {}, inputs[index], h('span', {}, label, hint && unseen(`, ${hint}`))))),
    error.node);
  return { node, error, value: () => inputs.find((input) => input.checked)?.value ?? '' };
}

function time(part, respond) {
  const group = radios(part.label || text.pickTime, part.slots.map((slot) => ({ value: slot, label: slot })));
  const read = () => {
    const value = group.value();
    group.error.show(value ? '' : text.timeMissing);
    return value ? { type: 'time', value, text: text.clock(value) } : null;
  };
  return question('time', respond, read, group.node, submitButton(text.confirmTime));
}

export function rating(respond) {
  const scale = text.rateScale.map((hint, index) => ({ value: String(index + 1), label: String(index + 1), hint }));
  const group = radios(text.rating, scale);
  const ends = h('p', { class: 'ends', 'aria-hidden': 'true' },
    h('span', {}, scale[0].hint), h('span', {}, scale.at(-1).hint));
  const read = () => {
    const value = group.value();
    group.error.show(value ? '' : text.rateMissing);
    return value ? { type: 'rating', value, text: text.rated(value) } : null;
  };
  return question('rating', respond, read, group.node, ends, submitButton(text.rate));
}

const FIELD_TYPES = ['text', 'email', 'tel', 'date'];

/** One field of a form: label, hint, input, error. Where every field is optional, that is not said of each. */
function field(spec, _index, all) {
  const id = uid('field');
  const hint = spec.hint && uid('hint');
  const required = spec.required !== false;
  const input = h('input', {
    id, name: spec.name, type: FIELD_TYPES.includes(spec.type) ? spec.type : 'text', required,
    autocomplete: spec.autocomplete || 'off', pattern: spec.pattern, inputmode: spec.inputmode,
    maxlength: spec.maxlength || 200, spellcheck: 'false', autocapitalize: 'off', 'aria-describedby': hint,
    'data-sensitive': Boolean(spec.sensitive),
  });
  const error = errorFor([input], hint);
  const wrong = () => {
    if (required && !input.value.trim()) return text.fieldMissing(spec.label);
    return input.checkValidity() ? '' : spec.error || text.fieldWrong(spec.label);
  };
  const node = h('div', { class: 'field' },
    h('label', { for: id }, spec.label, !required && all.some((other) => other.required !== false) && text.optional),
    hint && h('p', { class: 'hint', id: hint }, spec.hint), input, error.node);
  return { spec, input, node, wrong, error };
}

function form(part, respond, server) {
  const fields = part.fields.map(field);
  const read = () => {
    const wrong = fields.filter((one) => one.wrong());
    for (const one of fields) if (!wrong.includes(one)) one.error.show('');
    for (const one of wrong.reverse()) one.error.show(one.wrong()); // the first one last: it gets the focus
    if (wrong.length) return null;
    const value = Object.fromEntries(fields.map(({ spec, input }) => [spec.name, input.value.trim()]));
    const filled = fields.filter(({ input }) => input.value.trim()).map(({ spec }) => spec.label);
    if (!filled.length) return fields[0].error.show(text.nothingFilled); // none is required, but nothing is no answer
    return { type: 'form', value, text: text.filled(filled.join(', ')) }; // what was filled in is not shown again
  };
  const made = question('form', respond, read, ...fields.map(({ node }) => node), submitButton(part.submit || text.submit));
  const code = fields.find(({ spec }) => spec.name === 'inlogcode')?.input;
  if (code) import('./login.js').then(({ takeCode }) => takeCode(server, code)).catch(() => {}); // then it is typed
  return made;
}

/** Term and description, left out when there is nothing to say. */
const row = (term, ...description) =>
  description.some(Boolean) ? [h('dt', {}, term), h('dd', {}, ...description)] : [];

const card = (kind, title, name, ...content) =>
  h('div', { class: `card ${kind}`, role: 'group', 'data-testid': `balie-${kind}`, 'aria-label': title },
    h('p', { class: 'card-title' }, icon(name), title), ...content);

/** A link, or its words alone when the address isn't one we follow. One that the citizen must go along is a button. */
function linkPart(part, _respond, server) {
  const url = safeUrl(part.url, server);
  const opener = Boolean(part.opener) && url?.origin === new URL(server).origin;
  const attributes = { opener, class: opener && 'button primary' };
  return h('p', { class: 'link' }, url ? link(url, part.label || url.host, attributes) : part.label);
}

/** "Bron: …" under an answer. `label` comes from a link part to the same address. */
export function sourceLine(address, label, server) {
  const url = safeUrl(address, server);
  if (!url) return null;
  const words = text.source(label || url.host.replace(/^www\./, ''));
  return h('p', { class: 'source', 'data-testid': 'balie-source' }, link(url, words));
}

function appointmentCard(part, _respond, server) {
  const { location = {}, product, reference, code, minutes, bring = [] } = part;
  const address = [location.address, [location.postcode, location.city].filter(Boolean).join(' ')].filter(Boolean);
  const ics = part.ics && safeUrl(part.ics, server);
  return card('appointment', text.appointment, 'calendar',
    h('p', { class: 'card-main' }, product?.name ?? product ?? momentOf(part.start)),
    h('dl', {},
      ...(product ? row(text.when, momentOf(part.start)) : []),
      ...row(text.where, [location.name, ...address].filter(Boolean).join(', ')),
      ...row(text.duration, minutes && text.minutes(minutes)),
      ...row(text.bring, bring.length && h('ul', {}, ...bring.map((thing) => h('li', {}, thing)))),
      ...row(text.reference, reference),
      ...row(text.code, code)),
    ics && h('p', {}, h('a', { class: 'button', href: ics.href, download: 'afspraak.ics', 'data-testid': 'balie-ics' },
      icon('calendar'), text.calendar)));
}

function caseCard(part) {
  const { step, steps, finished, suspended, expected, latest } = part;
  const segments = Array.from({ length: Math.min(steps || 0, 12) }, (_, index) =>
    h('span', { class: index < step ? 'done' : '' }));
  return card('case', part.zaaktype || text.caseTitle, 'case',
    h('p', { class: 'card-main' }, part.status || (!step && !finished && text.notBegun)),
    steps && h('div', { class: 'steps', 'aria-hidden': 'true' }, ...segments),
    steps && step > 0 && h('p', { class: 'step' }, text.step(step, steps)),
    h('dl', {},
      ...row(text.caseNumber, part.identificatie),
      ...row(text.nextStep, part.next_step),
      ...row(text.toDo, part.to_pay && text.pay),
      ...row(text.term, suspended && text.suspended),
      ...row(text.expected, !finished && expected && expected !== latest && dueOn(expected)),
      ...row(text.latest, !finished && !suspended && latest && dueOn(latest)),
      ...row(text.finished, finished && dateOf(finished)),
      ...row(text.result, part.result)));
}

const KINDS = { choices, date, time, form, link: linkPart, appointment: appointmentCard, case: caseCard };

/** The element for one part of a message, or null for a kind this version doesn't know. */
export function renderPart(part, respond, server) {
  return Object.hasOwn(KINDS, part.kind) ? KINDS[part.kind](part, respond, server) : null;
}

/** Whether the question has an option with this label. */
export const offered = (question, label) =>
  [...question.querySelectorAll('[data-label]')].some((option) => option.dataset.label === label);
