/** Every Dutch word in the panel: level B1, "u", short sentences. Dates and times in words. */
export const text = {
  // Header and menu
  robot: 'Virtuele assistent',
  robotNamed: (name) => `${name}, virtuele assistent`,
  agentNamed: (name) => (name ? `${name}, medewerker` : 'Medewerker'),
  you: 'U',
  system: 'Bericht van de chat',
  close: 'Chat sluiten',
  menu: 'Menu',
  person: 'Ik wil een medewerker spreken',
  restart: 'Opnieuw beginnen',
  download: 'Gesprek downloaden',
  print: 'Gesprek printen',
  erase: 'Gesprek wissen',
  failed: 'Dat is niet gelukt. Probeer het later opnieuw.',

  // Log
  log: 'Gesprek',
  older: 'Eerdere berichten tonen',
  olderFailed: 'De eerdere berichten laden niet. Probeer het later opnieuw.',
  newer: 'Nieuwe berichten',
  today: 'Vandaag',
  yesterday: 'Gisteren',
  typing: (who) => `${who} is aan het typen`,
  removed: 'Verborgen voor uw privacy',
  source: (label) => `Bron: ${label}`,
  newTab: ' (opent in een nieuw tabblad)',

  // Sending
  label: 'Uw vraag of bericht',
  placeholder: 'Typ uw vraag',
  hint: 'Typ hier geen BSN en geen wachtwoorden.',
  send: 'Versturen',
  counter: (used, limit) => `${used} van ${limit} tekens`,
  tooLong: (used, limit) => `Uw bericht is te lang: ${used} van ${limit} tekens. Maak het korter.`,
  sending: 'Bezig met versturen',
  sent: 'Verstuurd',
  read: 'Gelezen',
  waiting: 'Nog niet verstuurd. We proberen het opnieuw.',
  busy: 'Nog niet verstuurd. Het is druk. We proberen het zo opnieuw.',
  refused: (why) => `Niet verstuurd. ${why || 'Probeer het opnieuw.'}`,
  choiceExpired: 'Deze keuze hoort bij een eerdere vraag.',
  lostContact: 'Het gesprek was al afgelopen.',
  again: 'Opnieuw proberen',

  // Connection
  connecting: 'Verbinding maken…',
  offline: 'Geen verbinding. We proberen het opnieuw. Uw gesprek blijft bewaard.',
  back: 'U bent weer verbonden.',
  noService: (why) => `De chat werkt nu niet. ${why || ''}`.trim(),
  reach: ({ phone, phone_today: today, counter, counter_today: open }) => (phone
    ? `Bel ${phone} (${today}) of kom langs: ${counter} (${open}).` : 'U kunt ons ook bellen.'),
  started: {
    expired: 'Uw vorige gesprek is niet meer beschikbaar. Hieronder begint een nieuw gesprek.',
    restarted: 'U bent opnieuw begonnen.',
    elsewhere: 'U begon een nieuw gesprek in een ander tabblad.',
  },
  erased: 'Uw gesprek is gewist. Dit venster is nu leeg.',
  startNew: 'Nieuw gesprek beginnen',

  // Hand-over to a person
  queued: 'U wacht op een medewerker',
  place: (position) => (position ? `Nummer ${position} in de rij` : 'U staat in de rij'),
  assigned: (name, more = '') => `${name ? `${name}, medewerker van de gemeente,` : 'Een medewerker'} helpt u nu${more}.`,
  transferred: (name, team) => (name
    ? text.assigned(name, ' verder')
    : `Uw gesprek gaat naar ${team ? `het team ${team}` : 'een ander team'}. U hoeft niets te herhalen.`),
  helps: (name) => `${name ?? 'Medewerker'} helpt u`,
  unavailable: 'Er is nu geen medewerker beschikbaar.',
  returned: 'U staat niet meer in de rij.',
  closed: (name) => `Het gesprek met ${name ?? 'de medewerker'} is klaar.`,

  // Parts
  choices: 'Mogelijke antwoorden',
  used: 'gekozen',
  pickDate: 'Kies een datum',
  dateHint: 'U kunt ook een datum typen in het berichtveld.',
  confirmDate: 'Deze datum kiezen',
  dateMissing: 'Kies eerst een datum.',
  dateRange: (min, max) => `Kies een datum${min ? ` vanaf ${min}` : ''}${max ? ` tot en met ${max}` : ''}.`,
  dateClosed: 'Op deze dag zijn we dicht. Kies een andere dag.',
  pickTime: 'Kies een tijd',
  confirmTime: 'Deze tijd kiezen',
  timeMissing: 'Kies eerst een tijd.',
  clock: (slot) => `${slot} uur`,
  submit: 'Versturen',
  optional: ' (niet verplicht)',
  nothingFilled: 'Vul eerst iets in.',
  fieldMissing: (label) => `Vul dit in: ${label.toLowerCase()}.`,
  fieldWrong: (label) => `Dit klopt niet: ${label.toLowerCase()}. Controleer wat u invulde.`,
  filled: (labels) => `Ingevuld: ${labels}`,
  appointment: 'Uw afspraak',
  when: 'Wanneer',
  where: 'Waar',
  duration: 'Duurt ongeveer',
  minutes: (count) => `${count} minuten`,
  bring: 'Meenemen',
  reference: 'Afspraaknummer',
  code: 'Code om te wijzigen',
  calendar: 'Zet in uw agenda',
  caseTitle: 'Uw zaak',
  notBegun: 'Nog niet begonnen',
  caseNumber: 'Zaaknummer',
  step: (step, steps) => `stap ${step} van ${steps}`,
  nextStep: 'Volgende stap',
  toDo: 'Dit doet u',
  pay: 'Betalen. In de brief of e-mail staat hoe.',
  term: 'Termijn',
  suspended: 'staat stil',
  expected: 'Verwacht klaar',
  latest: 'Uiterlijk klaar',
  finished: 'Afgerond op',
  result: 'Uitkomst',
  rating: 'Hoe goed bent u geholpen?',
  rate: 'Beoordeling versturen',
  rateMissing: 'Kies eerst een cijfer.',
  rateScale: ['heel slecht', 'slecht', 'matig', 'goed', 'heel goed'],
  rated: (score) => `Mijn beoordeling: ${score} van 5`,
};

