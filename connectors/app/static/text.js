/** Every Dutch word of the app that isn't in the widget's own text.js: level B1, "u", short sentences. */
const day = new Intl.DateTimeFormat('nl-NL', { day: 'numeric', month: 'short' });
const clock = new Intl.DateTimeFormat('nl-NL', { hour: '2-digit', minute: '2-digit' });
const YESTERDAY = 86_400_000; // ms

/** "10:05" today, "gisteren", or "24 nov". */
export function when(iso) {
  const at = new Date(iso);
  const days = (other) => at.toDateString() === new Date(other).toDateString();
  if (days(Date.now())) return clock.format(at);
  return days(Date.now() - YESTERDAY) ? words.yesterday : day.format(at);
}

export const words = {
  yesterday: 'gisteren',
  overview: 'Uw gesprekken',
  welcome: 'Waarmee kunnen we u helpen?',
  explain: 'Stel uw vraag in gewone woorden. Een virtuele assistent geeft antwoord. Liever een medewerker? Dat kan ook.',
  newTalk: 'Nieuwe vraag',
  conversation: 'Gesprek',
  pick: 'Kies een gesprek, of stel een nieuwe vraag.',
  back: 'Terug naar uw gesprekken',
  settings: 'Instellingen',
  you: 'U',
  unread: (count) => (count === 1 ? '1 nieuw bericht' : `${count} nieuwe berichten`),
  unsent: 'Nog niet verstuurd',
  queue: 'U wacht op een medewerker',
  agent: (name) => `${name ?? 'Een medewerker'} helpt u`,
  over: 'Afgelopen',
  nothing: 'Nog geen vraag gesteld',
  hidden: 'Verborgen voor uw privacy',

  offline: 'Geen verbinding. U kunt uw gesprekken wel lezen. Wat u nu schrijft, sturen we later.',
  ended: 'Dit gesprek is afgelopen. De gemeente heeft het niet meer. U leest het vanaf uw eigen toestel.',
  newVersion: 'Er is een nieuwe versie. Die krijgt u als u de app weer opent.',
  call: 'Liever bellen? ',
  failed: (phone) => `De chat laadt niet. Kijk of u internet heeft, of bel ${phone}.`,

  eraseOne: (title) => `Gesprek wissen: ${title}`,
  erasedOne: 'Het gesprek is gewist.',
  eraseFailed: 'Wissen is niet gelukt. Het gesprek is er nog. Probeer het later opnieuw.',
  eraseAll: 'Alles wissen',
  eraseAllWhy: 'Wist al uw gesprekken, op dit toestel en bij de gemeente.',
  eraseAllQuestion: {
    title: 'Alles wissen?',
    body: 'Wij wissen al uw gesprekken, op dit toestel en bij de gemeente. U kunt dit niet ongedaan maken.',
    confirm: 'Alles wissen',
    danger: true,
  },
  erasedAll: 'Al uw gesprekken zijn gewist.',
  eraseSome: (count) => `${count === 1 ? '1 gesprek is' : `${count} gesprekken zijn`} niet gewist. Probeer het later opnieuw.`,

  push: 'Meldingen',
  pushOffer: 'Stuur mij een melding als er antwoord is',
  pushWhy: 'Met meldingen weet u het als er antwoord is, ook als de app dicht is. In de melding staat niet wat er gezegd is.',
  pushAsk: 'Sluit u de app? Wij kunnen het laten weten. In de melding staat niet wat er gezegd is.',
  pushNot: 'Geen melding',
  pushOn: 'Meldingen staan aan. U krijgt een melding als er antwoord is.',
  pushTurnOn: 'Meldingen aanzetten',
  pushTurnOff: 'Meldingen uitzetten',
  pushOff: 'Meldingen staan uit.',
  pushDenied: 'Meldingen zijn geblokkeerd. U zet ze weer aan in de instellingen van uw telefoon of browser.',
  pushFailed: 'Meldingen aanzetten is niet gelukt. Probeer het later opnieuw.',
  pushOffFailed: 'Meldingen uitzetten is niet gelukt. Probeer het later opnieuw.',
  pushApple: 'Meldingen werken als u de app op uw beginscherm zet.',
  pushUnable: 'Meldingen werken hier niet. Kijk zelf in de app of er antwoord is.',

  install: 'Zet de app op uw beginscherm. Dan heeft u hem altijd bij de hand.',
  installNow: 'Zet op beginscherm',
  installApple: 'Tik op de knop Deel en kies ‘Zet op beginscherm’. Dan heeft u de app altijd bij de hand.',
  hide: 'Niet meer tonen',

  look: 'Licht of donker',
  lookWhy: 'De app volgt de instelling van uw toestel.',
  about: 'Over deze app',
  kept: 'Uw gesprekken staan op dit toestel, zodat u ze ook zonder internet kunt lezen. Andere mensen met uw toestel kunnen ze ook lezen.',
  privacy: 'Privacy',
  accessibility: 'Toegankelijkheid',
  website: 'Website van de gemeente',
};
