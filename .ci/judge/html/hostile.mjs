// What a repository says is text, and the policy holds.
import { join } from 'node:path';
import { browser, close, equal, holds, open, part, settled, shots, url } from './harness.mjs';

// foreign returns what is in a page that is not the report's: elements, attributes that run or load something, scripts
// beside the one, and where links lead out to.
async function foreign(page) {
	const known = ('a article b bdi body button code dd details div dl dt fieldset figcaption figure form h1 h2 h3 h4 head header html i input kbd meter table tbody td tr ' +
		'label legend li main mark meta option p pre script section select span style summary thead th title ul').split(' ');
	// Of the charts.
	known.push(...'svg title desc path circle rect text'.split(' ').map((name) => 'svg ' + name));
	return page.evaluate((known) => {
		const elements = Array.from(document.querySelectorAll('*'));
		const attributes = elements.flatMap((e) => Array.from(e.attributes, (a) => a.name));
		return {
			elements: elements.map((e) => ({ 'http://www.w3.org/1999/xhtml': '', 'http://www.w3.org/2000/svg': 'svg ' }[e.namespaceURI] ?? 'other ') + e.localName).filter((name) => !known.includes(name)),
			attributes: attributes.filter((a) => /^on|^(src|style|srcset|action|formaction|srcdoc|background)$/.test(a)),
			scripts: document.scripts.length,
			links: Array.from(document.links).filter((a) => !a.closest('.rule') && !/^(file:|https:\/\/example\.com\/blob\/)/.test(a.href)).map((a) => a.href),
		};
	}, known);
}
const nothing = { elements: [], attributes: [], scripts: 1, links: [] };

await part('a hostile repository', async () => {
	const page = await open('hostile');
	await settled(page);
	equal('what is not the page\'s', await foreign(page), nothing);
	const text = await page.textContent('main');
	holds('it shows as text', text.includes('<script>alert(1)</script>') && text.includes('<img src=x onerror=alert(2)>') && text.includes('&lt;b&gt;'));
	holds('nothing turns the text round', !/[\u202a-\u202e\u2066-\u2069\u200b]/.test(text));
	// Also where the script handles it.
	await page.fill('#search', '<svg onload');
	await settled(page);
	await page.fill('#search', '');
	await settled(page);
	for (const box of await page.$$('.facet input')) await box.check();
	await page.selectOption('#package', { index: 1 });
	for (const link of await page.$$('a[href^="#"]')) await link.evaluate((a) => a.click());
	equal('what is not the page\'s, after that', await foreign(page), nothing);
	await page.screenshot({ path: join(shots, 'hostile.png') });
	await close(page);
});

await part('a hostile repository that cloudlint analysed', async () => {
	const page = await open('repository');
	equal('what is not the page\'s', await foreign(page), nothing);
	const text = await page.textContent('main');
	holds('it shows as text', text.includes('e<img src=x>![a](b) @all #1 www.example.com.go') && text.includes('<script>@all</script>.go'));
	holds('a file of the machine is not shown', text.includes('/etc/passwd') && !text.includes('root:'));
	await page.screenshot({ path: join(shots, 'repository.png') });
	await close(page);
});

await part('the policy holds', async () => {
	const context = await browser.newContext();
	const page = await context.newPage();
	let requests = 0;
	page.on('response', () => requests++);
	page.on('requestfailed', (r) => equal('what is asked for is refused', r.failure().errorText, 'csp'));
	await page.goto(url('zero'));
	const blocked = await page.evaluate(() => new Promise((done) => {
		const list = [];
		document.addEventListener('securitypolicyviolation', (e) => list.push(e.effectiveDirective));
		const add = (name, set) => { const e = document.createElement(name); set(e); document.body.append(e); };
		add('script', (e) => { e.textContent = 'window.ran = 1'; });
		add('img', (e) => { e.src = 'https://example.com/x.png'; });
		add('div', (e) => { e.setAttribute('onclick', 'window.ran = 2'); e.click(); });
		add('style', (e) => { e.textContent = 'body { display: none }'; });
		add('iframe', (e) => { e.src = 'https://example.com/'; });
		setTimeout(() => done({ list: [...new Set(list)].sort(), ran: window.ran ?? 0, display: getComputedStyle(document.body).display }), 300);
	}));
	equal('what is not the page\'s own is refused', blocked, { list: ['frame-src', 'img-src', 'script-src-attr', 'script-src-elem', 'style-src-elem'], ran: 0, display: 'block' });
	equal('answers', requests, 1);
	await context.close();
});
