// The pictures, drawn here as lines on a 100 × 100 ground: for someone who can't read, in the dark.

const PICTURES = {
  bath: 'M14 54h72M20 54v9a17 17 0 0 0 17 17h26a17 17 0 0 0 17-17v-9M31 80l-4 8M69 80l4 8M24 54V25a9 9 0 0 1 18 0M36 27h12M56 40a6 6 0 1 1 .1 0M70 43a4.5 4.5 0 1 1 .1 0M64 27a3.5 3.5 0 1 1 .1 0',
  teeth:
    'M13 72 60 38a5 5 0 0 1 6 8L19 80a5 5 0 0 1-6-8zM60 38l15-11 6 8-15 11M62 36l-5-9M68 32l-5-9M74 28l-5-9M78 55c5 7 8 11 8 15a8 8 0 0 1-16 0c0-4 3-8 8-15z',
  story:
    'M50 34c-8-8-20-10-34-9v46c14-1 26 1 34 9 8-8 20-10 34-9V25c-14-1-26 1-34 9zM50 34v46M25 38c6 0 11 1 16 4M25 50c6 0 11 1 16 4M75 38c-6 0-11 1-16 4M75 50c-6 0-11 1-16 4',
  song: 'M38 72V28l36-8v43M38 40l36-8M38 72a10 8 0 1 1-20 0 10 8 0 0 1 20 0zM74 63a10 8 0 1 1-20 0 10 8 0 0 1 20 0z',
  stars:
    'M35 22l4.7 11.6 12.5.9-9.6 8 3 12.2-10.6-6.6-10.6 6.6 3-12.2-9.6-8 12.5-.9zM73 54l2.8 7 7.5.5-5.8 4.8 1.8 7.3-6.3-4-6.4 4 1.9-7.3-5.8-4.8 7.5-.5zM70 20v12M64 26h12M36 72v10M31 77h10',
  lamp: 'M36 18h28l14 32H22zM50 50v30M34 84h32M64 50v13M64 66a1.5 1.5 0 1 1 .1 0',
  pyjamas:
    'M36 20c4 7 24 7 28 0l22 13-9 17-9-5v43H32V45l-9 5-9-17zM50 26v62M56 40h.1M56 54h.1M56 68h.1M38 74h6M60 79h4',
  step: 'M50 86V52M50 52c-14 0-20-8-20-17 10 0 20 5 20 17zM50 62c14 0 20-8 20-17-10 0-20 5-20 17zM28 86h44',
  moon: 'M62 20a32 32 0 1 0 18 46A27 27 0 0 1 62 20z',
  half: 'M16 66h68M26 66a24 24 0 0 1 48 0M50 30V19M24 40l-8-8M76 40l8-8M30 80h40',
  sun: 'M50 32a18 18 0 1 1-.1 0M50 20V9M50 91V80M20 50H9M91 50H80M29 29l-8-8M79 79l-8-8M29 71l-8 8M79 21l-8 8',
  afar: 'M12 26h24v48H12zM20 66h8M46 44c3 4 3 8 0 12M55 37c7 8 7 18 0 26M88 34a17 17 0 1 0 6 26 14 14 0 0 1-6-26z',
  coming:
    'M24 88V16h40v72M14 88h72M55 52h.1M79 42a7 7 0 1 1 .1 0M79 43c-7 0-9 6-9 14v11h4v20M79 43c7 0 9 6 9 14v11h-4v20',
  hand: 'M34 56V30a5 5 0 0 1 10 0v20V20a5 5 0 0 1 10 0v30V25a5 5 0 0 1 10 0v28V36a5 5 0 0 1 10 0v28c0 14-9 24-22 24-10 0-16-5-21-14L20 58c-3-6 4-10 8-5l6 8',
  pause: 'M36 26v48M64 26v48',
  stop: 'M28 28h44v44H28z',
  go: 'M34 24l40 26-40 26z',
  heart: 'M50 82C24 64 14 50 14 37a18 18 0 0 1 36-5 18 18 0 0 1 36 5c0 13-10 27-36 45z',
  rough: 'M50 14a36 36 0 1 1-.1 0M32 47l10-5M68 47l-10-5M34 68c4-8 10-11 16-11s12 3 16 11',
  soSo: 'M50 14a36 36 0 1 1-.1 0M37 42v5M63 42v5M35 64h30',
  tap: 'M42 92 28 70c-5-8 4-14 10-6l4 6V36a6 6 0 0 1 12 0v20l16 4c7 2 9 7 8 13l-4 19M28 38a20 20 0 1 1 40 0',
  face: 'M50 14a36 36 0 1 1-.1 0M37 42v5M63 42v5M33 60c4 8 10 12 17 12s13-4 17-12',
  callOut:
    'M42 20a30 30 0 1 1-.1 0M32 42v5M52 42v5M34 62a8 9 0 1 0 16 0 8 9 0 1 0-16 0M80 38c4 8 4 17 0 25M90 30c7 13 7 28 0 41',
  star: 'M50 14l11 24 26 3-19 18 5 26-23-13-23 13 5-26-19-18 26-3z',
  microphone:
    'M50 14a13 13 0 0 1 13 13v22a13 13 0 0 1-26 0V27a13 13 0 0 1 13-13zM26 48a24 24 0 0 0 48 0M50 72v14M36 86h28',
  faceDown: 'M20 72h60M26 60h48a4 4 0 0 1 0 8H26a4 4 0 0 1 0-8zM50 18v28M38 36l12 12 12-12',
} as const;

export type PictureName = keyof typeof PICTURES;

const OF_STEP: Record<string, PictureName> = {
  bath: 'bath',
  shower: 'bath',
  teeth: 'teeth',
  story: 'story',
  read: 'story',
  book: 'story',
  song: 'song',
  stars: 'stars',
  'lights out': 'lamp',
  pyjamas: 'pyjamas',
  pajamas: 'pyjamas',
};

/** The picture of a ritual's step; a step nobody drew is a small plant. */
export function pictureOfStep(what: string): PictureName {
  return OF_STEP[what.toLowerCase()] ?? 'step';
}

export function pathOf(name: PictureName): string {
  return PICTURES[name];
}
