// Opens pages of the HTML report in headless Chromium and checks what only a browser can: .ci/full html runs it.
//
//   node main.mjs PAGES SHOTS     PAGES as .ci/full html makes them; screenshots go to SHOTS
//
// CHROMIUM is the browser's program.
import { finish } from './harness.mjs';

// One after the other: they measure time.
for (const checks of ['use', 'look', 'hostile', 'scale']) await import(`./${checks}.mjs`);
await finish();
