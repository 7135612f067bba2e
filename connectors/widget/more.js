/** The words of what is loaded on demand: asking whether you are sure, keeping a conversation, notices, invitation, context. */
export const text = {
  // sure.js
  cancel: 'Annuleren',
  restartQuestion: {
    title: 'Opnieuw beginnen?',
    body: 'Dit gesprek stopt. U kunt het daarna niet meer teruglezen. Wilt u het bewaren? Download het dan eerst.',
    confirm: 'Opnieuw beginnen',
  },
  eraseQuestion: {
    title: 'Gesprek wissen?',
    body: 'Wij wissen dit gesprek, ook bij de gemeente. U kunt dit niet ongedaan maken.',
    confirm: 'Gesprek wissen',
    danger: true,
  },
  eraseFailed: 'Wissen is niet gelukt. Uw gesprek is er nog. Probeer het later opnieuw.',
  stopQuestion: {
    title: 'Niet meer wachten?',
    body: 'U bent uw plaats in de rij dan kwijt.',
    confirm: 'Niet meer wachten',
  },

  // queue.js
  waitsFor: ({ team, eta }) => `${team ? `Team ${team}. ` : ''}${wait(eta)}`,
  stop: 'Stoppen',
  stopWaiting: 'Stoppen met wachten',

  // keep.js
  downloaded: 'Uw gesprek is gedownload.',
  fileName: (day) => `gesprek-gemeente-${day}.html`,

  // bulletin.js
  notice: 'Belangrijk bericht',
  hideNotice: 'Bericht sluiten',
  contact: 'Zo bereikt u ons wel',
  call: 'Bel ',
  visit: 'Kom langs: ',
  kept: 'Wat u al typte, blijft staan. Werkt de chat weer? Dan kunt u hier verder.',
  on: 'De chat werkt weer.',

  // context.js
  about: (title) => `Vraag over ${title}`,
  hideAbout: 'Dit voorstel sluiten',

  // invite.js
  invitation: 'Kunnen we u helpen? Stel uw vraag in de chat.',
  accept: 'Chat openen',
  hideInvitation: 'Uitnodiging sluiten',
};

/** The expected wait in words, for a number of seconds; null: nobody takes conversations, undefined: nothing is known. */
function wait(seconds) {
  if (!seconds) return seconds === null ? 'Er is nu geen medewerker vrij.' : '';
  if (seconds > 1800) return 'Het duurt langer dan een half uur.';
  const minutes = Math.ceil(seconds / 60);
  const about = minutes > 10 ? Math.ceil(minutes / 5) * 5 : minutes;
  return `Het duurt ${seconds < 60 ? 'minder dan 1\u00a0minuut' : `ongeveer ${about}\u00a0${about > 1 ? 'minuten' : 'minuut'}`}.`;
}
