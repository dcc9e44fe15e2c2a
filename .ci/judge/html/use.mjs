// What a reader does: filters, search, the keyboard alone.
import { close, count, equal, holds, open, part, seen, settled } from './harness.mjs';

await part('filters', async () => {
	const page = await open('many');
	const all = await seen(page);
	equal('findings', all.length, 13);
	equal('count', await count(page), '13 findings');
	for (const [name, facet] of [['severity', 'severity'], ['family', 'family'], ['maturity', 'maturity'], ['code', 'code']]) {
		const values = await page.$$eval(`input[name=${name}]`, (boxes) => boxes.map((b) => b.value));
		equal(`${name}: a box for each value`, values.toSorted(), [...new Set(all.map((f) => f[facet]))].toSorted());
		for (const value of values) {
			const want = all.filter((f) => f[facet] === value);
			equal(`${name}=${value}: the number beside the box`, await page.textContent(`label:has(input[name=${name}][value="${value}"]) .n`), String(want.length));
			await page.check(`input[name=${name}][value="${value}"]`);
			equal(`${name}=${value}`, (await seen(page)).map((f) => f.id), want.map((f) => f.id));
			equal(`${name}=${value}: count`, await count(page), `${want.length} of 13 findings`);
			await page.uncheck(`input[name=${name}][value="${value}"]`);
		}
	}
	for (const value of new Set(all.map((f) => f.package))) {
		await page.selectOption('#package', value);
		equal(`package ${value}`, (await seen(page)).map((f) => f.id), all.filter((f) => f.package === value).map((f) => f.id));
	}
	await page.selectOption('#package', '');
	// Values of one facet widen, facets narrow; groups without findings go.
	await page.check('input[name=severity][value=error]');
	await page.check('input[name=severity][value=note]');
	await page.check('input[name=family][value=goroutines]');
	equal('two severities of one family', (await seen(page)).map((f) => f.id),
		all.filter((f) => ['error', 'note'].includes(f.severity) && f.family === 'goroutines').map((f) => f.id));
	equal('headings', await page.$$eval('main h2', (list) => list.filter((h) => h.getClientRects().length).map((h) => h.firstChild.data.trim())),
		['Not analysed', 'Goroutines', 'The rules', 'This run']);
	await page.click('#clear');
	await settled(page);
	equal('all again', (await seen(page)).length, 13);
	holds('nothing left to clear', await page.isDisabled('#clear'));
	await page.click('.rule#CL2001 [data-rule]');
	await settled(page);
	holds('the findings of a rule', (await seen(page)).every((f) => f.code === 'CL2001'));
	await close(page);
});

await part('search', async () => {
	const page = await open('many');
	const all = await seen(page);
	for (const words of ['shard.go', 'RESULTS', 'abandoned-sender', 'goroutine shard', '日本', 'example.com/libs', 'preview']) {
		await page.fill('#search', words);
		await settled(page);
		const want = all.filter((f) => words.toLowerCase().split(' ').every((w) => [f.text, f.package, f.family, f.maturity].join('\n').toLowerCase().includes(w)));
		holds(`search for ${words} finds something`, want.length > 0 && want.length < all.length, `${want.length}`);
		equal(`search for ${words}`, (await seen(page)).map((f) => f.id), want.map((f) => f.id));
		if (words === 'RESULTS') holds('what was found is marked', await page.evaluate(() => CSS.highlights.get('found').size > 3));
	}
	await page.fill('#search', '<img src=x onerror=alert(1)>');
	await settled(page);
	equal('nothing found', await count(page), '0 of 13 findings');
	holds('and it says so', await page.isVisible('#none'));
	await page.click('#none-clear');
	await settled(page);
	equal('cleared', [await page.inputValue('#search'), (await seen(page)).length], ['', 13]);
	await close(page);
});

await part('keyboard alone', async () => {
	const page = await open('many');
	const focus = () => page.evaluate(() => {
		const e = document.activeElement, style = getComputedStyle(e), next = e.nextElementSibling && getComputedStyle(e.nextElementSibling);
		const box = e.getBoundingClientRect();
		return {
			name: e.id || e.name || e.className || e.tagName + ' ' + e.textContent.slice(0, 20),
			tag: e.tagName, finding: e.closest('.f')?.id,
			ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || e.type === 'radio' && next.outlineStyle !== 'none',
			inside: box.top >= 0 && box.bottom <= innerHeight + 1 || box.height > innerHeight,
		};
	});
	const order = [];
	for (let i = 0; i < 30; i++) {
		await page.keyboard.press('Tab');
		const f = await focus();
		holds(`the focus is visible on ${f.name}`, f.ring && f.inside, JSON.stringify(f));
		order.push(f.name);
		if (f.finding) break;
	}
	equal('order of the focus', order.filter((n) => !['severity', 'family', 'maturity', 'code'].includes(n)),
		['skip', 'theme-auto', 'search', 'fold', 'package', 'SUMMARY Keyboard', order.at(-1)]);
	holds('the tabs end in a finding', (await focus()).finding);

	await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
	await page.keyboard.press('/');
	equal('/ goes to the search', (await focus()).name, 'search');
	await page.keyboard.type('jk/');
	equal('keys are text there', await page.inputValue('#search'), 'jk/');
	await page.keyboard.press('Escape');
	equal('Escape clears', await page.inputValue('#search'), '');
	await page.keyboard.press('Escape');
	equal('Escape leaves', (await focus()).tag, 'BODY');

	const ids = (await seen(page)).map((f) => f.id);
	await page.reload();
	for (const [key, want] of [['j', 0], ['j', 1], ['j', 2], ['k', 1], ['k', 0]]) {
		await page.keyboard.press(key);
		const f = await focus();
		equal(`${key} goes to finding ${want}`, [f.tag, f.finding], ['SUMMARY', ids[want]]);
		holds('where it is visible', f.ring && f.inside, JSON.stringify(f));
	}
	const isOpen = () => page.$eval('#' + ids[0], (f) => f.open);
	await page.keyboard.press('Enter');
	equal('Enter closes', await isOpen(), false);
	await page.keyboard.press('Enter');
	equal('Enter opens', await isOpen(), true);
	await page.focus('#fold');
	await page.keyboard.press('Space');
	equal('all closed', await page.$$eval('.f[open]', (list) => list.length), 0);
	await page.keyboard.press('Space');
	equal('all open', await page.$$eval('.f[open]', (list) => list.length), 13);

	await page.focus('.keys summary');
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Space');
	await page.keyboard.press('/');
	equal('shortcuts can be switched off', (await focus()).name, 'shortcuts');
	await page.focus('#theme-auto');
	await page.keyboard.press('ArrowRight');
	equal('arrows choose the theme', await page.evaluate(() => document.documentElement.dataset.theme), 'light');

	// The skip link, and a link to a finding that a filter hides.
	await page.focus('.skip');
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	holds('the link skips to the findings', await page.evaluate(() => document.activeElement.closest('main')));
	await page.fill('#search', 'nothing has this');
	await settled(page);
	await page.evaluate((id) => { location.hash = id; }, ids[7]);
	await settled(page);
	holds('a link shows its finding', (await seen(page)).some((f) => f.id === ids[7]));
	await close(page);
});
