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
