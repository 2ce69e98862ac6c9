// Where one is: Tonight, a room's Bedside, the Morning, or the door. In the hash, so that any path
// may serve it.

import type { Me } from './types';

export type Route =
  | { page: 'tonight' }
  | { page: 'morning' }
  | { page: 'bedside'; room: string }
  | { page: 'pair'; code: string; key: string }
  | { page: 'screens' }
  | { page: 'voices' };

export function routeOf(hash: string): Route {
  const [page = '', what = '', more = ''] = hash.replace(/^#?\/?/, '').split('/');
  if (page === 'bedside' && what) return { page, room: plain(what) };
  if (page === 'pair') return { page, code: plain(what), key: more };
  if (page === 'morning' || page === 'screens' || page === 'voices') return { page };
  return { page: 'tonight' };
}

/** What an address stands for; as it is where it is no address at all. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const where = $state<{ route: Route }>({ route: { page: 'tonight' } });

export function go(to: string): void {
  location.hash = to;
}

/** Where a screen begins that was just let in: a bedside in its room, anyone else on Tonight. */
export function homeOf(now: Me): string {
  const isBedside = now.role === 'device' && now.room !== null;
  return isBedside ? `#/bedside/${encodeURIComponent(now.room ?? '')}` : '#/';
}

/** From the door to where this screen belongs; whoever came for something else is left there. */
export function goHome(now: Me): void {
  if (['pair', 'tonight'].includes(where.route.page)) go(homeOf(now));
}

export function followHash(): void {
  const follow = () => {
    where.route = routeOf(location.hash);
    // A code that came in the address stays in nobody's history, address bar or screenshot.
    if (where.route.page === 'pair') history.replaceState(null, '', '#/pair');
    scrollTo(0, 0);
  };
  addEventListener('hashchange', follow);
  follow();
}
