// English. Every string a family reads is here and nowhere else.

function list(names: string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

const STEPS: Record<string, string> = {
  bath: 'Bath',
  teeth: 'Teeth',
  story: 'Story',
  song: 'Song',
  stars: 'Stars',
  'lights out': 'Lights out',
  pyjamas: 'Pyjamas',
  read: 'Reading',
  'tidy up': 'Tidying up',
  'wash up': 'Washing up',
};

function step(what: string): string {
  return STEPS[what.toLowerCase()] ?? what.charAt(0).toUpperCase() + what.slice(1);
}

function minutes(count: number): string {
  return count === 1 ? 'a minute' : `${count} minutes`;
}

export const en = {
  home: 'Tonight',
  loading: 'Looking in…',
  notKnown: 'The house doesn’t know this page yet. Open the hub’s own address on this device.',

  // Tonight
  inMinutes: (what: string, count: number) => `${what} in ${count} min`,
  atTime: (what: string, at: string) => `${what} at ${at}`,
  step,
  storyWord: 'Story',
  lightsOutWord: 'Lights out',
  morningWord: 'Morning',
  forWhom: (names: string[]) => `for ${list(names)}`,
  nothingNext: 'Nothing more to do.',
  everyone: 'Everyone’s night',
  lineOf: (name: string, wind: string, story: string, out: string, wake: string) =>
    `${name}: winding down from ${wind}, ${story ? `story at ${story}, ` : ''}lights out at ${out}, waking at ${wake}.`,
  isDark: 'light out',
  isNight: 'night',
  storyMark: 'story',
  outMark: 'lights out',
  roomStopped: (room: string) => `${room} has stopped for tonight.`,
  roomPaused: (room: string) => `${room} is paused.`,
  roomTold: (room: string) => `${room} has a no tonight. The rest is yours.`,
  isUp: 'up',
  why: 'Why?',
  whyTitle: 'Why these times',
  change: 'Change tonight',
  begin: 'Begin',
  beginIn: (room: string) => `Begin: ${room}`,
  toBedside: (room: string) => `Bedside: ${room}`,
  toMorning: 'Good morning',
  skipWake: (names: string[]) => `Let ${list(names)} sleep on tomorrow`,
  skipped: (names: string[]) => `Nothing wakes ${list(names)} tomorrow. The rest stays.`,
  saysNo: (name: string) => `${name} says no tonight`,
  saidNo: (name: string) => `All right, ${name}. The rest of the evening is yours.`,
  noChange: 'Nothing to change just now.',
  changeMore: 'This screen, and more',
  madeUp: 'The hour is made up: nobody is really going to bed.',
  paperTonight: (room: string) => `${room} has a paper evening: a book, a lamp, no screen.`,
  settings: 'This screen',
  languageTitle: 'Language',
  nightLight: 'This screen is the agreed night light',
  nightLightOn: 'Yes, this screen is our night light',
  lightTitle: 'How much light is this?',
  lightNow: (lx: string) =>
    `With the brightness all the way up, this page gives at most about ${lx} lx melanopic at the eye. That is assumed, not measured: a very bright screen, 30 cm away.`,
  lightEmber: (lx: string) => `The bedside ember adds at most ${lx} lx, assumed in the same way.`,
  soundTitle: 'How loud is it?',
  soundNow: (most: number, fullest: number) =>
    `Never louder than quiet talk: at most ${most} dBA at the pillow. That is assumed, not measured: a loud phone, ${fullest} dBA with everything up, 30 cm away. With a bigger speaker nobody knows.`,
  addressTitle: 'What this address can’t do',
  addressPlain:
    'Over this address the screen can’t be kept on and the page can’t be kept for when the house is away. Set the screen to stay on for an hour.',
  addressFull: 'Nothing is missing here.',

  // Coming in
  pairTitle: 'The house doesn’t know this screen yet.',
  pairAgain: (who: string) => `${who} With new words it becomes what they say.`,
  pairAsk:
    'Four words, from a screen that is already in, or from the window where the hub was started',
  pairLink: 'These are the words that came with the picture. They work once.',
  pairCount: (count: number) =>
    `It takes four words.${count === 0 ? '' : count === 1 ? ' Here is one.' : ` Here are ${count}.`}`,
  screenName: 'What this screen is called',
  screenGuess: { phone: 'Phone', tablet: 'Tablet', computer: 'Computer' },
  pairDo: 'Let this screen in',
  comingIn: 'Asking the house…',
  lostAsking: 'The house doesn’t answer. Try again in a moment.',
  guardTitle: 'This screen is in.',
  guardChanged:
    'What watches over the light and sound in this house is another than this screen knew. That is so after a move to a new machine, or where its key was made anew. If nobody at home did that, put this screen away and look at the hub.',
  guardOther:
    'The picture or link came from another hub than the one that answers here. So this screen stays dark and quiet, until it is let in again by a link from the hub’s own machine.',
  otherWays: 'I have a passphrase',
  otherWaysToo: 'I have a passphrase or a passkey',
  noOtherWays:
    'A passphrase would travel through the house’s network in the open, and passkeys need a locked address: here neither opens anything. Four words for a bedside open the whole evening.',
  lockedTo: (address: string) => `To the locked address, ${address}`,
  signInName: 'Name',
  signInPhrase: 'Passphrase',
  showPhrase: 'Show what I type',
  signIn: 'Sign in',
  usePasskey: 'Use a passkey',
  noPasskey: 'No passkey was used. Nothing has changed.',
  endedTitle: 'This screen has to be let in again.',
  endedMore: 'It was let in for a while, and that while is over. Stop still works.',
  endedDo: 'Let it in again',
  stopIn: (room: string) => `Stop in ${room}`,
  stoppedIn: (room: string) => `${room} is quiet.`,
  stopWaits: (room: string) =>
    `The house hasn’t heard about ${room} yet and will be told. The lamp’s own switch works too.`,
  stopNotHere: (room: string) =>
    `This screen can’t stop ${room} any more. Another screen can, and so can the lamp’s own switch.`,
  nobodyYet:
    'Nobody has signed in yet. The four words are in the window where the hub was started, or ‘evenfall pair’ there makes them.',
  whoMember: (name: string) => `This is ${name}’s screen.`,
  whoDevice: (room: string) =>
    room ? `This is a bedside screen, for ${room}.` : 'This is a bedside screen, for every room.',
  whoGuest: 'This is a guest’s screen.',
  becomeOwn: 'Make it someone’s own screen',
  signOut: 'Sign out here',
  signOutSure: 'Yes, sign out',
  secretsTitle: 'Passphrase and passkeys',
  phraseNew: 'A passphrase of your own, ten letters or more',
  phraseWhy: 'It lets you in on a screen without the four words. A few ordinary words are good.',
  keepIt: 'Keep it',
  phraseKept: 'Kept. An earlier one opens nothing any more.',
  passkeyWhy: 'A passkey lets this device in by its own lock, a finger or a face.',
  passkeyMake: 'Make a passkey here',
  passkeyMade: 'Made. It works from the next time on.',
  passkeyRow: (label: string, day: string) => `${label}, made ${day}`,
  takeAway: 'Take it away',
  takeAwaySure: 'Yes, take it away',
  againWhy:
    'What opens everything of yours is made only by someone who came in here within the last ten minutes.',
  againDo: 'Come in here once more',
  leaveIt: 'Leave it',
  addressOpen:
    'What travels over this address can be read by anyone on the house’s network. So the whole evening is here, and nothing private: the morning’s figures, the dream book and recording need the locked address.',
  addressNoLock: 'This home has no locked address yet.',
  addressTrust:
    'So that this device knows the house again, give it the house’s own certificate once. It vouches for this house and for nothing else.',
  addressTrustGet: 'Fetch the certificate',
  screensTitle: 'Screens that are let in',
  screensOf: (name: string) => `Screens that can read as ${name}`,
  screensRead: (name: string) =>
    `Whoever holds one of these can read ${name}’s own dream book. Who let it in stands with each.`,
  screenOver: 'Its time is over. It can still stop a night, until it is ended.',
  screensNotHere: 'This address shows no list of screens. The locked one does.',
  screensNotYours: 'The list of screens is for the people who live here, on their own screens.',
  screensNone: 'No screen has been let in yet.',
  screenThis: 'this one',
  screenWho: {
    device: 'A bedside, every room',
    guest: 'A guest',
    here: 'on the hub itself',
    plain: 'the evening only',
    locked: 'over the locked address',
  },
  screenRoom: (room: string) => `A bedside, ${room}`,
  screenOf: (name: string) => `${name}’s own`,
  screenSince: (made: string, by: string, seen: string) =>
    `Let in ${made}${by ? ` by ${by}` : ''}, last here ${seen}.`,
  dates: 'en-GB',
  dayAgo: (ago: number, date: string) =>
    ago === 0 ? 'today' : ago === 1 ? 'yesterday' : `on ${date}`,
  dayAt: (day: string, at: string) => `${day} at ${at}`,
  screenEnd: 'End it',
  screenEndSure: 'Yes, end it',
  screenEnded: (label: string) => `${label} is out.`,
  invite: 'Let a screen in',
  inviteWhose: 'Whose screen is it?',
  inviteMember: 'Someone who lives here',
  inviteDevice: 'A bedside',
  inviteGuest: 'A guest, until tomorrow',
  inviteWho: 'Who is it?',
  inviteRoom: 'In which room?',
  everyRoom: 'Every room',
  inviteWords: 'Four words',
  inviteQr: 'The same four words as a picture for a phone’s camera',
  inviteHow: (address: string) =>
    `Point the other screen’s camera here. Or open ${address} on it and type the four words.`,
  invitePlain: (address: string) =>
    `A screen that doesn’t know the house’s certificate yet takes ${address}, for the evening.`,
  inviteUntil: (at: string) => `They work once, until ${at}.`,
  inviteFor: (count: number) => `They work once, for another ${count === 1 ? 'minute' : `${count} minutes`}.`, // prettier-ignore
  inviteOver: 'These words open nothing any more.',
  inviteAgain: 'New words',
  inviteUsed: (label: string) => `${label} is in.`,
  done: 'Done',

  // The line to the house
  lostTonight: (at: string) => `The house doesn’t answer. This is how it was at ${at}.`,
  lostStory:
    'The house doesn’t answer. The story goes on: its words are here. Light and sound go out by themselves.',
  lostBedside: 'The house doesn’t answer. Your evening goes on as it always did, without it.',
  lostCalled: 'The house doesn’t hear. Call out loud; they will come.',
  lostMorning: 'The house doesn’t answer. What you write stays here until it does.',
  lostNever: 'The house doesn’t answer yet. A book and a lamp will do until it does.',
  distrusts: {
    unsure:
      'This screen can’t be sure that what it hears is the house’s own, so it stays dark and quiet. To mend it, let this screen in anew from the hub’s own machine.',
    clock:
      'The clock of this screen and the house’s clock don’t go together, so it stays dark and quiet. Set the one that is wrong, or let this screen in anew.',
  },
  wordsYours: 'The house was away. Its part is over; the words stay, and they are yours.',
  moreSaid: (count: number) => `${count} more to say`,
  noRoom: 'There is no room by that name.',
  back: 'Tonight',

  // Bedside
  bedside: (room: string) => `Bedside, ${room}`,
  ritual: 'Before the story',
  ritualStep: (what: string, at: number, of: number) => `${what}, ${at} of ${of}`,
  ritualDone: (what: string) => `${what}. Done, on to the next.`,
  about: (count: number) => `about ${minutes(count)}`,
  beginStory: 'Begin the story',
  beginEvening: 'Begin',
  early: (at: string) => `The evening begins at ${at}.`,
  earlyOpen: 'The evening hasn’t begun.',
  paper: 'A paper night. Take the book, turn the lamp low.',
  line: (at: number, of: number) => `Line ${at} of ${of}`,
  nextLine: 'Next line',
  toldInEnglish: 'The story is told in English.',
  goOn: 'Go on',
  doors: 'Where would you like to be?',
  door: (label: string) => label.charAt(0).toUpperCase() + label.slice(1),
  breather: 'A breath',
  quiet: 'Just listening now.',
  quietDark: 'Nothing more to say.',
  pause: 'Pause',
  paused: 'Paused. It is dark and quiet.',
  pausedLit: 'Paused. Only the night light is on.',
  pausedMore: 'After a quarter of an hour the evening ends by itself.',
  resume: 'Go on',
  no: 'No more',
  notTonight: 'Not tonight',
  told: 'The rest is yours.',
  toldMore: 'Nothing here will play. Tell it, sing it, or just sit.',
  lightsOutFor: (name: string) => `Lights out, ${name}`,
  stop: 'Stop',
  holdToStop: 'hold to stop',
  stopped: 'It has stopped.',
  stoppedMore: 'Dark and quiet for the rest of tonight. You are here, and that is enough.',
  stoppedLit:
    'Quiet for the rest of tonight, with the night light. You are here, and that is enough.',
  stopUnsent: 'It is quiet here. The house hasn’t heard yet and will be told.',
  faceDown: 'Face down, off the bed.',
  faceDownMore: 'Call out if you need someone.',
  touchCalls: 'Touch me in the night, and someone is called.',
  callSomeone: 'Call someone',
  helpShort: 'Help',
  helpCall: 'Call for help',
  helpIn: (room: string) => `Call for help: ${room}`,
  helpTold: (names: string[]) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} being told.`,
  helpNobody: 'No adult’s phone is known here. Call out loud; they will come.',
  coming: 'Someone is coming.',
  calling: 'Calling…',
  isItMorning: 'Is it morning yet?',
  almost: {
    'not-yet': 'Not yet. It is still night.',
    nearly: 'Nearly. A little longer.',
    yes: 'Yes. It is morning.',
  },
  weAreUp: (name: string) => `${name} is up`,
  touchForSound: 'Touch once for sound.',
  keys: 'Space or the right arrow for the next line, Escape to stop.',

  // Morning
  goodMorning: (name: string) => `Good morning, ${name}`,
  someoneElse: 'Someone else',
  howWasIt: 'How was it?',
  felt: { rough: 'Rough', 'all-right': 'All right', good: 'Good' },
  feltKept: (how: string) => `${how}. Noted.`,
  feltOwn: 'An answer is each one’s own.',
  feltWaits: 'Noted here. The house hears it when it answers.',
  dream: 'A dream? Tell it or draw it',
  dreamPrivate: (name: string) => `It goes into ${name}’s own book. Nobody explains it.`,
  dreamWords: 'The dream, in words',
  dreamDraw: 'The dream, drawn. Draw with a finger; words can go in the box above.',
  dreamKeep: 'Keep it',
  dreamClear: 'Wipe the drawing',
  dreamKept: 'Kept.',
  dreamTooBig: 'The drawing is too big to keep. Wipe it and draw a smaller one.',
  dreamBook: 'My dream book',
  dreamBookClosed: 'The book opens only for its owner. Sign in as them on your own screen.',
  dreamBookEmpty: 'No dreams in it yet.',
  dreamDrawn: 'A drawing',
  know: 'What we know',
  notMeasured: 'not measured',
  estimated: 'This night was estimated, not seen: the figures are about right.',
  howKnown: 'How this is known',
  nothingMeasured: 'This night was not measured. How it felt is what we know.',
  immersion: (used: number, agreed: number) =>
    used === 0
      ? `No dreamscape last night. You agreed on up to ${minutes(agreed)}.`
      : `About ${minutes(used)} in the dreamscape, of the ${agreed} you agreed on.`,
  statistic: (words: string, value: string) => `${words}: ${value}.`,
  aboutValue: (value: number, unit: string) =>
    unit === 'count' ? `about ${value} times` : `about ${value} ${unit}`.trim(),
  stages: 'The night in stages, as estimated',
  movement: 'Still or moving',
  movementWords: (share: number) => `Moving in about ${share} of every 100 half-minutes.`,
  stillMoving: ['still', 'moving'],
  stageNames: ['awake', 'REM', 'N1', 'N2', 'N3'],
  noMorning: 'No night to give back yet.',
  simulatedNight: 'This night is made up: simulated sleepers in simulated rooms.',

  // A guardian, from elsewhere
  afarTitle: 'From where you are',
  afarWhy:
    'You are away from home. From there a room can be made quiet, and nothing can be made brighter or louder. Whoever is in it sees that it was you.',
  afarHere: 'This makes rooms quiet from here. Whoever is in them sees that it was you.',
  quietNow: (room: string) => `Quiet now: ${room}`,
  allSafe: 'Everything safe',
  allSafeSure: 'Yes, every room, for the rest of the night',
  goodNight: 'Say good night',
  goodNightWhy:
    'It is shown at the bedside, for an hour at most. It plays nothing, and nobody has to answer.',
  goodNightTo: (names: string[]) => `Ask ${list(names)}`,
  actIsQuiet: (room: string) => `${room} is quiet. The morning stays as planned.`,
  actIsStopped: (room: string) => `${room} is dark and quiet, for the rest of the night.`,
  actAllStopped: 'Every room is dark and quiet, for the rest of the night.',
  actIsTold: (room: string) => `${room} can see it now.`,
  actWaits: (room: string) => `${room} did not answer. Call someone who is there.`,
  actSilent: (count: number) =>
    count === 1
      ? 'One lamp or speaker does not answer.'
      : `${count} lamps or speakers do not answer.`,
  actLost: 'The house doesn’t answer, so nothing was done. Call someone who is there.',
  actQuiet: (who: string, elsewhere: boolean, at: string) =>
    `${who || 'Someone'} made it quiet${elsewhere ? ' from elsewhere' : ''}, ${at}.`,
  actRelease: (who: string, elsewhere: boolean, at: string) =>
    `${who || 'Someone'} made everything safe${elsewhere ? ' from elsewhere' : ''}, ${at}.`,
  actInvite: (who: string) => `${who || 'Someone'} would like to say good night, when you like.`,
  actInRoom: (room: string, said: string) => `${room}: ${said}`,
  waveAway: 'Not now',

  // After something went wrong
  anewTitle: 'Begin anew',
  anewWhy: (room: string) =>
    `Something went wrong in ${room}, so it went quiet, and it stays so. Begun anew, a new evening waits there, and nothing plays until someone begins it.`,
  anew: 'Begin anew',
  anewIn: (room: string) => `Begin anew: ${room}`,
  anewDone: (room: string) => `A new evening waits in ${room}.`,
  anewLost: 'The house doesn’t answer, so nothing has changed.',

  // A worry
  worryAsk: 'Does anything worry you?',
  worryWhy:
    'Breathing or a seizure, now: call the emergency services first. Otherwise, what you have seen and a doctor would want to hear. The house measures none of it, and its silence says nothing.',
  worrySigns: {
    'snoring-most-nights': 'Snoring on most nights',
    'breathing-pauses': 'Pauses in breathing',
    gasping: 'Gasping or choking in sleep',
    'hurt-in-sleep': 'Being hurt in sleep',
    'very-sleepy-by-day': 'Being very sleepy by day',
    'low-mood': 'A low mood that stays',
    'turned-blue': 'Turning blue',
    'struggled-to-breathe': 'Struggling to breathe',
    'first-seizure': 'A first seizure',
  },
  worrySeen: 'I have talked to a doctor',
  worryOver: 'Noted. From the next evening on all is as you planned it.',
  worryLost:
    'The house doesn’t answer. Call a doctor all the same; where it is urgent, the emergency services, now.',

  // Voices and books
  whoseMorning: 'Whose morning is it?',
  callLost: 'Nobody’s phone answered. Call out loud; they will come.',
  callNobody: 'Call out loud; they will come.',
  touchAlone: 'Touch me in the night for a small light.',
  restOwn: 'What the night measured, and the dream book, are on each one’s own screen.',
  restPrivate:
    'What the night measured, and the dream book, are private, and this address is not. They open at the locked address.',
  guestMorning: 'Good morning. A guest’s screen keeps nothing of the night.',
  dreamOut: 'Take this page out',
  dreamOutSure: 'Take it out for good',
  dreamOutDone: 'That page is out of the book.',
  voicesTitle: 'A voice for the night',
  voicesWhy:
    'When a child wakes and touches the bedside, someone is called. Until they come, a voice kept here can be with the child: when the child asks for it, and never by itself.',
  voicesKept: 'Kept now',
  voicesNone: 'No voice is kept yet.',
  voicesToHear: 'A voice, until someone comes',
  voiceOf: (name: string, whom: string) => `${name}${whom ? `, for ${whom}` : ''}`,
  voiceLength: (count: number) => (count === 1 ? 'a second' : `${count} seconds`),
  voiceFailed: 'The voice can’t be heard just now.',
  voiceGone: 'It is gone from here and from every bedside.',
  voicesLost: 'The house doesn’t answer. Nothing is lost: try again in a moment.',
  voicesPrivate:
    'Over this address the house’s network could listen along, so no voice is recorded or chosen here. The locked address does both.',
  voicesNotYours: 'A voice is kept by a grown-up of this house, on their own screen.',
  recordFor: 'Whom is it for?',
  recordForOne: (name: string) => `For ${name}`,
  recordSay: 'Up to a minute. What you say when you close the door at night is enough.',
  recordStart: 'Record',
  recordStop: 'That is all',
  recordLeft: (count: number) => (count === 1 ? 'one second left' : `${count} seconds left`),
  recordOn: 'Listening. Speak as softly as you do at bedtime.',
  recordChoose: 'Choose a recording',
  recordHear: 'Listen to it',
  recordHush: 'Quiet',
  recordAgain: 'Do it again',
  recordKeep: (name: string) => `Keep it for ${name}`,
  recordConsent:
    'It stays in this house. It is never copied into another voice, and no machine learns from it. By keeping it you agree that it is played at night when it is asked for; you can take it away at any time.',
  recordDone: (name: string) => `Kept. From now on ${name} can ask for it at night.`,
  recordLong: 'That is longer than a minute. Choose a shorter one, or record it here.',
  recordUnread: 'This screen can’t read that file. An m4a, mp3 or wav will do, or record it here.',
  recordSilent: 'There is nothing to be heard in it. Try again, a little closer.',
  recordRefused:
    'The browser didn’t let this page listen. Allow the microphone for this address, or choose a recording.',
  recordCannot: 'This browser can’t record on this address. A recording made elsewhere will do.',
  recordReading: 'One moment…',
};

type Widen<T> = T extends (...given: infer Given) => string
  ? (...given: Given) => string
  : T extends string
    ? string
    : { [Key in keyof T]: Widen<T[Key]> };

/** What every language has to have. */
export type Catalogue = Widen<typeof en>;
