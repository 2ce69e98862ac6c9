import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { hub } from './lib/hub.svelte';
import { followHash, hashOf } from './lib/route.svelte';

// A page opened as /bedside/nest is the same page at the root, with the rest in the hash.
const asked = hashOf(location.pathname);
if (asked)
  location.replace(
    new URL(`${location.pathname.includes('/bedside/') ? '../' : './'}${asked}`, location.href),
  );

followHash();
hub.start();
const target = document.getElementById('page');
if (target) mount(App, { target });

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register('./sw.js').catch(() => undefined);
}
