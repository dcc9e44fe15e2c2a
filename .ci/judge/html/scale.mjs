// A report of 5,000 findings.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { close, count, equal, holds, open, pages, part, say } from './harness.mjs';

await part('5,000 findings', async () => {
	// Processor time of the page, which is the same on a busy machine.
	let metrics;
	const before = async (page) => {
		metrics = await page.context().newCDPSession(page);
		await metrics.send('Performance.enable', { timeDomain: 'threadTicks' });
	};
	const spent = async () => (await metrics.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value * 1000;
	const page = await open('crowd', { before });
	const times = { load: Math.round(await spent()) };
	// act runs a function in the page and returns the time up to the frame that shows the result.
	const act = async (action) => {
		const start = await spent();
		await page.evaluate(action);
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
		return Math.round(await spent() - start);
	};
	const searchFor = (text) => `(() => {
		const search = document.getElementById('search');
		search.value = ${JSON.stringify(text)};
		search.dispatchEvent(new Event('input', { bubbles: true }));
		return new Promise((done) => setTimeout(done, 150));
	})()`;
	times.filter = await act(() => document.querySelector('input[name=code][value=CL2001]').click());
	equal('filtered', await count(page), '1667 of 5000 findings');
	times.unfilter = await act(() => document.querySelector('input[name=code][value=CL2001]').click());
	times.search = await act(searchFor('readheadertimeout (33'));
	times.searchAgain = await act(searchFor('(4999)'));
	equal('found', await count(page), '1 of 5000 findings');
	times.searchNothing = await act(searchFor(''));
	times.next = await act(() => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'j' })));
	times.collapse = await act(() => document.getElementById('fold').click());
	times.expand = await act(() => document.getElementById('fold').click());
	times.end = await act(() => scrollTo(0, document.body.scrollHeight));
	const wall = await page.evaluate(() => Math.round(performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd));
	const paint = await page.evaluate(() => Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime));
	const elements = await page.evaluate(() => document.querySelectorAll('*').length);
	const size = statSync(join(pages, 'crowd.html')).size;
	say(`     ${(size / 1e6).toFixed(1)} MB, ${elements} elements; processor time in ms: ${JSON.stringify(times)}; on the clock: first paint ${paint} ms, ready ${wall} ms`);
	holds('the page is small enough', size < 16e6);
	for (const [name, ms] of Object.entries(times)) holds(`${name} is quick`, ms < (name === 'load' ? 6000 : 1500), ms);
	await close(page);
});
