// A swipe to the left or up turns on, to the right or down turns back. A swipe is never a tap.

const FAR_PX = 48;

export function swipe(
  node: HTMLElement,
  onturn: (by: 1 | -1) => void,
): { update: (to: (by: 1 | -1) => void) => void; destroy: () => void } {
  let turn = onturn;
  let from: { x: number; y: number } | null = null;
  let swiped = false;

  const down = (event: PointerEvent) => {
    from = { x: event.clientX, y: event.clientY };
    swiped = false;
  };
  const up = (event: PointerEvent) => {
    if (!from) return;
    const x = event.clientX - from.x;
    const y = event.clientY - from.y;
    from = null;
    if (Math.max(Math.abs(x), Math.abs(y)) < FAR_PX) return;
    swiped = true;
    turn((Math.abs(x) > Math.abs(y) ? x : y) < 0 ? 1 : -1);
  };
  const click = (event: MouseEvent) => {
    if (swiped && event.detail > 0) event.stopPropagation();
    swiped = false;
  };

  node.addEventListener('pointerdown', down);
  node.addEventListener('pointerup', up);
  node.addEventListener('click', click, true);
  return {
    update(to) {
      turn = to;
    },
    destroy() {
      node.removeEventListener('pointerdown', down);
      node.removeEventListener('pointerup', up);
      node.removeEventListener('click', click, true);
    },
  };
}
