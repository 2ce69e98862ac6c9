// The browser to look with: whichever one the system has, or EVENFALL_BROWSER.

export const BROWSER = {
  executablePath: process.env.EVENFALL_BROWSER ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=user-gesture-required',
    // A microphone that beeps, and nobody to be asked for it.
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
};
