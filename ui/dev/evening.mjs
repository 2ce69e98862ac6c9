// A made-up evening in a made-up home, told in the hub's own words, for trying the page without a hub.
// The lines are from this project's own Tidepool; nobody here is real.

const DAY = '2026-11-20';
const NEXT = '2026-11-21';
const at = (day, time) => `${day}T${time}:00+00:00`;

const ritual = (...steps) => steps.map(([what, takes_min]) => ({ what, takes_min }));

const CHILDREN = ritual(['bath', 15], ['teeth', 5], ['pyjamas', 5], ['story', 15], ['song', 5]);

export const SLEEPERS = [
  sleeper('noor', 'Noor', 'nest', true, '18:45', '19:45', '07:00', CHILDREN, [
    'Noor is four and sleeps about eleven hours a night.',
    'Kindergarten begins at nine, so the morning begins at seven.',
  ]),
  sleeper('ilay', 'Ilay', 'nest', true, '19:15', '20:15', '07:00', CHILDREN, [
    'Ilay is eight and sleeps about ten and a half hours a night.',
    'Noor’s light goes out first, and then the story is half as loud.',
  ]),
  sleeper('mara', 'Mara', 'loft', false, '22:00', '22:45', '07:00',
    ritual(['tidy up', 10], ['read', 20]), ['Work begins at a quarter to ten.']), // prettier-ignore
  sleeper('tomas', 'Tomás', 'loft', false, '22:15', '22:45', '07:00',
    ritual(['wash up', 10], ['read', 15]), ['You go up together, so you share an hour.']), // prettier-ignore
];

function sleeper(member, name, room, child, wind, out, wake, steps, reasons) {
  return {
    member, name, room, child, reasons, ritual: steps, dark: false, up: false,
    wind_down: at(DAY, wind), lights_out: at(DAY, out), wake: at(NEXT, wake),
  }; // prettier-ignore
}

const frame = (light, sound = 0, what = '', ramp = 30) => ({
  light_lx_medi: light, light_ramp_s: ramp, sound_dba: sound, sound_ramp_s: ramp,
  sound_what: what, lease_s: 15, seq: 1,
}); // prettier-ignore

/** The parts of the evening in order: how long each lasts, what is said, what the page is to be. */
export const PARTS = [
  {
    scene: 'beach', min: 4, lease: frame(0.4, 38, 'waves'), doors: [],
    say: [
      'Find the pillow with your head. Find the end of the bed with your toes. Is it still there?',
      'The sea is going out tonight. Listen. “Shhh,” says the sea. “Shhh,” a little further off.',
      'But it has left something on the beach, and it means to come back for it: one small pool, as round as a plate. Come and look. Bring both your eyes. You won’t need shoes.',
    ],
  },
  {
    scene: 'pool', min: 7, lease: frame(0.3, 36, 'waves'), doors: [],
    say: [
      'Kneel down. The rock is still warm from the day. Put your chin on your hands, and look in.',
      'At first there is nothing there. Only water, being clear. You have to wait until the pool has finished looking at you.',
      'There! A stone got up and walked. It wasn’t a stone at all. It was a crab, a crab as small as your thumbnail, and she is going to bed. Sideways. It is the only way she knows.',
    ],
  },
  {
    scene: 'own room', min: 1, lease: frame(0.2), doors: [], breather: true,
    say: ['Wait. Let’s stop here a moment, in your own bed, in your own room. Here is your blanket. Here is my hand.'],
  },
  {
    scene: 'two doors', min: 2, lease: frame(0.3, 34, 'waves'),
    doors: [{ id: 'moon', label: 'the moon' }, { id: 'weed', label: 'the weed' }],
    say: ['Something has got into the pool. Something round. Or was it the weed that moved?'],
  },
  {
    scene: 'moon', min: 7, lease: frame(0.2, 32, 'waves'), doors: [],
    say: [
      'It is the moon. The moon has come down for a swim. She got in so carefully that nobody was splashed.',
      '“Shhh.” Did you hear? It’s nearer. The sea is coming back for its pool, just as it said.',
      'It is in no hurry. It comes up the sand with no shoes on.',
    ],
  },
  { scene: 'low waves', min: 8, lease: frame(0.1, 26, 'waves'), doors: [], say: [], quiet: true },
  { scene: 'night', min: 600, lease: frame(0), doors: [], say: [], quiet: true },
]; // prettier-ignore

function room(id, name, night, title, begins) {
  return {
    room: id, name, night, title, begins, kind: night ? 'immersive' : 'unplugged', mode: 'waiting',
    scene: '', breather: false, say: [], doors: [], can: [], glow: false, morning: 'not-yet',
    lease: frame(0.3), immersed_min: 0, allowance_min: 20, faults: [], wake_skipped: false,
    voices: [], playing: '', call: 'ready',
  }; // prettier-ignore
}

export function homeAt(now) {
  return {
    now, household: 'The Harbour House (made up)', night: DAY, light: 'dusk', simulated: true,
    sleepers: structuredClone(SLEEPERS),
    rooms: [
      room('nest', 'The nest', '2026-11-20/nest', 'Tidepool', at(DAY, '19:25')),
      room('loft', 'The loft', '2026-11-20/loft', 'Lamp and page', at(DAY, '22:20')),
    ],
    conflicts: [],
  }; // prettier-ignore
}

const count = (name, value, unit, words, source) => ({ name, value, unit, words, source });

function stagesOf(epochs) {
  const cycle = [...'WNNNDDDDNNRR'].map((one) => ({ W: 'N1', N: 'N2', D: 'N3', R: 'R' })[one]);
  return Array.from({ length: epochs }, (_, at) => {
    if (at < 30 || at > epochs - 12 || (at > 500 && at < 520)) return 'W';
    if (at > 700 && at < 716) return null;
    return cycle[Math.floor(at / 16) % cycle.length];
  });
}

function member(one, age_months, more) {
  return {
    member: one.member, name: one.name, measured: 'not measured', statistics: [],
    plan: { age_months, lights_out: one.lights_out, wake: one.wake },
    hypnogram: null, movement: null, ...more,
  }; // prettier-ignore
}

export function mornings() {
  const [noor, ilay, mara, tomas] = SLEEPERS;
  const night = (room, members, immersion_min) => ({
    night: DAY, room, kind: 'immersive', title: 'Tidepool', simulated: true,
    immersion_min, allowance_min: 20, members, notes: [],
  }); // prettier-ignore
  const moving = Array.from({ length: 1350 }, (_, at) => (at * 7919) % 100 < (at < 60 ? 60 : 6));
  return {
    mornings: [
      night('The nest', [
        member(noor, 53, {
          measured: 'a simulated watch, by movement',
          movement: { start: noor.lights_out, epoch_s: 30, moving, source: 'By movement alone.' },
          statistics: [
            count('TST', 612, 'min', 'Asleep in all', 'by movement'),
            count('SOL', null, 'min', 'Time it took to fall asleep', 'nobody noted it'),
          ],
        }),
        member(ilay, 104, {}),
      ], 14),
      night('The loft', [
        member(mara, 463, {
          measured: 'a simulated watch, by movement and heart rate',
          hypnogram: { start: mara.lights_out, epoch_s: 30, stages: stagesOf(980), source: 'An estimate.' },
          statistics: [count('TST', 441, 'min', 'Asleep in all', 'by movement')],
        }),
        member(tomas, 482, {}),
      ], 0),
    ],
  }; // prettier-ignore
}
