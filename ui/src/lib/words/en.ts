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
  language: 'English',
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
  isUp: 'up',
  why: 'Why?',
  whyTitle: 'Why these times',
  change: 'Change tonight',
  begin: 'Begin',
  beginIn: (room: string) => `Begin in ${room}`,
  toBedside: (room: string) => `To ${room}`,
  toMorning: 'Good morning',
  skipWake: (names: string[]) => `Let ${list(names)} sleep on tomorrow`,
  skipped: (names: string[]) => `Nothing wakes ${list(names)} tomorrow. The rest stays.`,
  saysNo: (name: string) => `${name} says no tonight`,
  saidNo: (name: string) => `All right, ${name}. The rest of the evening is yours.`,
  noChange: 'Nothing to change just now.',
  otherRooms: 'Other rooms',
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
    'Over this address the screen can’t be kept on and the page can’t be kept for when the house is away. Set the screen to stay on for an hour. Everything else works.',
  addressFull: 'Nothing is missing here.',

  // The line to the house
  lostTonight: (at: string) => `The house doesn’t answer. This is how it was at ${at}.`,
  lostStory:
    'The house doesn’t answer. The story goes on: its words are here. Light and sound go out by themselves.',
  lostBedside: 'The house doesn’t answer. Your evening goes on as it always did, without it.',
  lostCalled: 'The house doesn’t hear. Call out loud; they will come.',
  lostMorning: 'The house doesn’t answer. What you write stays here until it does.',
  lostNever: 'The house doesn’t answer yet. A book and a lamp will do until it does.',
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
  goOn: 'Go on',
  doors: 'Where would you like to be?',
  door: (label: string) => label.charAt(0).toUpperCase() + label.slice(1),
  breather: 'A breath',
  quiet: 'Just listening now.',
  quietDark: 'Nothing more to say.',
  pause: 'Pause',
  paused: 'Paused. It is dark and quiet.',
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
  stopUnsent: 'It is quiet here. The house hasn’t heard yet and will be told.',
  faceDown: 'Face down, off the bed.',
  faceDownMore: 'Touch it in the night, and someone comes.',
  callSomeone: 'Call someone',
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
  measured: (how: string) => `How this is known: ${how}.`,
  nothingMeasured: 'This night was not measured. How it felt is what we know.',
  immersion: (used: number, agreed: number) =>
    used === 0
      ? `No dreamscape last night. You agreed on up to ${minutes(agreed)}.`
      : `About ${minutes(used)} in the dreamscape, of the ${agreed} you agreed on.`,
  statistic: (words: string, value: string) => `${words}: ${value}.`,
  aboutValue: (value: number, unit: string) => (unit ? `about ${value} ${unit}` : `about ${value}`),
  stages: 'The night in stages, as estimated',
  movement: 'Still or moving',
  movementWords: (share: number) => `Moving in about ${share} of every 100 half-minutes.`,
  stillMoving: ['still', 'moving'],
  stageNames: ['awake', 'REM', 'N1', 'N2', 'N3'],
  noMorning: 'No night to give back yet.',
  simulatedNight: 'This night is made up: simulated sleepers in simulated rooms.',
};

type Widen<T> = T extends (...given: infer Given) => string
  ? (...given: Given) => string
  : T extends string
    ? string
    : { [Key in keyof T]: Widen<T[Key]> };

/** What every language has to have. */
export type Catalogue = Widen<typeof en>;
