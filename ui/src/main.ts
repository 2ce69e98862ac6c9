import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { hub } from './lib/hub.svelte';
import { followHash } from './lib/route.svelte';
import { ready } from './lib/words/index.svelte';

followHash();
hub.start();
const target = document.getElementById('page');
if (target) void ready.then(() => mount(App, { target }));

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register('./sw.js').catch(() => undefined);
}
