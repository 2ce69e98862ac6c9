// The way out: hold for two seconds, or three taps within one and a half. Anywhere, by anyone.
// Pure: it is told when things happened and says when that was a stop.

export const HOLD_MS = 2000;
export const TAPS = 3;
export const TAPS_WITHIN_MS = 1500;
/** A finger that moves further is not holding still. CSS px; own choice. */
export const STILL_PX = 24;

export class Taps {
  #times: number[] = [];

  /** Note a tap; true when it was the third soon enough. */
  tap(at_ms: number): boolean {
    this.#times = [...this.#times, at_ms].filter((time) => at_ms - time <= TAPS_WITHIN_MS);
    const enough = this.#times.length >= TAPS;
    if (enough) this.#times = [];
    return enough;
  }
}

/** Calls `stop` on the gesture, and tells `holding` while a finger rests. */
export function stopGesture(
  node: HTMLElement,
  on: { stop: () => void; holding: (is: boolean) => void },
): { destroy: () => void } {
  const taps = new Taps();
  let timer = 0;
  let from = { x: 0, y: 0 };
  let held = false;

  const release = () => {
    clearTimeout(timer);
    on.holding(false);
  };
  const down = (event: PointerEvent) => {
    from = { x: event.clientX, y: event.clientY };
    held = false;
    on.holding(true);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      held = true;
      on.holding(false);
      on.stop();
    }, HOLD_MS);
  };
  const move = (event: PointerEvent) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL_PX) release();
  };
  const up = (event: PointerEvent) => {
    const still = Math.hypot(event.clientX - from.x, event.clientY - from.y) <= STILL_PX;
    release();
    if (!held && still && taps.tap(event.timeStamp)) on.stop();
  };
  const noMenu = (event: Event) => event.preventDefault();

  const listeners: [string, EventListener][] = [
    ['pointerdown', down as EventListener],
    ['pointermove', move as EventListener],
    ['pointerup', up as EventListener],
    ['pointercancel', release],
    ['contextmenu', noMenu],
  ];
  for (const [name, listener] of listeners) node.addEventListener(name, listener);
  return {
    destroy() {
      clearTimeout(timer);
      for (const [name, listener] of listeners) node.removeEventListener(name, listener);
    },
  };
}
