// What the checks share: the browser, pages that complain, and counting what fails.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
export const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const [pages, shots] = process.argv.slice(2).map((p) => resolve(p));
export const url = (name) => pathToFileURL(join(pages, name + '.html')).href;

let failures = 0;
export const say = (text) => console.log(text);
export function equal(what, got, want) {
	const a = JSON.stringify(got), b = JSON.stringify(want);
	if (a === b) return;
	failures++;
	say(`FAIL ${what}: ${a}, want ${b}`);
}
export const holds = (what, ok, detail = '') => equal(what + (ok ? '' : ' ' + detail), Boolean(ok), true);
export async function part(name, run) {
	const before = failures;
	try {
		await run();
	} catch (error) {
		failures++;
		say(`FAIL ${name}: ${error.message}`);
	}
	say(`${failures === before ? 'ok  ' : 'FAIL'} ${name}`);
}

// Root needs --no-sandbox.
export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
say(`Chromium ${browser.version()}, playwright-core ${require('playwright-core/package.json').version}, axe-core ${require('axe-core/package.json').version}`);

// open returns a page of the report. Any complaint of the browser, any request and any dialog is a failure.
export async function open(name, { before, ...options } = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', ...options });
	const page = await context.newPage();
	page.on('console', (m) => holds(`${name}: no message on the console`, false, m.text()));
	page.on('pageerror', (e) => holds(`${name}: no error in the script`, false, e.message));
	page.on('dialog', (d) => { holds(`${name}: no dialog`, false, d.message()); d.dismiss(); });
	page.on('popup', () => holds(`${name}: no other window`, false));
	page.on('request', (r) => { if (r.url() !== url(name) && !r.url().startsWith(url(name) + '#')) holds(`${name}: no request`, false, r.url()); });
	await before?.(page);
	await page.goto(url(name));
	return page;
}
export const close = (page) => page.context().close();

// What a user sees of the findings: those with a box.
export const seen = (page) => page.$$eval('.f', (list) => list.filter((f) => f.getClientRects().length > 0).map((f) => ({
	id: f.id, severity: f.dataset.severity, code: f.dataset.code, maturity: f.dataset.maturity,
	package: f.closest('.package').dataset.package, family: f.closest('.family').dataset.family, text: f.textContent,
})));
export const count = (page) => page.textContent('#count');
export const settled = (page) => page.waitForTimeout(250); // the search waits for a pause in typing

// finish ends the run; its status says whether anything failed.
export async function finish() {
	await browser.close();
	say(failures ? `${failures} failures` : 'all passed');
	process.exit(failures ? 1 : 0);
}
