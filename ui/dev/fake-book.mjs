// The made-up home's dreams and voices, in memory. Whose they are follows from who the screen is.

const TAKES = ['audio/mp4', 'audio/webm', 'audio/ogg', 'audio/wav', 'audio/mpeg'];
const MOST_BYTES = 2_000_000;
const OK = { status: 200, body: { kept: true } };

function fault(status, found, mend) {
  return { status, body: { errors: [{ found, place: {}, expected: '', mend }] } };
}

const REFUSED = fault(403, 'something this screen may not', 'ask on your own screen');
const GONE = fault(404, 'something that is not there', 'look at the list again');

/** A voice that is none: syllables of a soft tone, 16 kHz WAV, so that something can be heard. */
export function speech(seconds) {
  const rate = 16_000;
  const bytes = Buffer.alloc(44 + 2 * rate * seconds);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  [16, 0x10001, rate, 2 * rate, 0x100002].forEach((one, k) => bytes.writeUInt32LE(one, 16 + 4 * k));
  bytes.write('data', 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  for (let at = 0; at < rate * seconds; at += 1) {
    const t = at / rate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2.5 * t)) ** 0.5;
    const tone = Math.sin(2 * Math.PI * 180 * t) + 0.5 * Math.sin(2 * Math.PI * 720 * t);
    bytes.writeInt16LE(Math.round(6000 * syllable * tone), 44 + 2 * at);
  }
  return bytes;
}

/** `who(cookie)` is the screen's `me`; `now` the home's time as text; `nameOf` of a member. */
export function fakeBook({ who, now, nameOf }) {
  let dreams;
  let voices;
  let count;
  const id = (kind) => `${kind}-${(count += 1)}`;

  function reset() {
    count = 0;
    dreams = [];
    voices = [];
  }

  const may = (cookie, right) => who(cookie).rights.includes(right);
  const mine = (cookie) => dreams.filter((one) => one.member === who(cookie).member);
  const shown = ({ audio, type, ...voice }) => voice;

  function keepVoice({ cookie, search, raw, type }) {
    const me = who(cookie);
    const whom = search.get('for');
    if (!may(cookie, 'voices-keep') || !me.member) return REFUSED;
    if (search.get('consent') !== 'yes') return fault(422, 'a voice without consent', 'ask whose voice it is'); // prettier-ignore
    if (!TAKES.includes(type) || raw.length > MOST_BYTES) return fault(422, 'a recording of another kind', 'send m4a, mp3 or wav'); // prettier-ignore
    return { status: 200, body: shown(add({ teller: me.member, whom, audio: raw, type })) };
  }

  function add({ teller, whom, audio, type }) {
    const seconds = type === 'audio/wav' ? (audio.length - 44) / audio.readUInt32LE(28) : null;
    const voice = {
      id: id('voice'), teller, teller_name: nameOf(teller), for_member: whom,
      for_name: nameOf(whom), seconds, made_utc: now(), audio, type,
    }; // prettier-ignore
    voices = [...voices, voice];
    return voice;
  }

  const ASKED = {
    'GET dreams': ({ cookie }) =>
      may(cookie, 'dreams-read')
        ? { status: 200, body: { dreams: mine(cookie).toReversed() } }
        : REFUSED,
    'POST dreams': ({ cookie, body: { member, words = '', drawing = '' } }) => {
      if (!may(cookie, 'dreams-tell') || !who(cookie).for_members.includes(member)) return REFUSED;
      dreams = [...dreams, { id: id('dream'), member, at_utc: now(), words, drawing }]; // prettier-ignore
      return OK;
    },
    'GET voices': ({ cookie }) =>
      may(cookie, 'voices-keep') ? { status: 200, body: { voices: voices.map(shown) } } : REFUSED,
    'POST voices': keepVoice,
  };

  /** The answer to a request of `api/v1/…`, or nothing where it is neither dream nor voice. */
  function answer(method, path, asked) {
    const [, what, which] = /^(dreams|voices)\/([^/]+)$/.exec(path) ?? [];
    if (!what) return ASKED[`${method} ${path}`]?.(asked);
    if (method === 'DELETE') return takeOut(what, which, asked.cookie);
    const voice = voices.find((one) => one.id === which);
    if (!may(asked.cookie, 'voices-hear')) return REFUSED;
    return voice ? { status: 200, raw: voice.audio, type: voice.type } : GONE;
  }

  function takeOut(what, which, cookie) {
    if (!may(cookie, what === 'dreams' ? 'dreams-read' : 'voices-keep')) return REFUSED;
    const before = dreams.length + voices.length;
    if (what === 'voices') voices = voices.filter((one) => one.id !== which);
    else dreams = dreams.filter((one) => one.id !== which || one.member !== who(cookie).member);
    return before === dreams.length + voices.length ? GONE : { status: 200, body: { gone: true } };
  }

  /** The voices a room's bedside offers. */
  function offered(members) {
    return voices
      .filter((one) => members.includes(one.for_member))
      .map(({ id: voice, teller_name, for_member }) => ({ id: voice, teller_name, for_member }));
  }

  const DEV = {
    voice: ({ teller = 'mara', whom = 'noor', seconds = 6 }) =>
      add({ teller, whom, audio: speech(seconds), type: 'audio/wav' }),
    dream: ({ member, words = '', drawing = '' }) =>
      dreams.push({ id: id('dream'), member, at_utc: now(), words, drawing }),
  };

  reset();
  return { answer, DEV, offered, reset };
}