const format = (options, language = 'nl-NL') => new Intl.DateTimeFormat(language, options);
const AT_COUNTER = { timeZone: 'Europe/Amsterdam' };
const CALENDAR = { timeZone: 'UTC' };
const CLOCK = { hour: '2-digit', minute: '2-digit' };
const DAY = { day: 'numeric', month: 'long', year: 'numeric' };
const LONG_DAY = { weekday: 'long', ...DAY };
const clock = format(CLOCK);
const counterClock = format({ ...CLOCK, ...AT_COUNTER });
const longDay = format(LONG_DAY);
const counterDay = format({ ...LONG_DAY, ...AT_COUNTER });
const plainDay = format({ ...DAY, ...CALENDAR });
const weekDay = format({ ...LONG_DAY, ...CALENDAR });
const isoDay = format(AT_COUNTER, 'sv'); // 2026-11-24

/** "10:05", in the reader's own time. */
export const timeOf = (iso) => clock.format(new Date(iso));

/** "dinsdag 24 november 2026 om 10:05 uur", at the counter. */
export function momentOf(iso) {
  const at = new Date(iso);
  return `${counterDay.format(at)} om ${counterClock.format(at)} uur`;
}

/** "24 november 2026" (with `weekday`: "dinsdag …") for a calendar date such as 2026-11-24. */
export function dateOf(day, weekday = false) {
  const at = new Date(`${String(day).slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? String(day) : (weekday ? weekDay : plainDay).format(at);
}

/** "24 november 2026", and that the day has gone by (at the counter) if it has. */
export const dueOn = (day) => `${dateOf(day)}${day < isoDay.format(Date.now()) ? ' (voorbij)' : ''}`;

/** "Vandaag", "Gisteren" or the day in full: the heading above the messages of a day. */
export function dayOf(iso) {
  const day = longDay.format(new Date(iso));
  if (day === longDay.format(new Date())) return text.today;
  return day === longDay.format(new Date(Date.now() - 86_400_000)) ? text.yesterday : day;
}
