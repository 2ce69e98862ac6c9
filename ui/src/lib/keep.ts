// Small things this device remembers. A browser that keeps nothing is fine: it is asked again.

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(`evenfall:${key}`);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`evenfall:${key}`, value);
  } catch {
    // A full or forbidden store changes nothing about tonight.
  }
}

/** The same for as long as this window is open, and no longer. */
export function keptForNow(key: string): string | null {
  try {
    return sessionStorage.getItem(`evenfall:${key}`);
  } catch {
    return null;
  }
}

export function keepForNow(key: string, value: string): void {
  try {
    sessionStorage.setItem(`evenfall:${key}`, value);
  } catch {
    // As above: then it is known until the page is loaded anew.
  }
}

/** What is this device's and nobody's own: how it is set, which night it went dark in, its guard. */
const THE_DEVICES = ['language', 'night-light', 'stopped', 'guard'];

/** Forget whatever someone left here, but what the device itself needs. */
export function forgetOwn(but: readonly string[] = []): void {
  const stays = [...THE_DEVICES, ...but].map((key) => `evenfall:${key}`);
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith('evenfall:') && !stays.includes(key)) localStorage.removeItem(key);
    }
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}
