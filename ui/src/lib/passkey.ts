// Passkeys, loaded only by whoever asks for one: the ceremony is the browser's, the words the library's.

import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { came } from './coming-in';
import { send } from './hub.svelte';
import type { Me } from './types';

type Ask = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type Make = Parameters<typeof startRegistration>[0]['optionsJSON'];

/** Sign in with whichever passkey the person picks. */
export async function signInWithPasskey(label: string): Promise<Me> {
  const optionsJSON = await send<Ask>('passkeys/sign-in/begin', {});
  const answer = await startAuthentication({ optionsJSON });
  return came(await send<Me>('passkeys/sign-in', { answer, label }));
}

/** Make a passkey for whoever is signed in here. */
export async function makePasskey(label: string): Promise<void> {
  const optionsJSON = await send<Make>('passkeys/begin', {});
  const answer = await startRegistration({ optionsJSON });
  await send('passkeys', { answer, label });
}
