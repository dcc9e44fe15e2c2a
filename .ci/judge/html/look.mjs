// How the report looks: themes, contrast and the rest of accessibility, a phone, paper, no script; and the screenshots.
import { join } from 'node:path';
import { axe, close, equal, holds, open, part, seen, settled, shots } from './harness.mjs';

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const isDark = (rgb) => rgb.match(/\d+/g).slice(0, 3).every((n) => Number(n) < 80);

await part('dark and light', async () => {
	for (const scheme of ['light', 'dark']) {
		const other = scheme === 'light' ? 'dark' : 'light';
		const page = await open('many', { colorScheme: scheme });
		equal(`prefers ${scheme}`, isDark(await background(page)), scheme === 'dark');
		await page.check(`#theme-${other}`, { force: true });
		equal(`switched to ${other}`, isDark(await background(page)), other === 'dark');
		await page.reload();
		equal('a choice that lasts', [isDark(await background(page)), await page.isChecked(`#theme-${other}`)], [other === 'dark', true]);
		await page.check('#theme-auto', { force: true });
		equal('back to the system', isDark(await background(page)), scheme === 'dark');
		await close(page);
	}
});

await part('accessible (axe, WCAG 2.2 AA with contrast)', async () => {
	for (const name of ['many', 'path', 'run', 'zero', 'hostile']) {
		for (const colorScheme of ['light', 'dark']) {
			for (const viewport of [{ width: 1280, height: 900 }, { width: 360, height: 740 }]) {
				const page = await open(name, { colorScheme, viewport });
				// Also what is folded away, and values that a filter empties.
				await page.$$eval('details', (list) => list.forEach((d) => { d.open = true; }));
				if (name === 'many') {
					await page.check('input[name=family][value=goroutines]');
				}
				await page.evaluate(axe);
				const result = await page.evaluate(() => globalThis.axe.run(document, {
					runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
				}));
				holds(`${name}: contrast was computed`, result.passes.some((p) => p.id === 'color-contrast'));
				for (const v of result.violations) {
					holds(`${name}, ${colorScheme}, ${viewport.width} px: ${v.id}`, false, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120) + ' ' + n.failureSummary).join(' | '));
				}
				await close(page);
			}
		}
	}
});

await part('a phone', async () => {
	for (const width of [360, 320]) {
		for (const name of ['many', 'path', 'run', 'zero', 'hostile']) {
			const page = await open(name, { viewport: { width, height: 740 }, isMobile: true, hasTouch: true });
			await page.$$eval('details.numbers', (list) => list.forEach((d) => { d.open = true; }));
			const wide = await page.evaluate(() => Array.from(document.querySelectorAll('body *'))
				.filter((e) => e.getClientRects().length && !e.closest('.quiet, option') && e.getBoundingClientRect().right > innerWidth + .5)
				.map((e) => e.outerHTML.slice(0, 100)));
			equal(`${name}, ${width} px: nothing is wider than the screen`, wide, []);
			equal(`${name}, ${width} px: no scrolling sideways`, await page.evaluate(() => document.documentElement.scrollWidth), width);
			if (name === 'many') {
				const small = await page.evaluate(() => Array.from(document.querySelectorAll('button, select, input[type=search], fieldset.facet label, .facets > summary'))
					.filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 24).map((e) => e.outerHTML.slice(0, 80)));
				equal('targets are large enough for a finger', small, []);
				await page.tap('.facets > summary');
				await page.tap('label:has(input[name=severity][value=error])');
				holds('filters work', (await seen(page)).every((f) => f.severity === 'error'));
			}
			await close(page);
		}
	}
});

