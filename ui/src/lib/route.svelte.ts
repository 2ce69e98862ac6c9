// Where one is: Tonight, a room's Bedside, or the Morning. In the hash, so that any path may serve it.

export type Route = { page: 'tonight' } | { page: 'morning' } | { page: 'bedside'; room: string };

export function routeOf(hash: string): Route {
  const [page = '', room = ''] = hash.replace(/^#?\/?/, '').split('/');
  if (page === 'bedside' && room) return { page, room: decodeURIComponent(room) };
  if (page === 'morning') return { page };
  return { page: 'tonight' };
}

export const where = $state<{ route: Route }>({ route: { page: 'tonight' } });

export function go(to: string): void {
  location.hash = to;
}

export function followHash(): void {
  const follow = () => {
    where.route = routeOf(location.hash);
    scrollTo(0, 0);
  };
  addEventListener('hashchange', follow);
  follow();
}
