// Keeps the page itself for when the house is away, and never anything the house says.
// SHELL and its name are written in at build time, so that a new build is a new cache.

const NAME = '__NAME__';
const SHELL = __SHELL__;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(SHELL)));
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('evenfall-') && name !== NAME)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

/** The page is asked for anew each time, and taken from here where nobody answers soon. */
async function page(request) {
  const kept = await caches.match('./', { ignoreSearch: true });
  const fresh = fetch(request);
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), 2000));
  return Promise.race([fresh.catch(() => kept), late]);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const scope = new URL(self.registration.scope);
  if (request.method !== 'GET' || url.origin !== scope.origin) return;
  const path = url.pathname.slice(scope.pathname.length);
  if (path.startsWith('api/') || path === 'healthz') return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (SHELL.includes(`./${path}`)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
