// Familiar voices: which are kept, and the errands to the hub for them.

import { api, faultsIn, pageHeaders, read, RefusedError, remove } from './hub.svelte';
import type { PictureName } from '../parts/pictures';
import type { SleeperView, VoiceChoice, VoiceKept } from './types';

/** At two in the morning there are this many to choose from, and no more. */
export const OFFERED_AT_MOST = 2;

/** A voice as a child sees it: a picture that stays the same from night to night, and a name. */
export interface Offered extends VoiceChoice {
  picture: PictureName;
  /** For whom, only where the same person speaks to two. */
  for_name: string;
}

const PICTURES: readonly PictureName[] = ['heart', 'face', 'star'];

/** A person's picture follows from their name alone, so that it is the same each night. */
function pictureOf(name: string, taken: ReadonlySet<PictureName>): PictureName {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  const from = sum % PICTURES.length;
  const turned = [...PICTURES.slice(from), ...PICTURES.slice(0, from)];
  return turned.find((picture) => !taken.has(picture)) ?? 'heart';
}

/** The voices a bedside offers, each with its picture. */
export function offered(voices: VoiceChoice[], sleepers: SleeperView[]): Offered[] {
  const taken = new Set<PictureName>();
  const few = voices.slice(0, OFFERED_AT_MOST);
  return few.map((voice) => {
    const picture = pictureOf(voice.teller_name, taken);
    taken.add(picture);
    const isTwice = few.filter((one) => one.teller_name === voice.teller_name).length > 1;
    const whose = sleepers.find((one) => one.member === voice.for_member);
    return { ...voice, picture, for_name: isTwice ? (whose?.name ?? '') : '' };
  });
}

async function errand(method: string, path: string, body?: Blob): Promise<Response> {
  const headers = { ...pageHeaders(), ...(body && { 'Content-Type': body.type }) };
  const answer = await fetch(api(path), { method, headers, body: body ?? null, cache: 'no-store' });
  if (!answer.ok) {
    throw new RefusedError(answer.status, faultsIn(await answer.json().catch(() => null)));
  }
  return answer;
}

export async function voicesKept(): Promise<VoiceKept[]> {
  return (await read<{ voices: VoiceKept[] }>('voices')).voices;
}

/** Keep a recording for someone, with the consent of whose voice it is: theirs, who asks. */
export async function keepVoice(forMember: string, audio: Blob): Promise<void> {
  await errand('POST', `voices?for=${encodeURIComponent(forMember)}&consent=yes`, audio);
}

export async function takeAway(id: string): Promise<void> {
  await remove(`voices/${encodeURIComponent(id)}`);
}

export async function voiceBytes(id: string): Promise<ArrayBuffer> {
  return (await errand('GET', `voices/${encodeURIComponent(id)}`)).arrayBuffer();
}