// What a run says: a chart for each go statement and package, and the steps beside the stack.
await part('the run', async () => {
	for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [360, 'light'], [360, 'dark']]) {
		const page = await open('run', { viewport: { width, height: 900 }, colorScheme });
		const where = (text) => `${width} px, ${colorScheme}: ${text}`;
		equal(where('names that are cut off'), await page.$$eval('.run, .run :not(svg *)', (list) => list.filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0).map((e) => e.outerHTML.slice(0, 80))), []);
		equal(where('charts'), await page.locator('.chart svg').count(), 5);
		// No text is cut off or lies on another one, and every line can be told from the page.
		const charts = await page.$$eval('.chart svg', (list) => list.map((svg) => {
			const box = svg.getBoundingClientRect();
			const texts = Array.from(svg.querySelectorAll('text'), (e) => ({ text: e.textContent, ...e.getBoundingClientRect().toJSON() }));
			const shown = (e) => e.getTotalLength() > 20 && getComputedStyle(e).stroke !== 'none' && getComputedStyle(e).stroke !== getComputedStyle(document.body).backgroundColor;
			return {
				size: Math.round(parseFloat(getComputedStyle(svg.querySelector('text')).fontSize) * box.width / svg.viewBox.baseVal.width),
				cut: texts.filter((t) => t.left < box.left - 1 || t.right > box.right + 1 || t.top < box.top - 1 || t.bottom > box.bottom + 1).map((t) => t.text),
				over: texts.filter((a, i) => texts.some((b, k) => k > i && a.left < b.right - 1 && b.left < a.right - 1 && a.top + 2 < b.bottom && b.top + 2 < a.bottom)).map((t) => t.text),
				line: shown(svg.querySelector('.line')), words: svg.parentElement.querySelector('p').textContent.length > 10,
			};
		}));
		for (const c of charts) {
			equal(where('texts that are cut off'), c.cut, []);
			equal(where('texts over others'), c.over, []);
			holds(where('its letters can be read'), c.size >= 9 && c.size <= 14, c.size);
			holds(where('a line, and words for it'), c.line && c.words);
		}
		// A screen reader has what the picture shows, and the numbers.
		const image = page.getByRole('img', { name: 'Goroutines started at services/orders/fetch.go:9 while tests ran' }).first();
		equal(where('a name for who does not see it'), await image.count(), 1);
		holds(where('and what it shows'), /14 at most, after 223 ms.*TestRetry: 202 ms to 305 ms/.test(await image.getAttribute('aria-labelledby').then((ids) => page.textContent('#' + ids.split(' ')[1]))));
		await page.locator('.numbers summary').first().click();
		equal(where('rows of numbers'), await page.locator('.numbers[open] tbody tr').count(), 11);
		// Beside each other where there is room.
		const [left, right] = await page.$eval('.beside.two', (e) => Array.from(e.children, (f) => f.getBoundingClientRect().toJSON()));
		if (width > 1000) holds(where('the stack beside the steps'), Math.abs(left.top - right.top) < 1 && right.left > left.right && Math.abs(left.width - right.width) < 2 && Math.abs(left.bottom - right.bottom) < 1);
		else holds(where('the stack below the steps'), right.top >= left.bottom && Math.abs(left.left - right.left) < 1);
		equal(where('steps and calls'), [await page.locator('.beside.two').first().locator('.way .s').count(), await page.locator('.beside.two').first().locator('.calls .s').count()], [5, 3]);
		await close(page);
	}
});

await part('without JavaScript', async () => {
	const page = await open('many', { javaScriptEnabled: false });
	equal('findings in the page', await page.locator('.f').count(), 13);
	for (const f of await page.locator('.f').all()) holds('each is visible', await f.locator('h4').isVisible() && (await f.locator('.more').isVisible()));
	for (const part of ['#filters', '#theme', '.only']) holds(`${part} needs the script and is not shown`, !(await page.locator(part).first().isVisible()));
	await page.screenshot({ path: join(shots, 'no-script.png') });
	await close(page);
});

await part('print', async () => {
	const page = await open('many', { colorScheme: 'dark' });
	await page.emulateMedia({ media: 'print' });
	equal('on white', isDark(await background(page)), false);
	equal('all findings', (await seen(page)).length, 13);
	for (const part of ['.search', '.facets', '.tools', '.theme', '.keys']) holds(`without ${part}`, !(await page.isVisible(part)));
	const pdf = await page.pdf({ path: join(shots, 'print.pdf'), format: 'A4' });
	holds('a PDF', pdf.length > 10_000);
	await close(page);
	const run = await open('run', { colorScheme: 'dark' });
	await run.emulateMedia({ media: 'print' });
	holds('charts on paper', (await run.$$eval('.chart svg', (list) => list.every((e) => e.getBoundingClientRect().height > 50))));
	await run.pdf({ path: join(shots, 'print-run.pdf'), format: 'A4' });
	await close(run);
});

await part('screenshots', async () => {
	const shot = async (file, name, options, prepare = async () => {}) => {
		const page = await open(name, options);
		await prepare(page);
		await settled(page);
		await page.screenshot({ path: join(shots, file) });
		await close(page);
	};
	const to = (selector) => (page) => page.$eval(selector, (e) => e.scrollIntoView());
	await shot('desktop-light.png', 'many', { viewport: { width: 1200, height: 800 } }, to('.package:has([data-code=CL1001])'));
	await shot('desktop-dark.png', 'many', { viewport: { width: 1200, height: 800 }, colorScheme: 'dark' });
	await shot('fix-light.png', 'many', { viewport: { width: 1200, height: 800 } }, to('.f[data-code=CL2001]'));
	await shot('rule-dark.png', 'many', { viewport: { width: 1200, height: 800 }, colorScheme: 'dark' }, to('#CL2001'));
	await shot('phone-dark.png', 'path', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
	await shot('phone-filters.png', 'many', { viewport: { width: 360, height: 740 } }, (page) => page.click('.facets > summary'));
	for (const [file, options] of [['run-light', { viewport: { width: 1280, height: 1400 } }], ['run-dark', { viewport: { width: 1280, height: 1400 }, colorScheme: 'dark' }],
		['run-phone-light', { viewport: { width: 360, height: 1500 } }], ['run-phone-dark', { viewport: { width: 360, height: 1500 }, colorScheme: 'dark' }]]) {
		await shot(`${file}.png`, 'run', options, to('.run'));
	}
	await shot('empty.png', 'zero', { viewport: { width: 1200, height: 700 } });
	await shot('crowd.png', 'crowd', { viewport: { width: 1200, height: 860 } });
});
