// Keeps the screen on while someone reads or listens, and lets it go at lights-out.

let lock: WakeLockSentinel | null = null;
let wanted = false;
let isAsking = false;

export const canKeepAwake = 'wakeLock' in navigator;

async function take(): Promise<void> {
  // One at a time: of two that were asked for at once only one could be let go.
  if (!canKeepAwake || lock || isAsking || !wanted) return;
  if (document.visibilityState !== 'visible') return;
  isAsking = true;
  try {
    lock = await navigator.wakeLock.request('screen');
    lock.addEventListener('release', () => (lock = null));
    if (!wanted) await lock?.release();
  } catch {
    // A low battery or an older browser: the screen goes off by itself, and the evening goes on.
  } finally {
    isAsking = false;
  }
}

export function stayAwake(is: boolean): void {
  wanted = is;
  if (is) void take();
  else void lock?.release();
}

document.addEventListener('visibilitychange', () => void take());
