// What makes the report easier to use. Without it all findings are there to be read.
(function () {
	'use strict';
	const root = document.documentElement;
	root.classList.add('js');
	const store = {
		get(key) { try { return localStorage.getItem('cloudlint-' + key); } catch { return null; } },
		set(key, value) { try { localStorage.setItem('cloudlint-' + key, value); } catch { /* for this visit only */ } },
	};

	// The theme first, so that a dark page is never white for a moment.
	const theme = store.get('theme');
	if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;

	document.addEventListener('DOMContentLoaded', function () {
		const $ = (id) => document.getElementById(id);

		$('theme').hidden = false;
		for (const input of document.querySelectorAll('input[name=theme]')) {
			input.checked = input.value === (root.dataset.theme || 'auto');
			input.addEventListener('change', function () {
				if (input.value === 'auto') delete root.dataset.theme;
				else root.dataset.theme = input.value;
				store.set('theme', input.value);
			});
		}

		const form = $('filters');
		if (!form) return;
		const search = $('search'), count = $('count'), clear = $('clear'), fold = $('fold'), facets = $('facets');
		form.hidden = false;
		for (const p of document.querySelectorAll('.only')) p.hidden = false;

		const findings = [];
		for (const group of document.querySelectorAll('.package')) {
			const family = group.parentElement.dataset.family;
			for (const element of group.querySelectorAll(':scope > .f')) {
				const data = element.dataset;
				findings.push({
					element, text: null, shown: true,
					severity: data.severity, code: data.code, maturity: data.maturity, family, package: group.dataset.package,
				});
			}
		}
		const groups = Array.from(document.querySelectorAll('.package, .family'), function (element) {
			const n = element.querySelector(':scope > h2 > .n, :scope > h3 > .n');
			return { element, n, total: Number(n.textContent), shown: 0 };
		});
		const groupOf = new Map(groups.map((g) => [g.element, g]));

		// All text of a finding, with the names of its groups; made when somebody searches first.
		function textOf(f) {
			if (f.text === null) f.text = [f.element.textContent, f.package, f.family, f.maturity].join('\n').toLowerCase();
			return f.text;
		}

		const boxes = Array.from(form.querySelectorAll('.facet input[type=checkbox]'), function (box) {
			const label = box.parentElement;
			return { box, label, n: label.querySelector('.n') };
		});
		const names = ['severity', 'family', 'maturity', 'code', 'package'];

		function wanted() {
			const w = {};
			for (const { box } of boxes) if (box.checked) (w[box.name] ||= new Set()).add(box.value);
			const select = $('package');
			if (select && select.value) w.package = new Set([select.value]);
			return w;
		}

		function apply() {
			const w = wanted();
			const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
			const counts = new Map(); // of each value, were it chosen beside the choices of the other facets
			let shown = 0;
			for (const g of groups) g.shown = 0;
			for (const f of findings) {
				let misses = 0, missed = '';
				if (words.length && !words.every((word) => textOf(f).includes(word))) misses = 2;
				for (const name of names) {
					if (w[name] && !w[name].has(f[name])) { misses++; missed = name; }
				}
				if (misses < 2) {
					for (const name of names) {
						if (misses && missed !== name) continue;
						const key = name + '=' + f[name];
						counts.set(key, (counts.get(key) || 0) + 1);
					}
				}
				const show = misses === 0;
				if (show !== f.shown) f.element.hidden = !show;
				f.shown = show;
				if (show) {
					shown++;
					groupOf.get(f.element.parentElement).shown++;
					groupOf.get(f.element.parentElement.parentElement).shown++;
				}
			}
			for (const g of groups) {
				g.element.hidden = g.shown === 0;
				g.n.textContent = g.shown === g.total ? g.total : g.shown + ' of ' + g.total;
			}
			for (const { box, label, n } of boxes) {
				const c = counts.get(box.name + '=' + box.value) || 0;
				n.textContent = c;
				label.classList.toggle('empty', c === 0);
			}
			const all = findings.length + (findings.length === 1 ? ' finding' : ' findings');
			count.textContent = shown === findings.length ? all : shown + ' of ' + all;
			$('none').hidden = shown > 0;
			clear.disabled = words.length === 0 && Object.keys(w).length === 0;
			highlight(words);
		}

		// Marks what was searched for, without touching the page; of very many places the first ones.
		function highlight(words) {
			if (!window.CSS || !CSS.highlights) return;
			CSS.highlights.delete('found');
			if (words.length === 0) return;
			const found = [], most = 400;
			for (const f of findings) {
				if (!f.shown) continue;
				const walker = document.createTreeWalker(f.element, NodeFilter.SHOW_TEXT);
				while (walker.nextNode()) {
					const text = walker.currentNode.data.toLowerCase();
					if (text.length !== walker.currentNode.data.length) continue; // some letters change their length
					for (const word of words) {
						for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
							const range = new Range();
							range.setStart(walker.currentNode, at);
							range.setEnd(walker.currentNode, at + word.length);
							found.push(range);
							if (found.length >= most) break;
						}
					}
				}
				if (found.length >= most) break;
			}
			CSS.highlights.set('found', new Highlight(...found));
		}

		function reset() {
			form.reset(); // also answers "reset" below
		}
		let timer = 0;
		search.addEventListener('input', function () {
			clearTimeout(timer);
			timer = setTimeout(apply, 120);
		});
		form.addEventListener('change', (event) => { if (event.target.closest('.facet')) apply(); });
		form.addEventListener('submit', (event) => event.preventDefault());
		form.addEventListener('reset', function () {
			const keys = $('shortcuts').checked;
			setTimeout(function () {
				$('shortcuts').checked = keys;
				apply();
			});
		});
		$('none-clear').addEventListener('click', function () {
			reset();
			search.focus();
		});
		for (const button of document.querySelectorAll('[data-rule]')) {
			button.addEventListener('click', function () {
				form.reset();
				const box = boxes.find((b) => b.box.name === 'code' && b.box.value === button.dataset.rule);
				if (box) box.box.checked = true;
				setTimeout(function () { step(1, -1); });
			});
		}

		let folded = false;
		fold.addEventListener('click', function () {
			folded = !folded;
			for (const f of findings) f.element.open = !folded;
			fold.textContent = folded ? 'Expand all' : 'Collapse all';
		});

		// The finding that has the focus, or that was last gone to; the next one is counted from there.
		let current = -1;
		document.addEventListener('focusin', function (event) {
			const element = event.target.closest('.f');
			if (element) current = findings.findIndex((f) => f.element === element);
		});
		function step(by, from) {
			for (let i = from + by; i >= 0 && i < findings.length; i += by) {
				if (!findings[i].shown) continue;
				current = i;
				const summary = findings[i].element.querySelector('summary');
				summary.focus({ preventScroll: true });
				findings[i].element.scrollIntoView({ block: 'start' });
				return;
			}
		}

		const shortcuts = $('shortcuts');
		shortcuts.checked = store.get('shortcuts') !== 'off';
		shortcuts.addEventListener('change', () => store.set('shortcuts', shortcuts.checked ? 'on' : 'off'));
		document.addEventListener('keydown', function (event) {
			if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
			const typing = event.target === search || event.target.tagName === 'SELECT';
			if (event.key === 'Escape' && event.target === search) {
				if (search.value) {
					search.value = '';
					apply();
				} else {
					search.blur();
				}
				return;
			}
			if (typing || !shortcuts.checked) return;
			if (event.key === '/') {
				event.preventDefault();
				search.focus();
				search.select();
			} else if (event.key === 'j') {
				step(1, current);
			} else if (event.key === 'k') {
				step(-1, current < 0 ? findings.length : current);
			}
		});

		// A link to a finding shows it whatever the filters are.
		function go() {
			const id = location.hash.slice(1);
			const f = id && findings.find((f) => f.element.id === id);
			if (!f) return;
			if (!f.shown) {
				form.reset();
				for (const { box } of boxes) box.checked = false;
			}
			f.element.open = true;
			setTimeout(() => f.element.scrollIntoView({ block: 'start' }));
		}
		addEventListener('hashchange', go);
		go();

		// Beside the findings there is room for the filters, above them there is not.
		if (facets) {
			const wide = matchMedia('(min-width: 64rem)');
			const arrange = () => { facets.open = wide.matches; };
			wide.addEventListener('change', arrange);
			arrange();
		}
		if (search.value || form.querySelector('.facet :checked')) apply(); // a reload keeps what was entered
	});
})();
