// A call for help: one press, and what came of it in words. Nothing of it waits for a second press.

import { toldBy } from './coming-in';
import { send } from './hub.svelte';
import type { Call, HelpTold } from './types';
import type { Catalogue } from './words/en';

/** A house that takes longer to say that it heard has not heard. Own choice. */
const ANSWER_MS = 8000;

export interface Asked {
  busy: boolean;
  /** Whose phones are being told; null where nobody has asked, or nobody heard. */
  told: string[] | null;
  /** Why it was not heard. */
  failed: string[];
}

/** What is said of a call for help; `call` is what came of the room's calls, as last told. */
export function saidOfHelp({ busy, told, failed }: Asked, call: Call, w: Catalogue): string[] {
  if (busy) return [w.calling];
  if (failed.length) return failed;
  if (!told) return [];
  if (!told.length) return [w.helpNobody];
  return [call === 'lost' ? w.callLost : w.helpTold(told)];
}

export class Helping {
  asked = $state.raw<Asked>({ busy: false, told: null, failed: [] });

  /** Call for help in a room; `lost` is said where nobody hears. */
  async call(room: string, lost: string): Promise<void> {
    if (this.asked.busy) return;
    this.asked = { busy: true, told: null, failed: [] };
    try {
      const { told } = await heard(send<HelpTold>('help', { room }));
      this.asked = { busy: false, told, failed: [] };
    } catch (error) {
      this.asked = { busy: false, told: null, failed: toldBy(error, lost) };
    }
  }
}

function heard<T>(answer: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, refuse) => setTimeout(() => refuse(new Error()), ANSWER_MS));
  return Promise.race([answer, late]);
}
